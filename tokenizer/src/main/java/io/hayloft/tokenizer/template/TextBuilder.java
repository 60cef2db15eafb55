package io.hayloft.tokenizer.template;

import java.util.Arrays;
import java.util.Locale;

/** Builds a {@link Text}; it refuses to grow beyond any sensible prompt. */
final class TextBuilder {
    private static final int MAX_LENGTH = 10_000_000;

    private int[] points = new int[64];
    private int length;

    int length() {
        return length;
    }

    TextBuilder append(Text text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            points[length++] = text.marked(i);
        }
        return this;
    }

    TextBuilder append(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            points[length++] = text.codePointAt(i);
        }
        return this;
    }

    /** Appends a code point, with its mark if it has one. */
    TextBuilder append(int marked) {
        reserve(1);
        points[length++] = marked;
        return this;
    }

    /** Appends a text in place of a code point, whose mark it takes. */
    TextBuilder append(String text, int marked) {
        int mark = marked & Text.CONTENT;
        text.codePoints().forEach(point -> append(point | mark));
        return this;
    }

    TextBuilder repeat(Text text, long times) {
        if (times > 0) {
            reserve(Math.multiplyExact((long) text.length(), Math.min(times, Integer.MAX_VALUE)));
            for (long i = 0; text.length() > 0 && i < times; i++) {
                append(text);
            }
        }
        return this;
    }

    private void reserve(long more) {
        if (length + more > MAX_LENGTH) {
            throw new TemplateFailure(String.format(Locale.ROOT, "a text gets longer than %,d characters", MAX_LENGTH));
        }
        if (length + more > points.length) {
            points = Arrays.copyOf(points, (int) Math.max(length + more, Math.min(MAX_LENGTH, points.length * 2L)));
        }
    }

    Text toText() {
        return length == 0 ? Text.EMPTY : new Text(Arrays.copyOf(points, length), false);
    }
}
