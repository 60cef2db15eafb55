package io.hayloft.tasks.metric;

/** How similar the first line of code in an answer is to the true line, as LongBench scores code completion. */
public final class CodeSimilarity {
    private CodeSimilarity() {}

    /** From 0 to 1 in hundredths, of {@link #firstCodeLine} against the whole reference. */
    public static double score(String prediction, String reference) {
        return ofLine(firstCodeLine(prediction), reference);
    }

    /** The first line, blank ones too, without back-tick, {@code #} and {@code //}; empty if there is none. */
    static String firstCodeLine(String prediction) {
        for (var line : UnicodeText.dropLeadingLineFeeds(prediction).split("\n", -1)) {
            if (!line.contains("`") && !line.contains("#") && !line.contains("//")) {
                return line;
            }
        }
        return "";
    }

    private static double ofLine(String line, String reference) {
        if (line.equals(reference)) {
            return 1;
        }
        if (line.isEmpty() || reference.isEmpty()) {
            return 0;
        }
        return Math.rint(100 * MatchingBlocks.ratio(line, reference)) / 100;
    }
}
