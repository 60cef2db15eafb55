package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.testing.SafetensorsBuilder;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same RWKV-5 weights by the names of the original program and by those of its port to transformers. */
class RwkvFilesTest {
    private static final String PORTED = """
        {"attention_hidden_size": 64, "bos_token_id": 0, "context_length": 4096, "eos_token_id": 0, "head_size": 32,
         "hidden_size": 64, "intermediate_size": null, "layer_norm_epsilon": 1e-05, "model_type": "rwkv5",
         "num_hidden_layers": 3, "rescale_every": 6, "tie_word_embeddings": false, "vocab_size": 256}
        """;

    @TempDir
    Path folder;

    /** Writes the weights of the reference with names changed in the header of the file. */
    private void write(UnaryOperator<String> names) throws IOException {
        var file = Files.readAllBytes(Shared.golden("architectures/rwkv5").resolve("model.safetensors"));
        int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        var header = names.apply(new String(file, 8, length, StandardCharsets.UTF_8));
        var data = Arrays.copyOfRange(file, 8 + length, file.length);
        int bytes = header.getBytes(StandardCharsets.UTF_8).length;
        Files.write(folder.resolve("model.safetensors"), SafetensorsBuilder.file(bytes, header, data));
        Files.writeString(folder.resolve("config.json"), PORTED);
    }

    private static String port(String header) {
        return header.replace("\"emb.", "\"rwkv.embeddings.")
                .replace("\"ln_out.", "\"rwkv.ln_out.")
                .replace("\"blocks.", "\"rwkv.blocks.")
                .replace(".ln0.", ".pre_ln.")
                .replace(".att.", ".attention.")
                .replace(".ffn.", ".feed_forward.")
                .replace("time_mix_k", "time_mix_key")
                .replace("time_mix_v", "time_mix_value")
                .replace("time_mix_r", "time_mix_receptance")
                .replace("time_mix_g", "time_mix_gate");
    }

    private static float[] logits(Path folder) {
        var ids = new Random(4).ints(90, 0, 256).toArray();
        try (var model = Runs.load(folder, "config.json", 2);
                var cache = Runs.exactCache(model)) {
            return Runs.prefill(model, ids, cache, 64);
        }
    }

    @Test
    void bothKindsOfNamesGiveTheSameBits() throws IOException {
        write(RwkvFilesTest::port);
        assertThat(logits(folder)).isEqualTo(logits(Shared.golden("architectures/rwkv5")));
    }

    @Test
    void earlierVersionsAndMissingPartsAreNamed() throws IOException {
        refuse("blocks.0.att.gate.weight", "blocks.0.att.other", "a model of RWKV-5.0 or 5.1");
        refuse("blocks.1.ln1.bias", "blocks.1.ln1.other", "tensor 'blocks.1.ln1.bias' is missing");
        refuse("ln_out.bias", "ln_out.other", "tensor 'ln_out.bias' is missing");
        refuse("blocks.2.ffn.time_mix_r", "blocks.2.ffn.other", "tensor 'blocks.2.ffn.time_mix_r' is missing");
        refuse("blocks.0.ln0.weight", "blocks.0.other", "tensor 'blocks.0.ln0.weight' is missing");
    }

    private void refuse(String name, String other, String message) throws IOException {
        write(header -> header.replace("\"" + name + "\"", "\"" + other + "\""));
        assertThatThrownBy(() -> Runs.load(folder, "config.json", 1).close())
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message);
    }
}
