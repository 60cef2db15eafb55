package io.hayloft.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LlamaTokenizer",
                "LlamaTokenizerFast",
                "CodeLlamaTokenizerFast",
                "GemmaTokenizer",
                "GemmaTokenizerFast",
                "CohereTokenizerFast"
            })
    void classesThatFollowTheFlags(String name) throws IOException {
        for (var processor : new String[] {"", PROCESSOR, "\"post_processor\": null,\n"}) {
            check(processor, config(name, ""), 3, 2);
            check(processor, config(name, ", \"add_bos_token\": true, \"add_eos_token\": true"), 3, 2, 4);
            check(processor, config(name, ", \"add_bos_token\": false, \"add_eos_token\": true"), 2, 4);
            check(processor, config(name, ", \"add_bos_token\": false"), 2);
        }
    }

    @ParameterizedTest
    @CsvSource({"PreTrainedTokenizerFast", "Qwen2Tokenizer", "GPT2Tokenizer", "''"})
    void otherClassesFollowThePostProcessor(String name) throws IOException {
        check(PROCESSOR, config(name, ", \"add_bos_token\": false, \"add_eos_token\": true"), 3, 2);
        check("", config(name, ", \"add_bos_token\": true"), 2);
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
                .hasMessageContaining("field 'bos_token' is '<u>', which is no token of tokenizer.json");
        assertThatThrownBy(() -> open(
                        "",
                        config("LlamaTokenizer", ", \"add_bos_token\": true").replace("\"<s>\"", "null")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("field 'add_bos_token' is true, but there is no field 'bos_token'");
    }
}
