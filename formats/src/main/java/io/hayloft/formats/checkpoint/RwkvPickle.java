package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Recognises the form in which RWKV models are published: a lone {@code .pth} file, without a config beside it. */
final class RwkvPickle {
    private RwkvPickle() {}

    /**
     * Does nothing if this may be a model that can be read.
     *
     * @throws UserError if it is a file of RWKV's weights, or a folder with such a file and no safetensors
     */
    static void refuse(Path fileOrFolder) {
        var found = Files.isDirectory(fileOrFolder)
                ? inFolder(fileOrFolder)
                : Optional.of(fileOrFolder).filter(RwkvPickle::isOne);
        found.ifPresent(file -> {
            throw new UserError(
                    file + " is a PyTorch pickle of RWKV, which can run code and is not read: save its tensors under"
                         + " their names as model.safetensors, in a folder with a config.json of model_type rwkv5 and"
                         + " rwkv_vocab_v20230424.txt");
        });
    }

    private static Optional<Path> inFolder(Path folder) {
        try (var files = Files.list(folder)) {
            var names = files.sorted().toList();
            boolean readable = names.stream().anyMatch(file -> file.toString().endsWith(".safetensors"));
            return readable
                    ? Optional.empty()
                    : names.stream().filter(RwkvPickle::isOne).findFirst();
        } catch (IOException e) {
            throw new UserError("cannot read " + folder + ": " + FileError.reason(e), e);
        }
    }

    private static boolean isOne(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.startsWith("rwkv") && name.endsWith(".pth");
    }
}
