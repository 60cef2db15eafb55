package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.GgufFile;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.GgufBuilder;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Types that are packed as whole numbers say what a model of the same weights in 32-bit floats says. */
class PackedTypesTest {
    private static final int HIDDEN = 64;
    private static final int WIDTH = 128;
    private static final int VOCABULARY = 96;

    private record Matrix(String name, int rows, int columns) {}

    private static final List<Matrix> MATRICES = List.of(
            new Matrix("blk.0.attn_q.weight", HIDDEN, HIDDEN),
            new Matrix("blk.0.attn_k.weight", HIDDEN / 2, HIDDEN),
            new Matrix("blk.0.attn_v.weight", HIDDEN / 2, HIDDEN),
            new Matrix("blk.0.attn_output.weight", HIDDEN, HIDDEN),
            new Matrix("blk.0.ffn_gate.weight", WIDTH, HIDDEN),
            new Matrix("blk.0.ffn_up.weight", WIDTH, HIDDEN),
            new Matrix("blk.0.ffn_down.weight", HIDDEN, WIDTH),
            new Matrix("output.weight", VOCABULARY, HIDDEN));

    @ParameterizedTest
    @EnumSource(names = {"IQ4_NL", "MXFP4"})
    void greedyTokensAreThoseOfFloats(TensorType type) {
        var prompt = new Random(3).ints(40, 0, VOCABULARY).toArray();
        try (var packed = load(builder(type, true));
                var floats = load(builder(type, false));
                var packedCache = Runs.exactCache(packed);
                var floatCache = Runs.exactCache(floats)) {
            assertThat(packed.weightBytes()).isLessThan(floats.weightBytes() / 2);
            var logits = Runs.prefill(packed, prompt, packedCache, 64);
            var expected = Runs.prefill(floats, prompt, floatCache, 64);
            Runs.assertClose("logits", logits, expected);
            assertThat(greedy(packed, packedCache, logits)).isEqualTo(greedy(floats, floatCache, expected));
        }
    }

    private static LanguageModel load(GgufBuilder builder) {
        return LanguageModel.load(Checkpoint.of(builder.read(GgufFile::read)), LoadOptions.withThreads(2));
    }

    private static int[] greedy(LanguageModel model, SequenceCache cache, float[] all) {
        var ids = new int[16];
        var logits = Runs.slice(all, all.length - VOCABULARY, VOCABULARY);
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Runs.best(logits, 0, VOCABULARY);
            model.decoder().step(new int[] {ids[i]}, new SequenceCache[] {cache}, logits);
        }
        return ids;
    }

    /** The same random blocks as they are, or as floats. */
    private static GgufBuilder builder(TensorType type, boolean packed) {
        var gguf = new GgufBuilder()
                .text("general.architecture", "llama")
                .whole("llama.block_count", 1)
                .whole("llama.context_length", 256)
                .whole("llama.embedding_length", HIDDEN)
                .whole("llama.feed_forward_length", WIDTH)
                .whole("llama.vocab_size", VOCABULARY)
                .whole("llama.attention.head_count", 4)
                .whole("llama.attention.head_count_kv", 2)
                .number("llama.attention.layer_norm_rms_epsilon", 1e-5)
                .whole("tokenizer.ggml.bos_token_id", 0)
                .whole("tokenizer.ggml.eos_token_id", 1)
                .tensor("token_embd.weight", VOCABULARY, HIDDEN)
                .tensor("output_norm.weight", HIDDEN)
                .tensor("blk.0.attn_norm.weight", HIDDEN)
                .tensor("blk.0.ffn_norm.weight", HIDDEN);
        for (var matrix : MATRICES) {
            var bytes = randomBlocks(type, matrix);
            if (packed) {
                gguf.tensor(matrix.name, type == TensorType.IQ4_NL ? 20 : 39, bytes, matrix.rows, matrix.columns);
            } else {
                var shape = new long[] {matrix.rows, matrix.columns};
                var values = new Tensor(matrix.name, type, shape, MemorySegment.ofArray(bytes)).toFloats();
                gguf.tensor(matrix.name, values, shape);
            }
        }
        return gguf;
    }

    private static byte[] randomBlocks(TensorType type, Matrix matrix) {
        var random = new Random(matrix.name.hashCode());
        var bytes = new byte[(int) type.bytes((long) matrix.rows * matrix.columns)];
        random.nextBytes(bytes);
        for (int at = 0; at < bytes.length; at += type.blockBytes()) {
            if (type == TensorType.IQ4_NL) {
                short scale = Float.floatToFloat16((float) (random.nextGaussian() * 0.002));
                bytes[at] = (byte) scale;
                bytes[at + 1] = (byte) (scale >> 8);
            } else {
                bytes[at] = (byte) random.nextInt(121, 125);
            }
        }
        return bytes;
    }
}
