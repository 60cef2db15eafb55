package io.hayloft.tasks.metric;

import java.util.List;

/** How RULER tasks are scored: whether the references occur in the answer, whatever their case. */
public final class StringMatch {
    private StringMatch() {}

    /** The text that is searched: trimmed, without control characters (a line break joins two words), trimmed. */
    public static String searched(String prediction) {
        var kept = new StringBuilder();
        UnicodeText.strip(prediction).codePoints().filter(c -> c > 0x1F).forEach(kept::appendCodePoint);
        return UnicodeText.strip(kept.toString());
    }

    /** The share of the references that occur. */
    public static double all(String prediction, List<String> references) {
        var text = UnicodeText.lower(searched(prediction));
        long found = references.stream()
                .filter(reference -> text.contains(UnicodeText.lower(reference)))
                .count();
        return references.isEmpty() ? 0 : (double) found / references.size();
    }

    /** 1 if any reference occurs, else 0. */
    public static double any(String prediction, List<String> references) {
        return all(prediction, references) > 0 ? 1 : 0;
    }
}
