package io.hayloft.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import jinjava.javax.el.ELException;
import org.jspecify.annotations.Nullable;

/** Python's operations on strings; places and lengths count code points. */
final class PythonStrings {
    private PythonStrings() {}

    /** What Python calls white space, which is more than Java's {@code strip} knows. */
    static boolean isSpace(int c) {
        return Character.isWhitespace(c)
                || c == 0x85
                || c == 0xA0
                || c == 0x2007
                || c == 0x202F
                || Character.isSpaceChar(c);
    }

    /** @param letters what to take off, or null for white space */
    static String strip(String text, @Nullable String letters, boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && strips(text.codePointAt(from), letters)) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && to > from && strips(text.codePointBefore(to), letters)) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    private static boolean strips(int c, @Nullable String letters) {
        return letters == null ? isSpace(c) : letters.indexOf(c) >= 0;
    }

    /** @param limit the number of cuts, or -1 for all */
    static List<String> split(String text, @Nullable String separator, int limit) {
        var parts = new ArrayList<String>();
        var rest = separator == null ? strip(text, null, true, false) : text;
        while (limit < 0 || parts.size() < limit) {
            int at = separator == null ? firstSpace(rest) : rest.indexOf(separator);
            if (at < 0) {
                break;
            }
            parts.add(rest.substring(0, at));
            rest = separator == null
                    ? strip(rest.substring(at), null, true, false)
                    : rest.substring(at + separator.length());
        }
        if (separator != null || !rest.isEmpty()) {
            parts.add(rest);
        }
        return parts;
    }

    static List<String> rsplit(String text, @Nullable String separator, int limit) {
        if (separator == null || limit < 0) {
            return split(text, separator, -1);
        }
        var parts = new ArrayList<String>();
        var rest = text;
        while (parts.size() < limit) {
            int at = rest.lastIndexOf(separator);
            if (at < 0) {
                break;
            }
            parts.add(rest.substring(at + separator.length()));
            rest = rest.substring(0, at);
        }
        parts.add(rest);
        Collections.reverse(parts);
        return parts;
    }

    private static int firstSpace(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isSpace(text.charAt(i))) {
                return i;
            }
        }
        return -1;
    }

    /** @param limit how many are replaced at most, or -1 for all */
    static String replace(String text, String from, String to, int limit) {
        if (limit < 0) {
            return text.replace(from, to);
        }
        var out = new StringBuilder();
        int at = 0;
        for (int done = 0; done < limit; done++) {
            int next = text.indexOf(from, at);
            if (next < 0 || from.isEmpty()) {
                break;
            }
            out.append(text, at, next).append(to);
            at = next + from.length();
        }
        return out.append(text.substring(at)).toString();
    }

    static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0 && !part.isEmpty(); at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    /** A capital letter at the start of each run of letters, small letters after it. */
    static String title(String text) {
        var out = new StringBuilder();
        boolean within = false;
        for (int c : text.codePoints().toArray()) {
            out.appendCodePoint(within ? Character.toLowerCase(c) : Character.toTitleCase(c));
            within = Character.isLetter(c);
        }
        return out.toString();
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return Character.toString(Character.toTitleCase(first))
                + text.substring(Character.charCount(first)).toLowerCase(Locale.ROOT);
    }

    /** The character at an index, counted from the end if negative; null outside. */
    static @Nullable String at(String text, int index) {
        int[] points = text.codePoints().toArray();
        int i = index < 0 ? index + points.length : index;
        return i < 0 || i >= points.length ? null : Character.toString(points[i]);
    }

    /** Turns an index of Java's chars into one of code points; -1 stays. */
    static int points(String text, int index) {
        return index < 0 ? index : text.codePointCount(0, index);
    }

    /** Calls {@code each} with the places that {@code [from:to:step]} picks of {@code length}. */
    static void slice(int length, @Nullable Long from, @Nullable Long to, long step, IntConsumer each) {
        if (step == 0) {
            throw new ELException("a slice step cannot be zero");
        }
        long low = step > 0 ? 0 : -1;
        long high = step > 0 ? length : length - 1L;
        long start = from == null ? (step > 0 ? low : high) : clamp(from, length, low, high);
        long end = to == null ? (step > 0 ? high : low) : clamp(to, length, low, high);
        for (long i = start; step > 0 ? i < end : i > end; i += step) {
            each.accept((int) i);
        }
    }

    private static long clamp(long index, int length, long low, long high) {
        long i = index < 0 ? index + length : index;
        return Math.max(low, Math.min(high, i));
    }
}
