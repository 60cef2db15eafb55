package io.hayloft.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.testing.Shared;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Ids and texts of every kind of tokenizer.json against reference values. */
class TokenizerGoldensTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "byte_bpe_gpt2",
                "byte_bpe_gpt2_prefix_space",
                "byte_bpe_llama3",
                "byte_bpe_llama3_no_ignore_merges",
                "byte_bpe_neox",
                "byte_bpe_qwen2",
                "sp_bpe_gemma",
                "sp_bpe_llama2",
                "sp_bpe_metaspace_first",
                "unigram_xlmr",
                "wordpiece_bert_cased"
            })
    void idsAndTextsAreThoseOfTheReference(String name) {
        var folder = Shared.path("goldens/tokenizers/" + name);
        var expected = JsonFile.read(folder.resolve("expected.json"));
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            assertThat(tokenizer.vocabularySize())
                    .isGreaterThanOrEqualTo(expected.path("vocab_size").asInt());
            assertThat(expected.path("cases").size()).isEqualTo(149);
            for (var golden : expected.path("cases")) {
                var text = golden.path("text").asString();
                int[] ids = ids(golden.path("ids"));
                int[] bare = ids(golden.path("ids_no_special"));
                assertThat(tokenizer.encode(text, true, true)).as(text).isEqualTo(ids);
                assertThat(tokenizer.encode(text, false, true)).as(text).isEqualTo(bare);
                assertThat(tokenizer.decode(bare, false))
                        .isEqualTo(golden.path("decoded").asString());
                assertThat(tokenizer.decode(ids, true))
                        .isEqualTo(golden.path("decoded_skip_special").asString());
                checkTokens(tokenizer, bare, texts(golden.path("tokens_no_special")));
            }
        }
    }

    @Test
    void streamsGiveTextOutAsSoonAsItIsWhole() {
        for (var golden : JsonFile.read(Shared.path("goldens/tokenizers/incremental_decode.json"))) {
            var folder =
                    Shared.path("goldens/tokenizers/" + golden.path("tokenizer").asString());
            try (var tokenizer = Tokenizers.fromFolder(folder)) {
                var stream = tokenizer.stream();
                var given = new StringBuilder();
                var prefixes = texts(golden.path("prefix_decodes"));
                int[] ids = ids(golden.path("ids"));
                for (int i = 0; i < ids.length; i++) {
                    var before = given.toString();
                    given.append(stream.push(ids[i]));
                    var whole = prefixes.get(i);
                    assertThat(given.toString()).isEqualTo(whole.endsWith("\uFFFD") ? before : whole);
                }
                assertThat(stream.flush()).isEmpty();
            }
        }
    }

    @Test
    void promptsOfTheTinyModelEncodeToItsIds() {
        var folder = Shared.path("models/hayloft-tiny");
        try (var tokenizer = Tokenizers.fromFolder(folder)) {
            int cases = 0;
            for (var golden : JsonFile.read(folder.resolve("expected.json")).path("cases")) {
                assertThat(tokenizer.encode(golden.path("text").asString(), true, false))
                        .isEqualTo(ids(golden.path("prompt_ids")));
                assertThat(tokenizer.decode(ids(golden.path("answer_ids")), true))
                        .isEqualTo(golden.path("answer").asString());
                cases++;
            }
            assertThat(cases).isPositive();
            assertThat(tokenizer.bosId()).hasValue(1);
            assertThat(tokenizer.eosIds()).containsExactly(2);
        }
    }

    /** The reference names an unknown token by the letters it stands for. */
    private static void checkTokens(Tokenizer tokenizer, int[] ids, List<String> expected) {
        assertThat(ids).hasSameSizeAs(expected.toArray());
        for (int i = 0; i < ids.length; i++) {
            assertThat(tokenizer.token(ids[i])).isIn(expected.get(i), "<unk>");
        }
    }

    private static List<String> texts(JsonNode list) {
        var texts = new ArrayList<String>();
        list.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    private static int[] ids(JsonNode list) {
        var ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.get(i).asInt();
        }
        return ids;
    }
}
