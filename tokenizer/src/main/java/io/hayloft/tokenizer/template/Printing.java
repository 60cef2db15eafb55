package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Bool;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Range;
import io.hayloft.tokenizer.template.Value.Real;
import io.hayloft.tokenizer.template.Value.Sequence;
import io.hayloft.tokenizer.template.Value.Undefined;
import io.hayloft.tokenizer.template.Value.View;
import java.util.List;
import java.util.Locale;

/** Values as Python writes them; text inside keeps its marks. */
final class Printing {
    private Printing() {}

    /** As {@code str(value)}. */
    static Text print(Value value) {
        return switch (value) {
            case Text text -> text;
            case Undefined undefined -> Text.EMPTY;
            default -> literal(value);
        };
    }

    /** As {@code repr(value)}. */
    static Text literal(Value value) {
        var out = new TextBuilder();
        write(value, out);
        return out.toText();
    }

    private static void write(Value value, TextBuilder out) {
        switch (value) {
            case None none -> out.append("None");
            case Undefined undefined -> out.append("Undefined");
            case Bool bool -> out.append(bool.value() ? "True" : "False");
            case Int number -> out.append(Numbers.print(number.value()));
            case Real real -> out.append(Numbers.print(real.value()));
            case Text text
            when text.markup() -> {
                out.append("Markup(");
                quote(text, out);
                out.append(")");
            }
            case Text text -> quote(text, out);
            case Sequence sequence -> {
                out.append(sequence.tuple() ? "(" : "[");
                writeAll(sequence.items(), out);
                out.append(sequence.tuple() ? sequence.items().size() == 1 ? ",)" : ")" : "]");
            }
            case Range range ->
                out.append("range(" + range.start() + ", " + range.stop()
                        + (range.step() == 1 ? ")" : ", " + range.step() + ")"));
            case Dict dict -> writeDict(dict, out);
            case View view -> {
                out.append(view.type()).append("([");
                writeAll(view.items(), out);
                out.append("])");
            }
            case Generator generator ->
                throw new TemplateFailure("a generator cannot be printed: it needs '| list' or '| join' behind it");
            case Thing thing -> out.append(thing.print());
        }
    }

    private static void writeAll(List<Value> items, TextBuilder out) {
        for (int i = 0; i < items.size(); i++) {
            out.append(i > 0 ? ", " : "");
            write(items.get(i), out);
        }
    }

    private static void writeDict(Dict dict, TextBuilder out) {
        out.append("{");
        var keys = dict.keys();
        var values = dict.values();
        for (int i = 0; i < keys.size(); i++) {
            out.append(i > 0 ? ", " : "");
            write(keys.get(i), out);
            out.append(": ");
            write(values.get(i), out);
        }
        out.append("}");
    }

    private static void quote(Text text, TextBuilder out) {
        var plain = text.toString();
        char quote = plain.indexOf('\'') >= 0 && plain.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            var escaped = switch (c) {
                case '\n' -> "\\n";
                case '\r' -> "\\r";
                case '\t' -> "\\t";
                case '\\' -> "\\\\";
                default -> c == quote ? "\\" + quote : printable(c) ? "" : escape(c);
            };
            if (escaped.isEmpty()) {
                out.append(text.marked(i));
            } else {
                out.append(escaped, text.marked(i));
            }
        }
        out.append(quote);
    }

    private static String escape(int c) {
        return String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    }

    /** Whether {@code repr} shows a character as it is. */
    static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
