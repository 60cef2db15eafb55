package io.hayloft.tasks.metric;

import java.util.List;

/** How RULER tasks are scored: whether the references occur in the answer, whatever their case. */
public enum StringMatch {
    /** RULER's own scorer: control characters are line feeds. */
    RULER,
    /** The scorer of kvpress: control characters are left out, so that a line break joins two words. */
    KVPRESS;

    private static final int LAST_CONTROL = 0x1F;

    /** The text that is searched: trimmed, without control characters, trimmed again. */
    public String searched(String prediction) {
        var kept = new StringBuilder();
        UnicodeText.strip(prediction).codePoints().forEach(c -> {
            if (c > LAST_CONTROL) {
                kept.appendCodePoint(c);
            } else if (this == RULER) {
                kept.append('\n');
            }
        });
        return UnicodeText.strip(kept.toString());
    }

    /** The share of the references that occur; 0 if there are none. */
    public double all(String prediction, List<String> references) {
        var text = UnicodeText.lower(searched(prediction));
        long found = references.stream()
                .filter(reference -> text.contains(UnicodeText.lower(reference)))
                .count();
        return references.isEmpty() ? 0 : (double) found / references.size();
    }

    /** 1 if any reference occurs, else 0. */
    public double any(String prediction, List<String> references) {
        return all(prediction, references) > 0 ? 1 : 0;
    }
}
