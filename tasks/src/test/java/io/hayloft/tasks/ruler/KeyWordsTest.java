package io.hayloft.tasks.ruler;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.tasks.python.CodePointOrder;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class KeyWordsTest {
    /** Adjectives that begin others, words with hyphens and blanks, repeats. */
    @Test
    void sameOrderAsSortingThemAll() {
        var adjectives = List.of("well", "well-lit", "wet", "Early", "well-lit-up", "we", "wet", "a", "b c");
        var nouns = List.of("lit", "zinc", "lit-up", "ATM", "up", "ice cream", "zinc", "lit-ATM");
        var all = new ArrayList<String>();
        adjectives.forEach(adjective -> nouns.forEach(noun -> all.add(adjective + "-" + noun)));
        var expected = CodePointOrder.sortedSet(all);

        var words = new KeyWords(adjectives, nouns);
        assertThat(words.size()).isEqualTo(expected.size()).isLessThan(all.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(words.at(i)).isEqualTo(expected.get(i));
        }
    }

    @Test
    void referenceLists() throws IOException, NoSuchAlgorithmException {
        var folder = Shared.path("evaluation/ruler/inputs");
        var expected = JsonMapper.shared().readTree(Files.readString(folder.resolve("word_lists.json")));
        var inputs = RulerInputs.in(folder);
        var keys = inputs.keyWords();
        var digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < keys.size(); i++) {
            digest.update(((i == 0 ? "" : "\n") + keys.at(i)).getBytes(StandardCharsets.UTF_8));
        }
        var pairs = expected.get("adjective_noun");
        assertThat(keys.size()).isEqualTo(pairs.get("count").intValue());
        assertThat(HexFormat.of().formatHex(digest.digest()))
                .isEqualTo(pairs.get("sha256_lf_joined").stringValue());
        var words = inputs.commonWords();
        var common = expected.get("cwe_words");
        assertThat(words).hasSize(common.get("count").intValue());
        digest.update(String.join("\n", words).getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(digest.digest()))
                .isEqualTo(common.get("sha256_lf_joined").stringValue());
    }
}
