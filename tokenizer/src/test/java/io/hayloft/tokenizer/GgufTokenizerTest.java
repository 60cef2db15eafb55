package io.hayloft.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.GgufFile;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Vocabularies of GGUF files give the ids that the same vocabulary gives as tokenizer.json. */
class GgufTokenizerTest {
    @ParameterizedTest
    @CsvSource({
        "byte_bpe_llama3, llama-bpe, <|begin_of_text|>",
        "byte_bpe_gpt2, gpt-2, ''",
        "byte_bpe_qwen2, qwen2, ''",
    })
    void byteBpeEqualsItsTokenizerJson(String name, String pre, String bos) {
        var folder = Shared.golden("tokenizers/" + name);
        var metadata = asGguf(JsonFile.read(folder.resolve("tokenizer.json")), pre, bos);
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            check(tokenizer, JsonFile.read(folder.resolve("expected.json")));
        }
    }

    @ParameterizedTest
    @CsvSource({"sp_bpe_llama2, true", "sp_bpe_gemma, false"})
    void sentencePieceEqualsItsTokenizerJson(String name, boolean spacePrefix) throws IOException {
        var model = Goldens.path("tokenizers/sp_bpe_llama2/tokenizer.model");
        var metadata = SentencePieceModel.asGguf(Files.readAllBytes(model));
        metadata.put("tokenizer.ggml.add_space_prefix", spacePrefix);
        var expected = JsonFile.read(Shared.golden("tokenizers/" + name + "/expected.json"));
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            check(tokenizer, expected);
            assertThat(tokenizer.bosId()).hasValue(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SmolLM2-135M-Instruct.Q4_1.gguf, smollm2, 49152, 1, 2",
        "gemma-3-270m-q4_k_m.gguf, gemma3, 262144, 2, 1",
    })
    void realModelsEncodeTheirPrompts(String file, String golden, int size, int bos, int eos) throws IOException {
        var path = Shared.realModel(file);
        var lines = Files.readAllLines(Shared.path("goldens/real/" + golden + ".jsonl"));
        try (var gguf = GgufFile.open(path);
                var tokenizer = Tokenizers.fromGguf(gguf.metadata(), "model.gguf")) {
            int checked = 0;
            for (var line : lines) {
                var prompt = JsonMapper.shared().readTree(line);
                var ids = ids(prompt.path("ids"));
                if (prompt.has("text")) {
                    assertThat(tokenizer.encode(prompt.path("text").asString(), true, true))
                            .as(prompt.path("name").asString())
                            .isEqualTo(ids);
                    checked++;
                }
                // Also of prompts whose text is not written down: the ids are those of their own text.
                assertThat(tokenizer.encode(tokenizer.decode(ids, false), false, true))
                        .isEqualTo(ids);
            }
            assertThat(checked).isGreaterThanOrEqualTo(3);
            assertThat(tokenizer.vocabularySize()).isEqualTo(size);
            assertThat(tokenizer.bosId()).hasValue(bos);
            assertThat(tokenizer.eosIds()[0]).isEqualTo(eos);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SmolLM2-135M-Instruct.Q4_1.gguf", "gemma-3-270m-q4_k_m.gguf"})
    void specialTextIsPlainTextWhereAskedFor(String file) {
        try (var gguf = GgufFile.open(Shared.realModel(file));
                var tokenizer = Tokenizers.fromGguf(gguf.metadata(), "model.gguf")) {
            var text = "one " + tokenizer.token(tokenizer.eosIds()[0]) + "\n\n  two";
            int[] plain = tokenizer.encode(text, false, false);
            assertThat(plain).doesNotContain(tokenizer.eosIds()[0]);
            assertThat(tokenizer.decode(plain, true)).isEqualTo(text);
            assertThat(tokenizer.encode(text, false, true)).contains(tokenizer.eosIds()[0]);
            assertThat(tokenizer.encode("one\n\n  two", true, false))
                    .isEqualTo(tokenizer.encode("one\n\n  two", true, true));
        }
    }

    @Test
    void anUnknownPreTokenizerIsNeverGuessed() {
        var metadata = tiny();
        metadata.put("tokenizer.ggml.pre", "llama-bpe-9");
        assertThatThrownBy(() -> Tokenizers.fromGguf(metadata, "model.gguf"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("unknown pre-tokenizer 'llama-bpe-9'")
                .hasMessageContaining("qwen2, qwen35")
                .message()
                .doesNotContain("\n");
        metadata.remove("tokenizer.ggml.pre");
        assertThatThrownBy(() -> Tokenizers.fromGguf(metadata, "model.gguf"))
                .hasMessageContaining("has no field tokenizer.ggml.pre");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tokens", "token_type", "merges", "model", "bos_token_id", "add_bos_token", "unknown_model"})
    void brokenFieldsAreNamed(String field) {
        var metadata = tiny();
        var key = "tokenizer.ggml." + field;
        switch (field) {
            case "tokens" -> metadata.remove(key);
            case "token_type" -> metadata.put(key, List.of(1L, 1L));
            case "merges" -> metadata.put(key, List.of("ab"));
            case "model" -> metadata.put(key, 5L);
            case "bos_token_id" -> metadata.put(key, 99L);
            case "add_bos_token" -> metadata.put(key, "yes");
            case "unknown_model" -> metadata.put("tokenizer.ggml.model", "rwkv");
            default -> throw new IllegalArgumentException(field);
        }
        assertThatThrownBy(() -> Tokenizers.fromGguf(metadata, "model.gguf").close())
                .isInstanceOf(UserError.class)
                .hasMessageContaining("tokenizer.ggml.");
    }

    /** The last of twins is what a text is read as, as in llama.cpp; each of them reads back as its text. */
    @Test
    void repeatedAndEmptyTokensAreNoError() {
        var metadata = tiny();
        metadata.put("tokenizer.ggml.tokens", List.of("a", "b", "ab", "<|im_end|>", "", "ab", "", "<|im_end|>", "b"));
        metadata.put("tokenizer.ggml.token_type", List.of(1L, 1L, 1L, 3L, 1L, 1L, 1L, 1L, 1L));
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            assertThat(tokenizer.encode("aba", false, true)).containsExactly(5, 0);
            assertThat(tokenizer.encode("b<|im_end|>", false, true)).containsExactly(8, 3);
            assertThat(tokenizer.encode("b<|im_end|>", false, false)).doesNotContain(3);
            assertThat(tokenizer.decode(new int[] {2, 5, 1, 8, 4, 6, 0}, true)).isEqualTo("ababbba");
            assertThat(tokenizer.vocabularySize()).isEqualTo(9);
            assertThat(tokenizer.token(1)).isEqualTo("b");
            assertThat(tokenizer.token(6)).isEmpty();
        }
    }

    private static List<?> list(Map<String, Object> metadata, String key) {
        return (List<?>) Objects.requireNonNull(metadata.get(key), key);
    }

    @Test
    void repeatedSentencePiecesAreNoError() throws IOException {
        var model = Goldens.path("tokenizers/sp_bpe_llama2/tokenizer.model");
        var metadata = SentencePieceModel.asGguf(Files.readAllBytes(model));
        var expected = list(metadata, "tokenizer.ggml.tokens");
        int size = expected.size();
        var piece = (String) expected.get(300);
        metadata.put("tokenizer.ggml.tokens", with(expected, piece));
        metadata.put("tokenizer.ggml.scores", with(list(metadata, "tokenizer.ggml.scores"), -40f));
        metadata.put("tokenizer.ggml.token_type", with(list(metadata, "tokenizer.ggml.token_type"), 1L));
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            var text = "The quick brown fox";
            int[] ids = tokenizer.encode(text, false, true);
            assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
            assertThat(tokenizer.decode(new int[] {size}, false)).isEqualTo(tokenizer.decode(new int[] {300}, false));
        }
    }

    private static List<Object> with(List<?> list, Object last) {
        var longer = new ArrayList<Object>(list);
        longer.add(last);
        return longer;
    }

    /** A BOS id of -1 says that there is none to add; a missing one stays an error where one is wanted. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 0xFFFF_FFFFL})
    void anIdOfMinus1IsNoToken(long none) {
        var metadata = tiny();
        metadata.put("tokenizer.ggml.bos_token_id", none);
        metadata.put("tokenizer.ggml.eos_token_id", none);
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            assertThat(tokenizer.bosId()).isEmpty();
            assertThat(tokenizer.encode("ab", true, true)).containsExactly(2);
        }
        metadata.remove("tokenizer.ggml.bos_token_id");
        assertThatThrownBy(() -> Tokenizers.fromGguf(metadata, "model.gguf"))
                .hasMessageContaining("has no field tokenizer.ggml.bos_token_id");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void flagsAddBosAndEos(boolean bos, boolean eos) {
        var metadata = tiny();
        metadata.put("tokenizer.ggml.eos_token_id", 3L);
        metadata.put("tokenizer.ggml.add_bos_token", bos);
        metadata.put("tokenizer.ggml.add_eos_token", eos);
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            var ids = new ArrayList<Integer>(bos ? List.of(0) : List.of());
            ids.add(2);
            ids.addAll(eos ? List.of(3) : List.of());
            assertThat(tokenizer.encode("ab", true, true))
                    .isEqualTo(ids.stream().mapToInt(i -> i).toArray());
        }
    }

    /** A merge rule that begins as comments in files of rules do, and pieces with spaces, which texts never have by then. */
    @Test
    void rulesOfAnyTextCount() {
        var word = "#versionab";
        var tokens = new ArrayList<>(List.of("<unk>", "\u2581", " ", "b ", " b", "\u2581b"));
        var scores = new ArrayList<>(List.of(0.0, 0.0, 0.0, -1.0, -1.0, -2.0));
        word.chars().mapToObj(Character::toString).distinct().forEach(tokens::add);
        for (int end = 2; end <= word.length(); end++) {
            tokens.add(word.substring(0, end));
        }
        while (scores.size() < tokens.size()) {
            scores.add(-3.0);
        }
        var metadata = new HashMap<String, Object>();
        metadata.put("tokenizer.ggml.model", "llama");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.scores", scores);
        metadata.put("tokenizer.ggml.add_bos_token", false);
        metadata.put("tokenizer.ggml.add_space_prefix", false);
        metadata.put("tokenizer.ggml.unknown_token_id", 0L);
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            assertThat(tokenizer.encode(word, true, true)).containsExactly(tokens.size() - 1);
            assertThat(tokenizer.encode("b b", true, true)).containsExactly(tokens.lastIndexOf("b"), 5);
        }
        metadata.put(
                "tokenizer.ggml.tokens",
                tokens.stream().map(t -> t.replace('#', '+')).toList());
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            assertThat(tokenizer.encode(word.replace('#', '+'), true, true)).containsExactly(tokens.size() - 1);
            assertThat(tokenizer.encode("b b", true, true)).containsExactly(tokens.lastIndexOf("b"), 5);
        }
    }

    @Test
    void controlTokensThatEndATurnEndAnAnswer() {
        var metadata = tiny();
        metadata.put("tokenizer.ggml.eos_token_id", 1L);
        try (var tokenizer = Tokenizers.fromGguf(metadata, "model.gguf")) {
            assertThat(tokenizer.eosIds()).containsExactly(1, 3);
            assertThat(tokenizer.encode("ab<|im_end|>", true, true)).containsExactly(0, 2, 3);
            assertThat(tokenizer.describe()).isEqualTo("BPE, 4 tokens, BOS a, EOS b <|im_end|>");
        }
    }

    private static Map<String, Object> tiny() {
        var metadata = new HashMap<String, Object>();
        metadata.put("tokenizer.ggml.model", "gpt2");
        metadata.put("tokenizer.ggml.pre", "gpt-2");
        metadata.put("tokenizer.ggml.tokens", List.of("a", "b", "ab", "<|im_end|>"));
        metadata.put("tokenizer.ggml.token_type", List.of(1L, 1L, 1L, 3L));
        metadata.put("tokenizer.ggml.merges", List.of("a b"));
        metadata.put("tokenizer.ggml.add_bos_token", true);
        metadata.put("tokenizer.ggml.bos_token_id", 0L);
        return metadata;
    }

    private static void check(Tokenizer tokenizer, JsonNode expected) {
        assertThat(expected.path("cases").size()).isEqualTo(149);
        for (var golden : expected.path("cases")) {
            var text = golden.path("text").asString();
            int[] ids = ids(golden.path("ids"));
            assertThat(tokenizer.encode(text, true, true)).as(text).isEqualTo(ids);
            assertThat(tokenizer.encode(text, false, true)).isEqualTo(ids(golden.path("ids_no_special")));
            assertThat(tokenizer.decode(ids, true))
                    .isEqualTo(golden.path("decoded_skip_special").asString());
        }
    }

    /** What a converter would write of this byte-level tokenizer.json. */
    private static Map<String, Object> asGguf(JsonNode json, String pre, String bos) {
        var vocabulary = Vocabulary.read(json.toString(), "golden");
        var types = new ArrayList<Long>();
        for (var token : vocabulary.tokens()) {
            types.add(vocabulary.special().stream().anyMatch(t -> t.content().equals(token)) ? 3L : 1L);
        }
        var merges = new ArrayList<String>();
        json.path("model")
                .path("merges")
                .forEach(m -> merges.add(m.path(0).asString() + " " + m.path(1).asString()));
        var metadata = new HashMap<String, Object>();
        metadata.put("tokenizer.ggml.model", "gpt2");
        metadata.put("tokenizer.ggml.pre", pre);
        metadata.put("tokenizer.ggml.tokens", vocabulary.tokens());
        metadata.put("tokenizer.ggml.token_type", types);
        metadata.put("tokenizer.ggml.merges", merges);
        int id = vocabulary.tokens().indexOf(bos);
        if (id >= 0) {
            metadata.put("tokenizer.ggml.bos_token_id", (long) id);
        }
        return metadata;
    }

    private static int[] ids(JsonNode list) {
        var ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.get(i).asInt();
        }
        return ids;
    }
}
