package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Sequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's operations that cut texts and put them together. */
final class Texts {
    private Texts() {}

    /** @param letters what to take off, or null for white space */
    static Text strip(Text text, @Nullable Text letters, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && strips(text.at(from), letters)) {
            from++;
        }
        while (right && to > from && strips(text.at(to - 1), letters)) {
            to--;
        }
        return text.slice(from, to);
    }

    private static boolean strips(int c, @Nullable Text letters) {
        if (letters == null) {
            return TextMethods.isSpace(c);
        }
        for (int i = 0; i < letters.length(); i++) {
            if (letters.at(i) == c) {
                return true;
            }
        }
        return false;
    }

    /** @param limit the number of cuts, or -1 for all */
    static List<Value> split(Text text, @Nullable Text separator, int limit) {
        if (separator == null) {
            return words(text, limit);
        }
        requireSeparator(separator);
        var parts = new ArrayList<Value>();
        int from = 0;
        for (int at : places(text, separator, 0, text.length(), limit)) {
            parts.add(text.slice(from, at));
            from = at + separator.length();
        }
        parts.add(text.slice(from, text.length()));
        return parts;
    }

    private static void requireSeparator(Text separator) {
        if (separator.length() == 0) {
            throw new TemplateFailure("empty separator");
        }
    }

    private static List<Value> words(Text text, int limit) {
        var parts = new ArrayList<Value>();
        int from = skip(text, 0, true);
        while (from < text.length() && (limit < 0 || parts.size() < limit)) {
            int to = skip(text, from, false);
            parts.add(text.slice(from, to));
            from = skip(text, to, true);
        }
        if (from < text.length()) {
            parts.add(strip(text.slice(from, text.length()), null, false, limit < 0));
        }
        return parts;
    }

    private static int skip(Text text, int from, boolean space) {
        int i = from;
        while (i < text.length() && TextMethods.isSpace(text.at(i)) == space) {
            i++;
        }
        return i;
    }

    static List<Value> rsplit(Text text, @Nullable Text separator, int limit) {
        if (limit < 0) {
            return split(text, separator, -1);
        }
        var parts = new ArrayList<Value>();
        for (var part : split(text.reversed(), separator == null ? null : separator.reversed(), limit)) {
            parts.add(((Text) part).reversed());
        }
        Collections.reverse(parts);
        return parts;
    }

    /** Where {@code part} stands within {@code [from, to)}, without overlaps; at most {@code limit} places if not -1. */
    private static List<Integer> places(Text text, Text part, int from, int to, int limit) {
        var places = new ArrayList<Integer>();
        int step = Math.max(1, part.length());
        int at = from;
        while (limit < 0 || places.size() < limit) {
            at = text.find(part, at, to);
            if (at < 0) {
                break;
            }
            places.add(at);
            at += step;
        }
        return places;
    }

    static int count(Text text, Text part, int from, int to) {
        return places(text, part, from, to, -1).size();
    }

    /** @param limit how many are replaced at most, or -1 for all */
    static Text replace(Text text, Text old, Text now, int limit) {
        var out = new TextBuilder();
        int from = 0;
        for (int at : places(text, old, 0, text.length(), limit)) {
            out.append(text.slice(from, at)).append(now);
            from = at + old.length();
        }
        return out.append(text.slice(from, text.length())).toText();
    }

    static Value partition(Text text, Text separator, boolean last) {
        requireSeparator(separator);
        int at = last ? text.findLast(separator, 0, text.length()) : text.find(separator, 0, text.length());
        if (at < 0) {
            return last ? Sequence.tuple(Text.EMPTY, Text.EMPTY, text) : Sequence.tuple(text, Text.EMPTY, Text.EMPTY);
        }
        int behind = at + separator.length();
        return Sequence.tuple(text.slice(0, at), separator, text.slice(behind, text.length()));
    }

    static List<Value> lines(Text text, boolean withEnds) {
        var lines = new ArrayList<Value>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (endsLine(text.at(i))) {
                int behind = text.at(i) == '\r' && i + 1 < text.length() && text.at(i + 1) == '\n' ? i + 2 : i + 1;
                lines.add(text.slice(from, withEnds ? behind : i));
                from = behind;
                i = behind - 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.slice(from, text.length()));
        }
        return lines;
    }

    private static boolean endsLine(int c) {
        return (c >= '\n' && c <= '\r') || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static Text join(Text separator, Value items) {
        var out = new TextBuilder();
        int count = 0;
        for (var parts = items.iterate(); parts.hasNext(); count++) {
            var next = parts.next();
            var item = separator.markup() ? TextFilters.escape(Printing.print(next)) : next;
            if (!(item instanceof Text part)) {
                throw new TemplateFailure("sequence item " + count + ": expected str instance");
            }
            out.append(count > 0 ? separator : Text.EMPTY).append(part);
        }
        return out.toText();
    }

    /** @param side where the text stands: 0 left, 1 right, 2 in the middle */
    static Text padded(Text text, int width, int fill, int side) {
        int spare = Math.max(0, width - text.length());
        // The odd blank goes to the side that Python gives it to.
        int left = side == 0 ? 0 : side == 1 ? spare : spare / 2 + (spare & width & 1);
        var one = new Text(new int[] {fill}, false);
        return new TextBuilder()
                .repeat(one, left)
                .append(text)
                .repeat(one, spare - left)
                .toText();
    }

    static Text zeros(Text text, int width) {
        int sign = text.length() > 0 && (text.at(0) == '+' || text.at(0) == '-') ? 1 : 0;
        return new TextBuilder()
                .append(text.slice(0, sign))
                .repeat(Text.of("0"), width - text.length())
                .append(text.slice(sign, text.length()))
                .toText();
    }

    static Text expandTabs(Text text, int size) {
        var out = new TextBuilder();
        int column = 0;
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            if (c == '\t') {
                int blanks = size > 0 ? size - column % size : 0;
                out.repeat(Text.of(" "), blanks);
                column += blanks;
            } else {
                out.append(text.marked(i));
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return out.toText();
    }
}
