package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Bool;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Real;
import io.hayloft.tokenizer.template.Value.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The filter {@code tojson} as transformers defines it: Python's {@code json.dumps}, letters beyond ASCII as they are. */
final class Json {
    private final boolean ascii;
    private final @Nullable Text indent;
    private final Text itemSeparator;
    private final Text keySeparator;
    private final boolean sorted;
    private final TextBuilder out = new TextBuilder();

    private Json(Arguments.Bound arguments) {
        ascii = arguments.flag(0);
        indent = indent(arguments.orNull(1));
        var separators = arguments.orNull(2);
        var both = separators == null
                ? List.<Value>of(Text.of(indent == null ? ", " : ","), Text.of(": "))
                : separators.toList();
        if (both.size() != 2 || !(both.get(0) instanceof Text item) || !(both.get(1) instanceof Text key)) {
            throw new TemplateFailure("tojson: separators must be two strings");
        }
        itemSeparator = item;
        keySeparator = key;
        sorted = arguments.flag(3);
    }

    static Value dump(Value value, Arguments arguments) {
        var json = new Json(arguments.bind("tojson", "ensure_ascii? indent? separators? sort_keys?"));
        json.write(value, 0);
        return json.out.toText();
    }

    private static @Nullable Text indent(@Nullable Value value) {
        return switch (value) {
            case null -> null;
            case Text text -> text;
            default -> {
                int width = Arguments.clamp(Arguments.whole(value, "tojson: indent"));
                yield new TextBuilder().repeat(Text.of(" "), width).toText();
            }
        };
    }

    private void write(Value value, int level) {
        switch (value) {
            case None none -> out.append("null");
            case Bool bool -> out.append(bool.value() ? "true" : "false");
            case Int number -> out.append(Numbers.print(number.value()));
            case Real real -> out.append(real(real.value()));
            case Text text -> string(text);
            case Sequence sequence -> list(sequence.items(), level);
            case Dict dict -> dict(dict, level);
            default -> throw new TemplateFailure("Object of type " + value.type() + " is not JSON serializable");
        }
    }

    private static String real(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Numbers.print(value);
    }

    private void list(List<Value> items, int level) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append("[");
        for (int i = 0; i < items.size(); i++) {
            separate(i, level + 1);
            write(items.get(i), level + 1);
        }
        end("]", level);
    }

    private void dict(Dict dict, int level) {
        if (dict.count() == 0) {
            out.append("{}");
            return;
        }
        var pairs = new ArrayList<>(dict.pairs());
        if (sorted) {
            pairs.sort(Operators::order);
        }
        out.append("{");
        for (int i = 0; i < pairs.size(); i++) {
            var pair = ((Sequence) pairs.get(i)).items();
            separate(i, level + 1);
            key(pair.get(0));
            out.append(keySeparator);
            write(pair.get(1), level + 1);
        }
        end("}", level);
    }

    private void key(Value key) {
        switch (key) {
            case Text text -> string(text);
            case Real real -> out.append("\"" + real(real.value()) + "\"");
            case None none -> out.append("\"null\"");
            case Bool bool -> out.append(bool.value() ? "\"true\"" : "\"false\"");
            case Int number -> out.append("\"" + Numbers.print(number.value()) + "\"");
            default -> throw new TemplateFailure("keys must be str, int, float, bool or None, not " + key.type());
        }
    }

    private void separate(int index, int level) {
        if (index > 0) {
            out.append(itemSeparator);
        }
        newLine(level);
    }

    private void end(String bracket, int level) {
        newLine(level);
        out.append(bracket);
    }

    private void newLine(int level) {
        if (indent != null) {
            out.append("\n").repeat(indent, level);
        }
    }

    private void string(Text text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            var escaped = switch (c) {
                case '"' -> "\\\"";
                case '\\' -> "\\\\";
                case '\n' -> "\\n";
                case '\r' -> "\\r";
                case '\t' -> "\\t";
                case '\f' -> "\\f";
                case '\b' -> "\\b";
                default -> c < 0x20 || (ascii && c > 0x7e) ? escape(c) : "";
            };
            if (escaped.isEmpty()) {
                out.append(text.marked(i));
            } else {
                out.append(escaped, text.marked(i));
            }
        }
        out.append('"');
    }

    private static String escape(int c) {
        var out = new StringBuilder();
        for (char unit : Character.toChars(c)) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
        }
        return out.toString();
    }
}
