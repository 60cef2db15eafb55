package io.hayloft.cli;

import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Model files that are broken, cut or lie about themselves: one line names the file and what is wrong with it. */
class BrokenModelTest {
    private static final int GGUF_MAGIC = 0x46554747;

    @TempDir
    Path folder;

    @Test
    void aFileOfAnotherKind() throws Exception {
        refused(file("notes.gguf", "just some text, no model at all".getBytes(StandardCharsets.UTF_8)), "notes.gguf");
        refused(file("empty.gguf", new byte[0]), "empty.gguf");
    }

    @Test
    void aGgufFileCutInItsHeader() throws Exception {
        refused(file("cut.gguf", gguf(1, 0, 0, 2)), "cut.gguf");
    }

    @Test
    void aGgufFileWithAbsurdCounts() throws Exception {
        refused(file("absurd.gguf", gguf(Long.MAX_VALUE, Long.MAX_VALUE, 0, 64)), "absurd.gguf");
        refused(file("negative.gguf", gguf(-1, -1, 0, 64)), "negative.gguf");
        refused(file("long-key.gguf", gguf(0, 1, Long.MAX_VALUE, 64)), "long-key.gguf");
    }

    @Test
    void aFolderWithoutAModel() throws Exception {
        refused(Files.createDirectory(folder.resolve("nothing-here")), "nothing-here");
    }

    @Test
    void aSafetensorsFileWhoseHeaderLies() throws Exception {
        var model = copyOfTiny();
        overwrite(model.resolve("model.safetensors"), 0, Long.MAX_VALUE);
        refused(model, "model.safetensors");
    }

    @Test
    void aSafetensorsFileThatIsCut() throws Exception {
        var model = copyOfTiny();
        var bytes = Files.readAllBytes(model.resolve("model.safetensors"));
        Files.write(model.resolve("model.safetensors"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
        refused(model, "model.safetensors");
    }

    @Test
    void aConfigThatContradictsTheWeights() throws Exception {
        var model = copyOfTiny();
        var config = model.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"hidden_size\": 192", "\"hidden_size\": 256"));
        Cli.run("generate", "--model", model.toString(), "--prompt", "The").isUserError("192", "256");
    }

    @Test
    void aConfigThatIsNoJson() throws Exception {
        var model = copyOfTiny();
        Files.writeString(model.resolve("config.json"), "{\"layers\": ");
        refused(model, "config.json");
    }

    @Test
    void aFolderWithoutATokenizer() throws Exception {
        var model = copyOfTiny();
        Files.delete(model.resolve("tokenizer.json"));
        Cli.run("generate", "--model", model.toString(), "--prompt", "The").isUserError("tokenizer.json");
        Cli.run(
                        "bench",
                        "--model",
                        model.toString(),
                        "--out",
                        folder.resolve("run").toString())
                .isUserError("tokenizer.json");
    }

    /** Both commands that open a model say the same. */
    private static void refused(Path model, String word) {
        Cli.run("inspect", model.toString()).isUserError(word);
        Cli.run("generate", "--model", model.toString(), "--prompt", "The").isUserError(word);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    /** The head of a GGUF file, then a key of this length, then zeros. */
    private static byte[] gguf(long tensors, long entries, long keyLength, int zeros) {
        var bytes = ByteBuffer.allocate(32 + zeros).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(GGUF_MAGIC).putInt(3).putLong(tensors).putLong(entries).putLong(keyLength);
        return bytes.array();
    }

    private Path copyOfTiny() throws IOException {
        var from = ModelStore.open().resolve(Catalogue.EMBEDDED).path();
        var to = Files.createDirectory(folder.resolve("copy"));
        try (var files = Files.list(from)) {
            for (var file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return to;
    }

    private static void overwrite(Path file, int at, long value) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(at, value);
        Files.write(file, bytes.array());
    }
}
