package io.hayloft.tokenizer.template;

import java.util.Locale;

/** Upper and lower case, character by character so that marks stay. */
final class Cases {
    private static final int SIGMA = 0x3A3;

    private Cases() {}

    static Text upper(Text text) {
        var out = new TextBuilder();
        for (int i = 0; i < text.length(); i++) {
            out.append(upper(text.at(i)), text.marked(i));
        }
        return out.toText();
    }

    static Text lower(Text text) {
        return lower(text, 0, new TextBuilder()).toText();
    }

    private static TextBuilder lower(Text text, int from, TextBuilder out) {
        for (int i = from; i < text.length(); i++) {
            out.append(lower(text, i), text.marked(i));
        }
        return out;
    }

    static Text casefold(Text text) {
        var out = new TextBuilder();
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            boolean plain = c == SIGMA || c == 0x3C2;
            out.append(plain ? "\u03c3" : c == 0xDF ? "ss" : lower(upper(c)), text.marked(i));
        }
        return out.toText();
    }

    static Text capitalize(Text text) {
        var out = new TextBuilder();
        if (text.length() > 0) {
            out.append(title(text.at(0)), text.marked(0));
        }
        return lower(text, 1, out).toText();
    }

    /** A capital letter at the start of each run of letters, small letters after it. */
    static Text title(Text text) {
        var out = new TextBuilder();
        boolean within = false;
        for (int i = 0; i < text.length(); i++) {
            out.append(within ? lower(text, i) : title(text.at(i)), text.marked(i));
            within = isCased(text.at(i));
        }
        return out.toText();
    }

    static boolean isTitle(Text text) {
        boolean within = false;
        boolean any = false;
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            boolean capital = Character.isUpperCase(c) || Character.isTitleCase(c);
            if (isCased(c) && capital == within) {
                return false;
            }
            within = isCased(c);
            any |= within;
        }
        return any;
    }

    static Text swap(Text text) {
        var out = new TextBuilder();
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            var swapped = Character.isUpperCase(c)
                    ? lower(text, i)
                    : Character.isLowerCase(c) ? upper(c) : Character.toString(c);
            out.append(swapped, text.marked(i));
        }
        return out.toText();
    }

    private static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    static String upper(int c) {
        return c < 128
                ? Character.toString(Character.toUpperCase(c))
                : Character.toString(c).toUpperCase(Locale.ROOT);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String lower(Text text, int index) {
        int c = text.at(index);
        if (c == SIGMA) {
            return endsWord(text, index) ? "\u03c2" : "\u03c3";
        }
        return c < 128 ? Character.toString(Character.toLowerCase(c)) : lower(Character.toString(c));
    }

    /** Whether a letter has one before it and none behind it in its word: a sigma has another form there. */
    private static boolean endsWord(Text text, int index) {
        int before = index - 1;
        while (before >= 0 && ignorable(text.at(before))) {
            before--;
        }
        int after = index + 1;
        while (after < text.length() && ignorable(text.at(after))) {
            after++;
        }
        return before >= 0 && isCased(text.at(before)) && (after == text.length() || !isCased(text.at(after)));
    }

    private static boolean ignorable(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.ENCLOSING_MARK
                || type == Character.FORMAT
                || type == Character.MODIFIER_LETTER
                || type == Character.MODIFIER_SYMBOL
                || "'.:\u00b7\u2019".indexOf(c) >= 0;
    }

    private static String title(int c) {
        var upper = upper(c);
        int first = Character.charCount(upper.codePointAt(0));
        if (Character.toTitleCase(c) != c || first == upper.length() || !isCased(upper.codePointAt(0))) {
            return Character.toTitleCase(c) == c ? upper : Character.toString(Character.toTitleCase(c));
        }
        // A Greek iota behind a capital letter stands below it.
        return c >= 0x1F80 && c < 0x2000
                ? upper.replace('\u0399', '\u0345')
                : upper.substring(0, first) + lower(upper.substring(first));
    }
}
