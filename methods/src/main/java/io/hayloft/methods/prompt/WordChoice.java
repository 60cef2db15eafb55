package io.hayloft.methods.prompt;

import io.hayloft.methods.prompt.KeepModel.ScoredWord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/** Chooses the words of a chunk that stay: those above a percentile of all tokens. */
final class WordChoice {
    private final List<String> forceTokens;
    private final boolean dropConsecutive;
    private final ToIntFunction<String> tokensOfWord;

    WordChoice(KeepOptions options, ToIntFunction<String> tokensOfWord) {
        this.forceTokens = options.forceTokens();
        this.dropConsecutive = options.dropConsecutive();
        this.tokensOfWord = tokensOfWord;
    }

    /**
     * Labels the words of a chunk.
     *
     * @param between percentile of the words, 0 to 100; those above it stand between two forced tokens
     * @param share percentile of the tokens, 0 to 100; words above it stay
     */
    boolean[] choose(List<ScoredWord> words, double between, double share) {
        var kept = new boolean[words.size()];
        if (words.isEmpty()) {
            return kept;
        }
        var keep = words.stream().mapToDouble(ScoredWord::keep).toArray();
        if (dropConsecutive) {
            dropRepeated(words, keep, percentile(keep, between));
        }
        double threshold = percentile(byToken(words, keep), share);
        String last = "";
        for (int i = 0; i < kept.length; i++) {
            var word = words.get(i).text();
            boolean high = keep[i] > threshold || (threshold == 1 && keep[i] == 1);
            boolean repeated = dropConsecutive && forceTokens.contains(word) && word.equals(last);
            kept[i] = high && !repeated;
            last = kept[i] ? word : last;
        }
        return kept;
    }

    /** A forced token that nothing likely separates from the same one before it is not wanted any more. */
    private void dropRepeated(List<ScoredWord> words, double[] keep, double threshold) {
        boolean tokenBetween = false;
        String last = "";
        for (int i = 0; i < keep.length; i++) {
            var word = words.get(i).text();
            if (!forceTokens.contains(word)) {
                tokenBetween |= keep[i] > threshold;
                continue;
            }
            if (!tokenBetween && word.equals(last)) {
                keep[i] = 0;
            }
            tokenBetween = false;
            last = word;
        }
    }

    /** The probability of each word, as often as it has tokens. */
    private double[] byToken(List<ScoredWord> words, double[] keep) {
        var counts = new int[keep.length];
        int sum = 0;
        for (int i = 0; i < keep.length; i++) {
            counts[i] = Math.max(1, tokensOfWord.applyAsInt(words.get(i).text()));
            sum += counts[i];
        }
        var tokens = new double[sum];
        for (int i = 0, at = 0; i < keep.length; at += counts[i], i++) {
            Arrays.fill(tokens, at, at + counts[i], keep[i]);
        }
        return tokens;
    }

    /** Percentile with linear interpolation between the two nearest values. */
    static double percentile(double[] values, double percent) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        double place = (sorted.length - 1) * (Math.clamp(percent, 0, 100) / 100);
        int below = (int) Math.floor(place);
        double part = place - below;
        double low = sorted[below];
        double high = sorted[Math.min(below + 1, sorted.length - 1)];
        return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
    }

    /** The kept words in order. */
    static List<String> kept(List<ScoredWord> words, boolean[] kept) {
        var texts = new ArrayList<String>();
        for (int i = 0; i < kept.length; i++) {
            if (kept[i]) {
                texts.add(words.get(i).text());
            }
        }
        return texts;
    }
}
