package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.testing.GgufBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GGUF files whose layers differ in heads and in the width of the feed-forward part. */
class PerLayerSizesTest {
    private static final int HIDDEN = 16;
    private static final int HEAD_DIM = 8;
    private static final int[] HEADS = {4, 2};
    private static final int[] KV_HEADS = {2, 1};
    private static final int[] WIDTHS = {32, 24};

    @TempDir
    private Path folder;

    /** Heads and channels that are not there add nothing: as if the weights behind them were 0. */
    @Test
    void smallerLayersEqualPaddedOnes() throws IOException {
        var ids = new Random(3).ints(48, 0, 20).toArray();
        float[] small;
        float[] padded;
        try (var model = load("small", HEADS, KV_HEADS, WIDTHS);
                var cache = Runs.exactCache(model)) {
            assertThat(model.config().attention(1).queryHeads()).isEqualTo(2);
            assertThat(model.config().attention(1).kvHeads()).isEqualTo(1);
            assertThat(model.config().feedForward(1).width()).isEqualTo(24);
            small = Runs.prefill(model, ids, cache, ids.length);
            for (int chunk : new int[] {1, 7}) {
                try (var other = Runs.exactCache(model)) {
                    assertThat(Runs.prefill(model, ids, other, chunk)).isEqualTo(small);
                }
            }
        }
        try (var model = load("padded", new int[] {4, 4}, new int[] {2, 2}, new int[] {32, 32});
                var cache = Runs.exactCache(model)) {
            padded = Runs.prefill(model, ids, cache, ids.length);
        }
        Runs.assertClose("logits", small, padded, 1e-5, 1e-5);
    }

    private LanguageModel load(String name, int[] heads, int[] kvHeads, int[] widths) throws IOException {
        var file =
                Files.write(folder.resolve(name), model(heads, kvHeads, widths).bytes());
        return LanguageModel.load(file, LoadOptions.withThreads(2));
    }

    private static GgufBuilder model(int[] heads, int[] kvHeads, int[] widths) {
        var gguf = new GgufBuilder()
                .text("general.architecture", "llama")
                .whole("llama.block_count", 2)
                .whole("llama.context_length", 64)
                .whole("llama.embedding_length", HIDDEN)
                .whole("llama.attention.key_length", HEAD_DIM)
                .whole("llama.attention.value_length", HEAD_DIM)
                .number("llama.attention.layer_norm_rms_epsilon", 1e-5)
                .raw("llama.attention.head_count", 9, list(heads))
                .raw("llama.attention.head_count_kv", 9, list(kvHeads))
                .raw("llama.feed_forward_length", 9, list(widths))
                .tensor("token_embd.weight", matrix(1, 20, HIDDEN, 20, HIDDEN), 20, HIDDEN)
                .tensor("output_norm.weight", matrix(2, 1, HIDDEN, 1, HIDDEN), HIDDEN);
        for (int i = 0; i < Math.min(heads.length, 2); i++) {
            var blk = "blk." + i + ".";
            int queries = Math.max(1, heads[i]) * HEAD_DIM; // also where the list is wrong
            int keys = kvHeads[i] * HEAD_DIM;
            int width = Math.max(1, widths[i]);
            int known = HEADS[i] * HEAD_DIM; // columns behind them are 0
            gguf.tensor(blk + "attn_norm.weight", matrix(3 + i, 1, HIDDEN, 1, HIDDEN), HIDDEN)
                    .tensor(blk + "ffn_norm.weight", matrix(5 + i, 1, HIDDEN, 1, HIDDEN), HIDDEN)
                    .tensor(blk + "attn_q.weight", matrix(7 + i, queries, HIDDEN, queries, HIDDEN), queries, HIDDEN)
                    .tensor(blk + "attn_k.weight", matrix(9 + i, keys, HIDDEN, keys, HIDDEN), keys, HIDDEN)
                    .tensor(blk + "attn_v.weight", matrix(11 + i, keys, HIDDEN, keys, HIDDEN), keys, HIDDEN)
                    .tensor(blk + "attn_output.weight", matrix(13 + i, HIDDEN, queries, HIDDEN, known), HIDDEN, queries)
                    .tensor(blk + "ffn_gate.weight", matrix(15 + i, width, HIDDEN, 64, HIDDEN), width, HIDDEN)
                    .tensor(blk + "ffn_up.weight", matrix(17 + i, width, HIDDEN, 64, HIDDEN), width, HIDDEN)
                    .tensor(blk + "ffn_down.weight", matrix(19 + i, HIDDEN, width, 64, WIDTHS[i]), HIDDEN, width);
        }
        return gguf;
    }

    /** Random numbers by row and column, 0 outside the rows and columns that count. */
    private static float[] matrix(int seed, int rows, int columns, int rowsThatCount, int columnsThatCount) {
        var values = new float[rows * columns];
        for (int row = 0; row < Math.min(rows, rowsThatCount); row++) {
            var random = new Random(1000L * seed + row);
            for (int column = 0; column < Math.min(columns, columnsThatCount); column++) {
                values[row * columns + column] = (float) random.nextGaussian() / 3;
            }
        }
        return values;
    }

    private static byte[] list(int... numbers) {
        var all = new Number[2 + numbers.length];
        all[0] = 5; // signed 32-bit numbers
        all[1] = (long) numbers.length;
        for (int i = 0; i < numbers.length; i++) {
            all[2 + i] = numbers[i];
        }
        return GgufBuilder.littleEndian(all);
    }

    @Test
    void namesWhatIsWrong() throws IOException {
        assertRefused(
                model(new int[] {4}, KV_HEADS, WIDTHS), "'llama.attention.head_count' has 1 entries for 2 layers");
        assertRefused(model(new int[] {4, 0}, KV_HEADS, WIDTHS), "'llama.attention.head_count' must be a whole number");
        assertRefused(model(HEADS, new int[] {2, 3}, WIDTHS), "KV heads must be between 1 and 2");
        assertRefused(model(HEADS, KV_HEADS, new int[] {1, 0}), "'llama.feed_forward_length' must be a whole number");
    }

    private void assertRefused(GgufBuilder built, String words) throws IOException {
        var file = Files.write(folder.resolve("wrong"), built.bytes());
        assertThatThrownBy(() -> Checkpoint.open(file).close())
                .isInstanceOf(UserError.class)
                .hasMessageContaining(words);
    }
}
