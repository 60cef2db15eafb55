package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.GgufFile;
import io.hayloft.testing.GgufBuilder;
import io.hayloft.testing.Refusal;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Any bytes as a GGUF file: the tokenizer in its metadata encodes and decodes. */
public final class GgufTokenizerFuzz {
    private static final String SOURCE = "fuzz.gguf";
    private static final String SAMPLE = "ab <s> c\u00e9\ud83d\ude00";

    private GgufTokenizerFuzz() {}

    /** Small right vocabularies of both kinds. */
    public static List<byte[]> seeds() {
        var bytePairs = new GgufBuilder()
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "smollm")
                .texts("tokenizer.ggml.tokens", List.of("<s>", "a", "b", "ab", "\u0120"))
                .raw("tokenizer.ggml.token_type", 9, GgufBuilder.littleEndian(5, 5L, 3, 1, 1, 1, 1))
                .texts("tokenizer.ggml.merges", List.of("a b"))
                .whole("tokenizer.ggml.bos_token_id", 0)
                .bytes();
        var pieces = new GgufBuilder()
                .text("tokenizer.ggml.model", "llama")
                .texts("tokenizer.ggml.tokens", List.of("<unk>", "<s>", "</s>", "a", "b", "ab", "\u2581"))
                .raw("tokenizer.ggml.scores", 9, GgufBuilder.littleEndian(6, 7L, 0, 0, 0, 0, 0, 0x3F800000, 0))
                .raw("tokenizer.ggml.token_type", 9, GgufBuilder.littleEndian(5, 7L, 2, 3, 3, 1, 1, 1, 1))
                .whole("tokenizer.ggml.bos_token_id", 1)
                .whole("tokenizer.ggml.eos_token_id", 2)
                .bytes();
        return List.of(bytePairs, pieces);
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        try (var file = GgufFile.read(SOURCE, MemorySegment.ofArray(data));
                var tokenizer = Tokenizers.fromGguf(file.metadata(), SOURCE)) {
            tokenizer.decode(tokenizer.encode(SAMPLE, true, true), false);
        } catch (UserError e) {
            Refusal.checkOneLine(e);
        }
    }
}
