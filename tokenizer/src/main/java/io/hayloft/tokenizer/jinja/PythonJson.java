package io.hayloft.tokenizer.jinja;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as Python's {@code json.dumps(..., ensure_ascii=False)} writes it. */
final class PythonJson {
    private final StringBuilder out = new StringBuilder();
    private final int indent;

    private PythonJson(int indent) {
        this.indent = indent;
    }

    /** @param indent spaces per level, or -1 for one line */
    static String write(@Nullable Object value, int indent) {
        var writer = new PythonJson(indent);
        writer.value(value, 0);
        return writer.out.toString();
    }

    private void value(@Nullable Object value, int level) {
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag);
            case Double number -> out.append(PythonText.number(number));
            case Float number -> out.append(PythonText.number(number));
            case BigDecimal number -> out.append(PythonText.number(number.doubleValue()));
            case Number number -> out.append(number);
            case Map<?, ?> map -> {
                open('{', map.isEmpty(), level);
                boolean first = true;
                for (var entry : map.entrySet()) {
                    separate(first, level);
                    first = false;
                    text(PythonText.print(entry.getKey()));
                    out.append(": ");
                    value(entry.getValue(), level + 1);
                }
                close('}', map.isEmpty(), level);
            }
            case Collection<?> list -> {
                open('[', list.isEmpty(), level);
                boolean first = true;
                for (var item : list) {
                    separate(first, level);
                    first = false;
                    value(item, level + 1);
                }
                close(']', list.isEmpty(), level);
            }
            default -> text(value.toString());
        }
    }

    private void open(char bracket, boolean empty, int level) {
        out.append(bracket);
        if (!empty) {
            newline(level + 1);
        }
    }

    private void close(char bracket, boolean empty, int level) {
        if (!empty) {
            newline(level);
        }
        out.append(bracket);
    }

    private void separate(boolean first, int level) {
        if (!first) {
            out.append(indent < 0 ? ", " : ",");
            newline(level + 1);
        }
    }

    private void newline(int level) {
        if (indent >= 0) {
            out.append('\n').repeat(' ', indent * level);
        }
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ') {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
