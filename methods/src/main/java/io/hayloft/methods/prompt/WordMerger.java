package io.hayloft.methods.prompt;

import java.util.ArrayList;
import java.util.List;

/** Puts the tokens of a chunk together to words and their probabilities to those of words. */
record WordMerger(WordRules rules, ForcedTokens forced, KeepOptions options) {
    /**
     * Merges a chunk.
     *
     * @param tokens as the vocabulary spells them, signs of forced tokens among them
     * @param keep probability to stay of each token
     */
    List<KeepModel.ScoredWord> merge(List<String> tokens, float[] keep) {
        var words = new ArrayList<KeepModel.ScoredWord>();
        var open = new StringBuilder();
        var probabilities = new ArrayList<Float>();
        for (int i = 0; i < keep.length; i++) {
            var token = tokens.get(i);
            if (rules.isSpecial(token)) {
                continue;
            }
            var bare = rules.bare(token);
            boolean begins = rules.begins(token) || beginsAsForced(token) || open.isEmpty();
            if (begins) {
                close(open, probabilities, words);
                open.append(forced.unmark(token));
                probabilities.add(probability(token, forced.isForced(bare) ? 1 : keep[i]));
            } else {
                open.append(bare);
                probabilities.add(probability(token, keep[i]));
            }
        }
        close(open, probabilities, words);
        return words;
    }

    private boolean beginsAsForced(String token) {
        return forced.isForced(rules == WordRules.BERT ? rules.bare(token) : token);
    }

    private float probability(String token, float keep) {
        return options.reserveDigits() && token.codePoints().anyMatch(Character::isDigit) ? 1 : keep;
    }

    private void close(StringBuilder open, List<Float> probabilities, List<KeepModel.ScoredWord> words) {
        if (!probabilities.isEmpty()) {
            float sum = 0;
            for (float probability : probabilities) {
                sum += probability;
            }
            float keep = options.firstToken() ? probabilities.getFirst() : sum / probabilities.size();
            words.add(new KeepModel.ScoredWord(open.toString(), keep));
        }
        open.setLength(0);
        probabilities.clear();
    }
}
