package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import io.hayloft.testing.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Any bytes as a tokenizer.json: opens it, encodes, decodes. */
public final class TokenizerJsonFuzz {
    private static final String SAMPLE = "ab <s> c\u00e9\ud83d\ude00";

    private TokenizerJsonFuzz() {}

    /** Small right tokenizers of three kinds. */
    public static List<byte[]> seeds() {
        var added = """
            "added_tokens": [{"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
             "normalized": false, "special": true}]\
            """;
        var frame =
                "{\"version\": \"1.0\", %s, \"normalizer\": %s, \"pre_tokenizer\": %s, \"decoder\": %s, \"model\": %s}";
        var bpe = """
            {"type": "BPE", "vocab": {"<s>": 0, "a": 1, "b": 2, "ab": 3}, "merges": [["a", "b"]]}\
            """;
        var words = "{\"type\": \"WordLevel\", \"vocab\": {\"<s>\": 0, \"ab\": 1}, \"unk_token\": \"<s>\"}";
        var byteLevel =
                "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": true}";
        return List.of(
                frame.formatted(added, "null", byteLevel, "{\"type\": \"ByteLevel\"}", bpe)
                        .getBytes(StandardCharsets.UTF_8),
                frame.formatted(added, "{\"type\": \"NFC\"}", "{\"type\": \"Whitespace\"}", "null", words)
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        var folder = Path.of(
                System.getProperty("java.io.tmpdir"),
                "hayloft-fuzz-" + ProcessHandle.current().pid());
        var file = folder.resolve("tokenizer.json");
        Files.createDirectories(folder);
        Files.write(file, data);
        try (var tokenizer = Tokenizers.fromTokenizerJson(file)) {
            tokenizer.decode(tokenizer.encode(SAMPLE, true, true), false);
        } catch (UserError e) {
            Refusal.check(e, file.toString());
        }
    }
}
