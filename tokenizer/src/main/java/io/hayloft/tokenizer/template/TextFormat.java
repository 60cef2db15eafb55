package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Real;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/** The method {@code format} of strings. */
final class TextFormat {
    private static final int MAX_NESTING = 2;

    private final Text format;
    private final List<Value> positional;
    private final Dict named;
    private int automatic;

    private TextFormat(Text format, List<Value> positional, Dict named) {
        this.format = format;
        this.positional = positional;
        this.named = named;
    }

    static Text format(Text format, List<Value> positional, Dict named) {
        return new TextFormat(format, positional, named)
                .run(format, MAX_NESTING)
                .withMarkup(format.markup());
    }

    private Text run(Text part, int nesting) {
        if (nesting == 0) {
            throw new TemplateFailure("Max string recursion exceeded");
        }
        var out = new TextBuilder();
        int i = 0;
        while (i < part.length()) {
            int c = part.at(i);
            boolean doubled = i + 1 < part.length() && part.at(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                out.append(part.marked(i));
                i += 2;
            } else if (c == '}') {
                throw new TemplateFailure("Single '}' encountered in format string");
            } else if (c == '{') {
                int end = end(part, i + 1);
                out.append(field(part.slice(i + 1, end), nesting));
                i = end + 1;
            } else {
                out.append(part.marked(i++));
            }
        }
        return out.toText();
    }

    private static int end(Text part, int from) {
        int depth = 1;
        for (int i = from; i < part.length(); i++) {
            depth += part.at(i) == '{' ? 1 : part.at(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new TemplateFailure(
                from == part.length()
                        ? "Single '{' encountered in format string"
                        : "expected '}' before end of string");
    }

    private Text field(Text field, int nesting) {
        int colon = 0;
        int brackets = 0;
        while (colon < field.length() && (brackets > 0 || (field.at(colon) != ':' && field.at(colon) != '!'))) {
            brackets += field.at(colon) == '[' ? 1 : field.at(colon) == ']' && brackets > 0 ? -1 : 0;
            colon++;
        }
        var value = lookUp(field.slice(0, colon).toString());
        if (colon < field.length() && field.at(colon) == '!') {
            if (colon + 1 >= field.length() || (colon + 2 < field.length() && field.at(colon + 2) != ':')) {
                throw new TemplateFailure("expected ':' after conversion specifier");
            }
            value = switch (field.at(colon + 1)) {
                case 's' -> Printing.print(value);
                case 'r' -> Printing.literal(value);
                case 'a' -> ascii(Printing.literal(value));
                default -> throw new TemplateFailure("Unknown conversion specifier");
            };
            colon += 2;
        }
        var spec = colon < field.length()
                ? run(field.slice(colon + 1, field.length()), nesting - 1).toString()
                : "";
        return format.markup() && !(value instanceof Text text && text.markup())
                ? TextFilters.escape(apply(value, spec))
                : apply(value, spec);
    }

    /** Finds the value that {@code name.attribute[key]} names. */
    private Value lookUp(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        var value = first(path.substring(0, end));
        while (end < path.length()) {
            if (path.charAt(end) == '[') {
                int close = path.indexOf(']', end);
                if (close < 0 || close == end + 1) {
                    throw new TemplateFailure("Missing ']' in format string");
                }
                var key = path.substring(end + 1, close);
                value = Attributes.item(value, isNumber(key) ? new Value.Int(new BigInteger(key)) : Text.of(key));
                end = close + 1;
            } else if (path.charAt(end) == '.') {
                int from = ++end;
                while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
                    end++;
                }
                if (end == from) {
                    throw new TemplateFailure("Empty attribute in format string");
                }
                value = Attributes.attribute(value, path.substring(from, end));
            } else {
                throw new TemplateFailure("Only '.' or '[' may follow ']' in format field specifier");
            }
        }
        return value;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private Value first(String name) {
        if (name.isEmpty() || isNumber(name)) {
            if (name.isEmpty() ? automatic < 0 : automatic > 0) {
                throw new TemplateFailure(
                        "cannot switch between manual field specification and automatic field numbering");
            }
            int place = name.isEmpty() ? automatic++ : Integer.parseInt(name);
            automatic = name.isEmpty() ? automatic : -1;
            if (place >= positional.size()) {
                throw new TemplateFailure("Replacement index " + place + " out of range for positional args tuple");
            }
            return positional.get(place);
        }
        var value = named.get(Text.of(name));
        if (value == null) {
            throw new TemplateFailure("KeyError: '" + name + "'");
        }
        return value;
    }

    private static Text apply(Value value, String spec) {
        if (spec.isEmpty()) {
            return Printing.print(value).withMarkup(false);
        }
        var parsed = new SpecParser(spec);
        if (value instanceof Text text) {
            return parsed.read("s", 's').text(text.withMarkup(false), '<');
        }
        if (value instanceof Real real) {
            return parsed.read("eEfFgG%n", 'r').real(real.value());
        }
        if (Operators.isWhole(value)) {
            var read = parsed.read("bdoxXneEfFgG%", 'd');
            return "eEfFgG%".indexOf(read.kind()) >= 0
                    ? read.real(Numbers.toDouble(value))
                    : read.whole(Arguments.whole(value, "format"));
        }
        throw new TemplateFailure("unsupported format string passed to " + value.type() + ".__format__");
    }

    /** The text with all letters beyond ASCII as escapes. */
    static Text ascii(Text text) {
        var out = new TextBuilder();
        for (int i = 0; i < text.length(); i++) {
            int c = text.at(i);
            if (c < 128) {
                out.append(text.marked(i));
            } else {
                var form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
                out.append(String.format(Locale.ROOT, form, c), text.marked(i));
            }
        }
        return out.toText();
    }

    /** Reads {@code [[fill]align][sign][#][0][width][grouping][.precision][kind]}. */
    private static final class SpecParser {
        private final int[] spec;
        private int at;

        SpecParser(String spec) {
            this.spec = spec.codePoints().toArray();
        }

        private boolean has(int offset, String letters) {
            return at + offset < spec.length && letters.indexOf(spec[at + offset]) >= 0;
        }

        private char take(String letters) {
            return has(0, letters) ? (char) spec[at++] : 0;
        }

        private int number(int otherwise) {
            if (!has(0, "0123456789")) {
                return otherwise;
            }
            long number = 0;
            while (has(0, "0123456789")) {
                number = Math.min(Integer.MAX_VALUE, number * 10 + spec[at++] - '0');
            }
            return (int) number;
        }

        FormatSpec read(String kinds, char otherwise) {
            int fill = ' ';
            if (has(1, "<>=^")) {
                fill = spec[at++];
            }
            char align = take("<>=^");
            char sign = take("+- ");
            boolean alternate = take("#") != 0;
            if (align == 0 && has(0, "0")) {
                fill = '0';
                align = otherwise == 's' ? '<' : '=';
                at++;
            }
            int width = number(0);
            char grouping = take(",_");
            int precision = take(".") == 0 ? -1 : number(-2);
            char kind = take(kinds);
            boolean text = otherwise == 's';
            boolean whole = otherwise == 'd' && "eEfFgG%".indexOf(kind) < 0;
            if (at < spec.length
                    || precision == -2
                    || (text && (sign != 0 || alternate || grouping != 0 || align == '='))
                    || (whole && precision >= 0)) {
                throw new TemplateFailure("Invalid format specifier");
            }
            if (grouping == ',' && "bcoxXn".indexOf(kind) >= 0 && kind != 0) {
                throw new TemplateFailure("Cannot specify ',' with '" + kind + "'.");
            }
            return new FormatSpec(
                    fill,
                    align,
                    sign,
                    alternate,
                    width,
                    grouping,
                    precision,
                    kind == 0 ? otherwise : kind == 'n' ? (otherwise == 'd' ? 'd' : 'g') : kind);
        }
    }
}
