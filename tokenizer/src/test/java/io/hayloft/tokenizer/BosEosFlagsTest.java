package io.hayloft.tokenizer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvSource;

/** A vocabulary of a, b, ab and three control tokens, whose post-processor adds {@code <s>}. */
class BosEosFlagsTest {
    private static final String PROCESSOR = """
        "post_processor": {"type": "TemplateProcessing",
          "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
          "special_tokens": {"<s>": {"id": "<s>", "ids": [3], "tokens": ["<s>"]}}},
        """;
    private static final String PLACE =
            "\"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false";
    private static final String MODEL = """
        "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "<s>": 3, "</s>": 4, "<t>": 5},
                  "merges": [["a", "b"]]}
        """;

    @TempDir
    Path folder;

    private Tokenizer open(String processor, String config) throws IOException {
        var added = new StringBuilder();
        for (var token : new String[] {"3 <s>", "4 </s>", "5 <t>"}) {
            added.append(added.isEmpty() ? "" : ",")
                    .append("{\"id\": %s, \"content\": \"%s\", \"special\": true, %s}"
                            .formatted(token.substring(0, 1), token.substring(2), PLACE));
        }
        Files.writeString(
                folder.resolve("tokenizer.json"),
                "{\"version\": \"1.0\", \"added_tokens\": [" + added + "], " + processor + MODEL + "}");
        Files.writeString(folder.resolve("tokenizer_config.json"), config);
        return Tokenizers.fromFolder(folder);
    }

    private void check(String processor, String config, int... ids) throws IOException {
        try (var tokenizer = open(processor, config)) {
            assertThat(tokenizer.encode("ab", true, true)).containsExactly(ids);
            assertThat(tokenizer.encode("ab", false, true)).containsExactly(2);
            // The text of a special token makes no difference to what stands around it.
            assertThat(tokenizer.encode("ab<t>", true, false)).startsWith(ids[0]);
        }
    }

    private static String config(String name, String flags) {
        return "{\"tokenizer_class\": \"%s\", \"bos_token\": \"<s>\", \"eos_token\": {\"content\": \"</s>\"}%s}"
                .formatted(name, flags);
    }

    /**
     * What transformers 4.57.6 encodes, by the flags {@code add_bos_token/add_eos_token} (T, F, - for neither): {@code b}
     * for a BOS token, {@code e} for EOS. {@code file}: what the post-processor says.
     */
    @ParameterizedTest
    @CsvSource(textBlock = """
        class,                   --,   -F,   -T,   F-,   FF,   FT,   T-,   TF,   TT
        LlamaTokenizer,          b,    b,    be,   '',   '',   e,    b,    b,    be
        LlamaTokenizerFast,      b,    b,    be,   '',   '',   e,    b,    b,    be
        CodeLlamaTokenizer,      b,    b,    be,   '',   '',   e,    b,    b,    be
        CodeLlamaTokenizerFast,  b,    b,    be,   '',   '',   e,    b,    b,    be
        GemmaTokenizer,          b,    b,    be,   '',   '',   e,    b,    b,    be
        GemmaTokenizerFast,      b,    b,    be,   '',   '',   e,    b,    b,    be
        CohereTokenizer,         b,    b,    be,   '',   '',   e,    b,    b,    be
        CohereTokenizerFast,     b,    b,    be,   '',   '',   e,    b,    b,    be
        GPTNeoXTokenizer,        '',   '',   e,    '',   '',   e,    b,    b,    be
        GPTNeoXTokenizerFast,    '',   '',   e,    '',   '',   e,    b,    b,    be
        GPT2Tokenizer,           file, file, file, file, file, file, file, file, file
        GPT2TokenizerFast,       file, file, file, file, file, file, file, file, file
        Qwen2Tokenizer,          file, file, file, file, file, file, file, file, file
        Qwen2TokenizerFast,      file, file, file, file, file, file, file, file, file
        BloomTokenizerFast,      file, file, file, file, file, file, file, file, file
        PreTrainedTokenizer,     file, file, file, file, file, file, file, file, file
        PreTrainedTokenizerFast, file, file, file, file, file, file, file, file, file
        TokenizersBackend,       file, file, file, file, file, file, file, file, file
        """, useHeadersInDisplayName = true)
    void eachClassUnderEachFlag(ArgumentsAccessor row) throws IOException {
        var flags = new String[] {"--", "-F", "-T", "F-", "FF", "FT", "T-", "TF", "TT"};
        for (int i = 0; i < flags.length; i++) {
            var config = config(
                    requireNonNull(row.getString(0)),
                    flag("bos", flags[i].charAt(0)) + flag("eos", flags[i].charAt(1)));
            for (var processor : new String[] {"", PROCESSOR, "\"post_processor\": null,\n"}) {
                var want = requireNonNull(row.getString(i + 1));
                var around = want.equals("file") ? (processor.equals(PROCESSOR) ? "b" : "") : want;
                check(processor, config, ids(around));
            }
        }
    }

    private static String flag(String token, char value) {
        return value == '-' ? "" : ", \"add_%s_token\": %s".formatted(token, value == 'T');
    }

    private static int[] ids(String around) {
        return around.equals("be")
                ? new int[] {3, 2, 4}
                : around.equals("b") ? new int[] {3, 2} : around.equals("e") ? new int[] {2, 4} : new int[] {2};
    }

    /** The class that transformers takes for a type of model that names none; without flags, files of both forms agree. */
    @ParameterizedTest
    @CsvSource({
        "llama, 3 2 4, 2 4",
        "mistral, 3 2 4, 2 4",
        "phi3, 3 2 4, 2 4",
        "gemma2, 3 2 4, 2 4",
        "recurrent_gemma, 3 2 4, 2 4",
        "cohere2, 3 2 4, 2 4",
        "gpt_neox, 2 4, 2 4",
        "olmo2, 2 4, 2 4",
        "stablelm, 2 4, 2 4",
        "mamba2, 2 4, 2 4",
        "gpt2, 3 2, 3 2",
        "qwen2, 3 2, 3 2",
        "qwen3, 3 2, 3 2",
        "falcon, 3 2, 3 2",
        "starcoder2, 3 2, 3 2",
        "glm4, 3 2, 3 2",
        "smollm3, 3 2, 3 2",
        "exaone4, 3 2, 3 2"
    })
    void theTypeOfTheModelNamesAClass(String type, String withEos, String withoutBos) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"%s\"}".formatted(type));
        var config = "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\"%s}";
        check(PROCESSOR, config.formatted(", \"add_eos_token\": true"), numbers(withEos));
        check(PROCESSOR, config.formatted(", \"add_bos_token\": false, \"add_eos_token\": true"), numbers(withoutBos));
        check(PROCESSOR, config.formatted(""), 3, 2);
        check("", config.formatted(""), 2);
    }

    private static int[] numbers(String text) {
        return Stream.of(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    @Test
    void theClassOfConfigJsonCounts() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"tokenizer_class\": \"LlamaTokenizer\"}");
        check("", "{\"bos_token\": \"<s>\"}", 3, 2);
    }

    @Test
    void theUsualTokensOfAClassCount() throws IOException {
        check("", "{\"tokenizer_class\": \"LlamaTokenizer\", \"add_eos_token\": true}", 3, 2, 4);
        check("", "{\"tokenizer_class\": \"GemmaTokenizer\"}", 2); // <bos> is not a token here
        Files.writeString(folder.resolve("special_tokens_map.json"), "{\"bos_token\": \"<t>\"}");
        check("", "{\"tokenizer_class\": \"LlamaTokenizer\"}", 5, 2);
        check("", "{\"tokenizer_class\": \"GemmaTokenizer\"}", 5, 2);
    }

    @Test
    void theBosTokenOfTheConfigCounts() throws IOException {
        check(PROCESSOR, config("LlamaTokenizer", "").replace("\"<s>\"", "\"<t>\""), 5, 2);
        check(PROCESSOR, config("LlamaTokenizer", "").replace("\"<s>\"", "null"), 2);
    }

    @Test
    void namesATokenThatIsNone() {
        assertThatThrownBy(() -> open("", config("LlamaTokenizer", "").replace("<s>", "<u>")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("field 'bos_token' is '<u>', which is not a token of tokenizer.json");
        assertThatThrownBy(() -> open(
                        "",
                        config("LlamaTokenizer", ", \"add_bos_token\": true").replace("\"<s>\"", "null")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("field 'add_bos_token' is true, but there is no field 'bos_token'");
    }
}
