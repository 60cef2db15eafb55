package io.hayloft.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rules from the table of hashes are those of a plain search, in the same order. */
class PieceMergesTest {
    private static final List<String> LETTERS = List.of("a", "b", "\u2581", "\u00e9", "\ud83d\ude00");

    private record Rule(int left, int right) {}

    @Test
    void rulesAreThoseOfAPlainSearch() {
        for (int seed = 0; seed < 20; seed++) {
            var vocabulary = vocabulary(new Random(seed));

            var rules = new ArrayList<Rule>();
            PieceMerges.of(vocabulary, (left, right) -> rules.add(new Rule(left, right)));

            assertThat(rules).isNotEmpty().isEqualTo(plain(vocabulary));
        }
    }

    /** These texts have the same hash. */
    @Test
    void textsOfTheSameHashAreToldApart() {
        var index = new TokenIndex(new String[] {"AaAa", "BBBB", "AaBB"});
        assertThat("AaAa".hashCode()).isEqualTo("BBBB".hashCode());

        assertThat(IntStream.range(0, 3).map(index::put)).containsOnly(-1);

        assertThat(index.id("BBBB")).isEqualTo(1);
        assertThat(index.id("BBAa")).isEqualTo(-1);
        assertThat(index.id("xAaBBx", 1, 5, "AaBB".hashCode())).isEqualTo(2);
    }

    @Test
    void theFirstOfTwoEqualTokensStays() {
        var index = new TokenIndex(new String[] {"", "a", ""});
        assertThat(IntStream.range(0, 3).map(index::put)).containsExactly(-1, -1, 0);
        assertThat(index.id("")).isZero();
    }

    private static GgufVocabulary vocabulary(Random random) {
        var tokens = new LinkedHashSet<>(LETTERS);
        while (tokens.size() < 200) {
            var text = new StringBuilder();
            for (int i = random.nextInt(1, 7); i > 0; i--) {
                text.append(LETTERS.get(random.nextInt(LETTERS.size())));
            }
            tokens.add(text.toString());
        }
        // Few different scores, so that order within a score is tested too.
        var scores = random.ints(tokens.size(), -3, 3)
                .mapToObj(score -> (double) score / 2)
                .toList();
        var types = random.longs(tokens.size(), 1, 6).boxed().toList();
        return new GgufVocabulary(
                Map.of(
                        "tokenizer.ggml.tokens", List.copyOf(tokens),
                        "tokenizer.ggml.scores", scores,
                        "tokenizer.ggml.token_type", types),
                "test");
    }

    private static List<Rule> plain(GgufVocabulary vocabulary) {
        var scores = vocabulary.scores();
        return IntStream.range(0, vocabulary.size())
                .filter(id -> isPiece(vocabulary, id))
                .boxed()
                .sorted(Comparator.comparing(id -> -scores[id]))
                .flatMap(id -> cuts(vocabulary, vocabulary.token(id)).stream())
                .toList();
    }

    private static List<Rule> cuts(GgufVocabulary vocabulary, String piece) {
        var cuts = new ArrayList<Rule>();
        for (int cut = piece.length() - 1; cut > 0; cut--) {
            int left = vocabulary.id(piece.substring(0, cut));
            int right = vocabulary.id(piece.substring(cut));
            if (isPiece(vocabulary, left) && isPiece(vocabulary, right)) {
                cuts.add(new Rule(left, right));
            }
        }
        return cuts;
    }

    private static boolean isPiece(GgufVocabulary vocabulary, int id) {
        return id >= 0
                && (vocabulary.type(id) == GgufVocabulary.NORMAL || vocabulary.type(id) == GgufVocabulary.USER_DEFINED);
    }
}
