package io.hayloft.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizers of folders: which files count, what is an error, what special tokens mean. */
class TokenizerFilesTest {
    /** Words a, b, and letters of special tokens; &lt;s&gt; in front of each text. */
    private static final String TINY = """
        {"version": "1.0",
         "truncation": {"max_length": 3, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
         "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
           "pad_type_id": 0, "pad_token": "<unk>"},
         "added_tokens": [
           {"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true},
           {"id": 1, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true},
           {"id": 6, "content": "<end>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true},
           {"id": 7, "content": "<think>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": false}],
         "normalizer": null,
         "pre_tokenizer": null,
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
           "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
         "decoder": {"type": "Fuse"},
         "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
           "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
           "vocab": {"<unk>": 0, "<s>": 1, "a": 2, "s": 3, "<": 4, ">": 5},
           "merges": []}}
        """;

    @TempDir
    Path folder;

    @BeforeEach
    void writeTokenizer() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), TINY);
    }

    @Test
    void specialTokensCountOnlyWhereAskedFor() {
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(tokenizer.encode("a<s>a", false, true)).containsExactly(2, 1, 2);
            assertThat(tokenizer.encode("a<s>a", false, false)).containsExactly(2, 4, 3, 5, 2);
            assertThat(tokenizer.encode("<end>", false, true)).containsExactly(6);
            assertThat(tokenizer.encode("<end>", false, false)).containsExactly(4, 0, 0, 0, 5);
            // Tokens that are not control tokens count always, and keep their ids.
            assertThat(tokenizer.encode("<s><think>", true, false)).containsExactly(1, 4, 3, 5, 7);
            assertThat(tokenizer.decode(new int[] {1, 2, 7, 6}, true)).isEqualTo("a<think>");
            assertThat(tokenizer.decode(new int[] {1, 2, 7, 6}, false)).isEqualTo("<s>a<think><end>");
        }
    }

    @Test
    void aPlainPromptIsTextUnlessAskedOtherwise() {
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            var text = plain("a<s>a", false, false, tokenizer);
            assertThat(text.ids()).containsExactly(1, 2, 4, 3, 5, 2);
            assertThat(text.notes()).containsExactly("text of special tokens in the prompt counts as plain text");
            assertThat(plain("a<s>a", true, false, tokenizer).ids()).containsExactly(1, 2, 1, 2);
            assertThat(plain("as", false, true, tokenizer).ids()).containsExactly(2, 3);
            assertThat(plain("as", false, false, tokenizer).notes()).isEmpty();
        }
    }

    @Test
    void aPlainPromptGetsOneBosToken() {
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(plain("<s>a", true, false, tokenizer).ids()).containsExactly(1, 2);
            assertThat(plain("<s>a", true, false, tokenizer).notes())
                    .containsExactly("the prompt begins with <s> itself, so no BOS token was added");
            assertThat(plain("<s>a", false, false, tokenizer).ids()).containsExactly(1, 2);
            assertThat(plain("<s>a", false, false, tokenizer).notes())
                    .containsExactly("the prompt begins with <s>, which counts as its BOS token");
            assertThat(plain("<s>a", true, true, tokenizer).ids()).containsExactly(1, 2);
            assertThat(plain("<s>a", false, true, tokenizer).ids()).containsExactly(4, 3, 5, 2);
        }
    }

    private static PromptForm.Encoded plain(String text, boolean parse, boolean noBos, Tokenizer tokenizer) {
        return new PromptForm(true, parse, noBos, ChatArguments.NONE).encode(text, tokenizer, Optional.empty());
    }

    @Test
    void truncationAndPaddingOfTheFileAreIgnored() {
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(tokenizer.encode("aaaaaaaaaaaa", true, false)).hasSize(13);
            assertThat(tokenizer.encode("a", true, false)).containsExactly(1, 2);
        }
    }

    @Test
    void oddTextsAndIdsDoNoHarm() {
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(tokenizer.encode("", false, false)).isEmpty();
            assertThat(tokenizer.encode("a\uD83D", false, false)).containsExactly(2, 0);
            assertThat(tokenizer.encode("a\0a", false, false)).containsExactly(2, 0, 2);
            assertThat(tokenizer.decode(new int[] {2, 999, -1, 2}, false)).isEqualTo("aa");
            assertThat(tokenizer.token(999)).isEmpty();
            assertThat(tokenizer.token(-1)).isEmpty();
            assertThat(tokenizer.vocabularySize()).isEqualTo(8);
        }
    }

    @Test
    void endTokensOfAllFilesCount() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"<end>\"}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"bos_token_id\": 5, \"eos_token_id\": [6, 3]}");
        Files.writeString(folder.resolve("config.json"), "{\"bos_token_id\": 5, \"eos_token_id\": 4}");
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(tokenizer.bosId()).hasValue(1);
            assertThat(tokenizer.eosIds()).containsExactly(6, 3, 4);
            assertThat(tokenizer.describe()).isEqualTo("BPE, 8 tokens, BOS <s>, EOS <end> s <");
        }
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\": null}");
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(tokenizer.bosId()).isEmpty();
        }
        Files.delete(folder.resolve("tokenizer_config.json"));
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(tokenizer.bosId()).hasValue(5);
        }
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("tokenizer.json");
        Files.writeString(folder.resolve("tokenizer.model"), "x");
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder))
                .hasMessageContaining("tokenizer.model alone is not read");
        assertThatThrownBy(() -> Tokenizers.fromTokenizerJson(folder.resolve("other.json")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("other.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}",
                "{\"model\": 3}",
                "{\"model\": {\"type\": \"BPE\"}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 2000000000}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 99999999999999999999}, \"merges\": []}}",
                "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a b\"]}}",
                "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 7, \"vocab\": [[\"a\", 0.0]]}}",
                "{\"added_tokens\": [{\"id\": 1}], \"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}",
                "{\"model\": {\"type\": \"Nonsense\", \"vocab\": {\"a\": 0}}}"
            })
    void brokenTokenizersAreUserErrors(String json) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("tokenizer.json")
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"special_tokens\": {\"<s>\" -> \"special_tokens\": {\"<t>\"",
                "{\"SpecialToken\": {\"id\": \"<s>\" -> {\"SpecialToken\": {\"id\": \"<t>\"",
                "\"single\": [{\"SpecialToken\": {\"id\": \"<s>\", \"type_id\": 0}} -> \"single\": [\"<t>:0\"",
                "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}] -> {\"Sequence\": {\"id\": \"B\", \"type_id\": 0}}]",
                "\"TemplateProcessing\" -> 7",
                "\"decoder\": {\"type\": \"Fuse\"} -> \"decoder\": {\"type\": \"Strip\", \"content\": \" \","
                        + " \"start\": 0, \"stop\": 1}",
                "\"continuing_subword_prefix\": null -> \"continuing_subword_prefix\": \"##\"",
            })
    void partsThatDoNotFitTogetherAreRefusedBeforeTheLibraryStopsTheProcess(String change) throws IOException {
        int arrow = change.indexOf(" -> ");
        var damaged = TINY.replace(change.substring(0, arrow), change.substring(arrow + 4));
        assertThat(damaged).isNotEqualTo(TINY);
        Files.writeString(folder.resolve("tokenizer.json"), damaged);
        if (change.startsWith("\"TemplateProcessing\"")) {
            // The library goes by the fields then.
            Tokenizers.fromFolder(folder).close();
            Files.writeString(
                    folder.resolve("tokenizer.json"), damaged.replace("{\"<s>\": {\"id\"", "{\"<t>\": {\"id\""));
        }
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("tokenizer.json");
    }

    @Test
    void bytesThatAreNoTextAreAUserError() throws IOException {
        Files.write(folder.resolve("tokenizer.json"), new byte[] {(byte) 0xFF, (byte) 0xC0});
        assertThatThrownBy(() -> Tokenizers.fromFolder(folder)).isInstanceOf(UserError.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void damagedFilesGiveATokenizerOrAUserErrorNeverMore(long seed) throws IOException {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            var text = new StringBuilder(TINY);
            for (int change = 1 + random.nextInt(3); change > 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.setCharAt(at, TINY.charAt(random.nextInt(TINY.length())));
                    default -> text.insert(at, TINY.charAt(random.nextInt(TINY.length())));
                }
            }
            Files.writeString(folder.resolve("tokenizer.json"), text);
            try (var tokenizer = Tokenizers.fromFolder(folder)) {
                tokenizer.encode("a<s>a <end>", true, true);
            } catch (UserError e) {
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
    }

    @Test
    void aClosedTokenizerRefusesToWork() {
        var tokenizer = Tokenizers.fromFolder(folder);
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a", true, true)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tokenizer.decode(new int[] {2}, true)).isInstanceOf(IllegalStateException.class);
    }
}
