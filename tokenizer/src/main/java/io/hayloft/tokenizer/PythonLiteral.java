package io.hayloft.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads a Python literal of a text or of bytes, such as {@code 'caf\xe9'} or {@code b"\xe9"}, as Python writes them. */
final class PythonLiteral {
    private static final String ESCAPES = "abfnrtv\\'\"";
    private static final String ESCAPED = "\007\b\f\n\r\t\013\\'\"";

    private final String source;
    private final boolean bytes;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int at;

    private PythonLiteral(String source, int at, boolean bytes) {
        this.source = source;
        this.at = at;
        this.bytes = bytes;
    }

    /** Returns the bytes of a literal, those of a text in UTF-8; null if it is none. */
    static byte @Nullable [] read(String literal) {
        boolean bytes = literal.startsWith("b") || literal.startsWith("B");
        int start = bytes ? 1 : 0;
        int last = literal.length() - 1;
        if (last <= start
                || literal.charAt(start) != literal.charAt(last)
                || "'\"".indexOf(literal.charAt(start)) < 0) {
            return null;
        }
        return new PythonLiteral(literal.substring(0, last), start + 1, bytes).read(literal.charAt(last));
    }

    private byte @Nullable [] read(char quote) {
        while (at < source.length()) {
            int c = source.codePointAt(at);
            at += Character.charCount(c);
            boolean good = c == '\\' ? escape() : c != quote && add(c);
            if (!good) {
                return null;
            }
        }
        return out.toByteArray();
    }

    private boolean escape() {
        if (at == source.length()) {
            return false; // the closing quote would be part of the text
        }
        char c = source.charAt(at++);
        int simple = ESCAPES.indexOf(c);
        if (simple >= 0) {
            return add(ESCAPED.charAt(simple));
        }
        if (c >= '0' && c <= '7') {
            at--;
            return octal();
        }
        return switch (c) {
            case 'x' -> number(2);
            case 'u' -> bytes ? add('\\') && add(c) : number(4);
            case 'U' -> bytes ? add('\\') && add(c) : number(8);
            default -> add('\\') && add(c);
        };
    }

    private boolean octal() {
        int value = 0;
        int end = Math.min(source.length(), at + 3);
        while (at < end && source.charAt(at) >= '0' && source.charAt(at) <= '7') {
            value = 8 * value + source.charAt(at++) - '0';
        }
        return addNumber(bytes ? value & 0xFF : value);
    }

    private boolean number(int digits) {
        if (at + digits > source.length()) {
            return false;
        }
        long value = 0;
        for (int end = at + digits; at < end; at++) {
            int digit = Character.digit(source.charAt(at), 16);
            if (digit < 0) {
                return false;
            }
            value = 16 * value + digit;
        }
        return value <= Character.MAX_CODE_POINT && addNumber((int) value);
    }

    /** A character that the literal holds as it is: in bytes only ASCII. */
    private boolean add(int c) {
        return (!bytes || c < 0x80) && addNumber(c);
    }

    /** A byte, or a code point of a text; false for half of a surrogate pair, which UTF-8 cannot hold. */
    private boolean addNumber(int value) {
        if (bytes) {
            out.write(value);
            return true;
        }
        if (value >= 0xD800 && value <= 0xDFFF) {
            return false;
        }
        out.writeBytes(Character.toString(value).getBytes(StandardCharsets.UTF_8));
        return true;
    }

    /** Bytes as people read them: their text, or a bytes literal where they are not UTF-8. */
    static String show(byte[] bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return text.toString();
        } catch (CharacterCodingException e) {
            var literal = new StringBuilder("b'");
            for (byte b : bytes) {
                literal.append("\\x").append(String.format("%02x", b));
            }
            return literal.append("'").toString();
        }
    }
}
