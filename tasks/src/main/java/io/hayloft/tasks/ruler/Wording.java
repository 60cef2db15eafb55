package io.hayloft.tasks.ruler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A text with named places such as {@code {context}}, filled at once: what is put in is not searched for places. */
final class Wording {
    /** Fixed texts and names in turn, a fixed text first. */
    private final List<String> parts = new ArrayList<>();

    private Wording() {}

    static Wording parse(String text) {
        var wording = new Wording();
        int from = 0;
        for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', from)) {
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new IllegalArgumentException("a { without } in: " + text);
            }
            wording.parts.add(text.substring(from, open));
            wording.parts.add(text.substring(open + 1, close));
            from = close + 1;
        }
        wording.parts.add(text.substring(from));
        return wording;
    }

    /** The text with these values in the named places. */
    String fill(Map<String, String> values) {
        var filled = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            filled.append(i % 2 == 0 ? part : Objects.requireNonNull(values.get(part), part));
        }
        return filled.toString();
    }
}
