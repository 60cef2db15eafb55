package io.hayloft.tokenizer.template;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A string of Python: code points, each of which knows whether it comes from the content of a message. That mark stays with
 * it through slices, joins, changes of case and all else, since every operation copies code points together with their
 * marks; comparisons do not see it.
 */
final class Text implements Value, Comparable<Text> {
    /** The mark, a bit above all code points. */
    static final int CONTENT = 1 << 30;

    static final Text EMPTY = new Text(new int[0], false);

    private final int[] points;
    private final boolean markup;

    /** @param points with marks; not copied */
    Text(int[] points, boolean markup) {
        this.points = points;
        this.markup = markup;
    }

    static Text of(String text) {
        return text.isEmpty() ? EMPTY : new Text(text.codePoints().toArray(), false);
    }

    static Text content(String text) {
        return new Text(text.codePoints().map(point -> point | CONTENT).toArray(), false);
    }

    int length() {
        return points.length;
    }

    /** The code point at a place. */
    int at(int index) {
        return points[index] & ~CONTENT;
    }

    /** The code point at a place with its mark. */
    int marked(int index) {
        return points[index];
    }

    /** Whether the text is one that {@code safe} or {@code escape} gave: what is added to it gets escaped. */
    boolean markup() {
        return markup;
    }

    Text withMarkup(boolean now) {
        return now == markup ? this : new Text(points, now);
    }

    Text slice(int from, int to) {
        return from == 0 && to == points.length
                ? this
                : new Text(Arrays.copyOfRange(points, from, Math.max(from, to)), markup);
    }

    /** The characters one by one. */
    List<Value> characters() {
        return new AbstractList<>() {
            @Override
            public Value get(int index) {
                return new Text(new int[] {points[index]}, false);
            }

            @Override
            public int size() {
                return points.length;
            }
        };
    }

    /** Whether {@code part} stands at this place. */
    boolean has(Text part, int place) {
        if (place < 0 || place + part.length() > length()) {
            return false;
        }
        for (int i = 0; i < part.length(); i++) {
            if (at(place + i) != part.at(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * The first place of {@code part} that lies within {@code [from, to)}, or -1. Knuth, Morris and Pratt: the time grows
     * with the lengths alone, whatever the texts are.
     */
    int find(Text part, int from, int to) {
        if (from > to || part.length() > to - from) {
            return -1;
        }
        int[] fallback = part.fallback();
        int matched = 0;
        for (int i = from; i < to && matched < part.length(); i++) {
            while (matched > 0 && at(i) != part.at(matched)) {
                matched = fallback[matched - 1];
            }
            if (at(i) == part.at(matched) && ++matched == part.length()) {
                return i + 1 - matched;
            }
        }
        return part.length() == 0 ? from : -1;
    }

    /** Of each beginning of this text, the length of its longest own beginning that is also its end. */
    private int[] fallback() {
        int[] table = new int[length()];
        for (int i = 1, matched = 0; i < length(); i++) {
            while (matched > 0 && at(i) != at(matched)) {
                matched = table[matched - 1];
            }
            matched += at(i) == at(matched) ? 1 : 0;
            table[i] = matched;
        }
        return table;
    }

    /** The last place of {@code part} that lies within {@code [from, to)}, or -1. */
    int findLast(Text part, int from, int to) {
        if (from > to || part.length() > to - from) {
            return -1;
        }
        int place = slice(from, to).reversed().find(part.reversed(), 0, to - from);
        return place < 0 ? -1 : to - place - part.length();
    }

    Text reversed() {
        int[] turned = new int[points.length];
        for (int i = 0; i < turned.length; i++) {
            turned[i] = points[points.length - 1 - i];
        }
        return new Text(turned, markup);
    }

    boolean equalTo(Text other) {
        return length() == other.length() && has(other, 0);
    }

    boolean equalTo(String other) {
        return toString().equals(other);
    }

    @Override
    public int compareTo(Text other) {
        for (int i = 0; i < Math.min(length(), other.length()); i++) {
            if (at(i) != other.at(i)) {
                return Integer.compare(at(i), other.at(i));
            }
        }
        return Integer.compare(length(), other.length());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && equalTo(text);
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        var out = new StringBuilder(points.length);
        for (int i = 0; i < points.length; i++) {
            out.appendCodePoint(at(i));
        }
        return out.toString();
    }

    /** The text with its marks as spans of chars. */
    Rendered rendered() {
        var out = new StringBuilder(points.length);
        var spans = new ArrayList<Rendered.Span>();
        int from = -1;
        for (int point : points) {
            boolean content = (point & CONTENT) != 0;
            if (content && from < 0) {
                from = out.length();
            } else if (!content && from >= 0) {
                spans.add(new Rendered.Span(from, out.length()));
                from = -1;
            }
            out.appendCodePoint(point & ~CONTENT);
        }
        if (from >= 0) {
            spans.add(new Rendered.Span(from, out.length()));
        }
        return new Rendered(out.toString(), spans);
    }
}
