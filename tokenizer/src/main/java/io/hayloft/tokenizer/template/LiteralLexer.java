package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Token.Kind;
import org.jspecify.annotations.Nullable;

/** Reads one name, number or string of an expression. */
final class LiteralLexer {
    private final String source;
    private final int start;
    private final int line;
    private int at;

    LiteralLexer(String source, int start, int line) {
        this.source = source;
        this.start = start;
        this.line = line;
        at = start;
    }

    /** The place behind the token. */
    int end() {
        return at;
    }

    /** The token that starts here, or null if it must be an operator. */
    @Nullable
    Token next() {
        int c = source.codePointAt(at);
        if (c >= '0' && c <= '9') {
            return number();
        }
        if (c == '\'' || c == '"') {
            return string((char) c);
        }
        if (c == '_' || Character.isLetterOrDigit(c)) {
            while (at < source.length() && isWord(source.codePointAt(at))) {
                at += Character.charCount(source.codePointAt(at));
            }
            if (!Character.isUnicodeIdentifierStart(c) && c != '_') {
                throw new TemplateFailure("Invalid character in identifier");
            }
            return new Token(Kind.NAME, source.substring(start, at), line);
        }
        return null;
    }

    private static boolean isWord(int c) {
        return c == '_' || (Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
    }

    private Token number() {
        if (source.charAt(at) == '0' && at + 2 < source.length()) {
            int radix = "box".indexOf(Character.toLowerCase(source.charAt(at + 1)));
            if (radix >= 0) {
                int[] bases = {2, 8, 16};
                int from = at + 1;
                if (digits(at + 2, bases[radix], true) > at + 2) {
                    at = digits(from + 1, bases[radix], true);
                    return new Token(Kind.INTEGER, source.substring(start, at), line);
                }
            }
        }
        int whole = digits(at, 10, false);
        int end = whole;
        boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
        if (!afterDot && end < source.length() && source.charAt(end) == '.' && digits(end + 1, 10, false) > end + 1) {
            end = digits(end + 1, 10, false);
        }
        if (!afterDot && end < source.length() && Character.toLowerCase(source.charAt(end)) == 'e') {
            int exponent = end + 1;
            exponent += exponent < source.length() && "+-".indexOf(source.charAt(exponent)) >= 0 ? 1 : 0;
            end = digits(exponent, 10, false) > exponent ? digits(exponent, 10, false) : end;
        }
        if (end == whole) {
            at = source.charAt(at) == '0' ? zeros(at) : whole;
            return new Token(Kind.INTEGER, source.substring(start, at), line);
        }
        at = end;
        return new Token(Kind.REAL, source.substring(start, at), line);
    }

    /** The place behind digits with single underscores between them. */
    private int digits(int from, int radix, boolean underscoreFirst) {
        int i = from;
        while (i < source.length()) {
            boolean underscore = source.charAt(i) == '_' && (i > from || underscoreFirst);
            int digit = underscore ? i + 1 : i;
            if (digit >= source.length()
                    || source.charAt(digit) > 'z'
                    || Character.digit(source.charAt(digit), radix) < 0) {
                break;
            }
            i = digit + 1;
        }
        return i;
    }

    /** Only zeros may follow a zero. */
    private int zeros(int from) {
        int i = from + 1;
        while (i < source.length() && (source.charAt(i) == '0' || source.startsWith("_0", i))) {
            i += source.charAt(i) == '0' ? 1 : 2;
        }
        return i;
    }

    private Token string(char quote) {
        var text = new StringBuilder();
        at++;
        while (at < source.length() && source.charAt(at) != quote) {
            char c = source.charAt(at++);
            if (c != '\\') {
                text.append(c);
            } else if (at < source.length()) {
                escape(text);
            }
        }
        if (at >= source.length()) {
            throw new TemplateFailure("a string has no end " + quote);
        }
        at++;
        return new Token(Kind.STRING, text.toString(), line);
    }

    /** Reads what stands behind a backslash, as Python's codec {@code unicode-escape} does. */
    private void escape(StringBuilder text) {
        int c = source.codePointAt(at);
        at += Character.charCount(c);
        switch (c) {
            case '\n' -> {
                // The line goes on.
            }
            case '\\', '\'', '"' -> text.append((char) c);
            case 'a' -> text.append('\u0007');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'v' -> text.append('\u000b');
            case 'x' -> text.appendCodePoint(hex(2));
            case 'u' -> text.appendCodePoint(hex(4));
            case 'U' -> text.appendCodePoint(hex(8));
            case 'N' -> text.appendCodePoint(named());
            default -> {
                if (c >= '0' && c <= '7') {
                    text.appendCodePoint(octal(c - '0'));
                } else if (c < 128) {
                    text.append('\\').append((char) c);
                } else {
                    // Jinja2 turns the letter into an escape first, whose backslash this one then takes away.
                    text.append('\\')
                            .append(
                                    c < 0x100
                                            ? "x%02x".formatted(c)
                                            : c < 0x10000 ? "u%04x".formatted(c) : "U%08x".formatted(c));
                }
            }
        }
    }

    private int octal(int first) {
        int value = first;
        for (int i = 0; i < 2 && at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '7'; i++) {
            value = value * 8 + source.charAt(at++) - '0';
        }
        return value;
    }

    private int hex(int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++, at++) {
            int digit = at < source.length() && source.charAt(at) < 128 ? Character.digit(source.charAt(at), 16) : -1;
            if (digit < 0) {
                throw new TemplateFailure("a string has a broken escape: " + digits + " hexadecimal digits are wanted");
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw new TemplateFailure("a string has an escape beyond all characters");
        }
        return (int) value;
    }

    private int named() {
        int end = source.indexOf('}', at);
        if (at >= source.length() || source.charAt(at) != '{' || end < 0) {
            throw new TemplateFailure("a string has a broken escape: \\N{NAME} is wanted");
        }
        var name = source.substring(at + 1, end);
        at = end + 1;
        try {
            return Character.codePointOf(name);
        } catch (IllegalArgumentException e) {
            throw new TemplateFailure("a string has an escape with an unknown character name: " + name);
        }
    }
}
