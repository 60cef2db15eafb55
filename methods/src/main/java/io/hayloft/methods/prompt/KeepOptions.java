package io.hayloft.methods.prompt;

import java.util.List;
import java.util.Set;

/**
 * The settings of LLMLingua-2.
 *
 * @param forceTokens texts that are words of their own and always stay (unless repeated, see {@code dropConsecutive})
 * @param chunkEnds tokens behind which a long text may be cut
 * @param dropConsecutive whether a forced token goes when nothing stays between it and the same one before
 * @param firstToken whether a word has the probability of its first token, or else the mean of all
 * @param reserveDigits whether tokens with a digit count as certain
 */
public record KeepOptions(
        List<String> forceTokens,
        Set<String> chunkEnds,
        boolean dropConsecutive,
        boolean firstToken,
        boolean reserveDigits) {
    /** Those of the benchmark of the paper: line feed, full stop, exclamation mark, question mark and comma stay. */
    public static final KeepOptions PAPER =
            new KeepOptions(List.of("\n", ".", "!", "?", ","), Set.of(".", "\n"), true, false, false);

    /** Copies the collections. */
    public KeepOptions {
        forceTokens = List.copyOf(forceTokens);
        chunkEnds = Set.copyOf(chunkEnds);
        if (forceTokens.size() > ForcedTokens.MOST) {
            throw new IllegalArgumentException(forceTokens.size() + " forced tokens, at most " + ForcedTokens.MOST);
        }
    }
}
