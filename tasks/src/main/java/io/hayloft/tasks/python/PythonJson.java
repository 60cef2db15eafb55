package io.hayloft.tasks.python;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes JSON as Python's {@code json.dumps} does by default: a space after commas and colons, only ASCII characters. */
public final class PythonJson {
    private PythonJson() {}

    /** A value of maps with text keys, lists, text, whole numbers, doubles, truth values. */
    public static String text(Object value) {
        var out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out) {
        switch (value) {
            case Map<?, ?> map -> writeMap(map, out);
            case List<?> list -> writeList(list, out);
            case CharSequence text -> writeText(text, out);
            case Number number -> out.append(number);
            case Boolean truth -> out.append(truth);
            default -> throw new IllegalArgumentException("no JSON for a " + value.getClass());
        }
    }

    private static void writeMap(Map<?, ?> map, StringBuilder out) {
        out.append('{');
        var separator = "";
        for (var entry : map.entrySet()) {
            out.append(separator);
            writeText((String) entry.getKey(), out);
            out.append(": ");
            write(entry.getValue(), out);
            separator = ", ";
        }
        out.append('}');
    }

    private static void writeList(List<?> list, StringBuilder out) {
        out.append('[');
        for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
            write(items.next(), out);
            if (items.hasNext()) {
                out.append(", ");
            }
        }
        out.append(']');
    }

    private static void writeText(CharSequence text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> writeCharacter(c, out);
            }
        }
        out.append('"');
    }

    private static void writeCharacter(char c, StringBuilder out) {
        if (c >= ' ' && c <= '~') {
            out.append(c);
        } else {
            out.append("\\u");
            for (int shift = 12; shift >= 0; shift -= 4) {
                out.append(Character.forDigit(c >> shift & 0xF, 16));
            }
        }
    }
}
