package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Real;
import io.hayloft.tokenizer.template.Value.Sequence;
import io.hayloft.tokenizer.template.Value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/** {@code format % values}, as Python and C have it. */
final class PercentFormat {
    private final Text format;
    private final List<Value> values;
    private final boolean mapping;
    private final Value given;
    private final TextBuilder out = new TextBuilder();
    private int at;
    private int used;

    private PercentFormat(Text format, Value given) {
        this.format = format;
        this.given = given;
        boolean tuple = given instanceof Sequence sequence && sequence.tuple();
        values = given instanceof Sequence sequence && tuple ? sequence.items() : List.of(given);
        mapping = !tuple && (given instanceof Dict || given instanceof Value.Items || given instanceof Undefined);
    }

    static Text format(Text format, Value given) {
        return new PercentFormat(format, given).run();
    }

    private Text run() {
        while (at < format.length()) {
            if (format.at(at) != '%') {
                out.append(format.marked(at++));
            } else {
                at++;
                directive();
            }
        }
        if (!mapping && used < values.size()) {
            throw new TemplateFailure("not all arguments converted during string formatting");
        }
        return out.toText().withMarkup(format.markup());
    }

    private int peek() {
        if (at >= format.length()) {
            throw new TemplateFailure("incomplete format");
        }
        return format.at(at);
    }

    private void directive() {
        var key = peek() == '(' ? key() : null;
        boolean left = false;
        boolean zero = false;
        boolean alternate = false;
        char sign = 0;
        while ("-+ #0".indexOf(peek()) >= 0) {
            int flag = format.at(at++);
            left |= flag == '-';
            zero |= flag == '0';
            alternate |= flag == '#';
            sign = flag == '+' ? '+' : flag == ' ' && sign == 0 ? ' ' : sign;
        }
        int width = number(0);
        left |= width < 0;
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(0, number(0));
        }
        while ("hlL".indexOf(peek()) >= 0) {
            at++;
        }
        int kind = format.at(at++);
        if (kind == '%') {
            out.append(kind);
            return;
        }
        if ("srac".indexOf(kind) < 0 && "diuxXoeEfFgG".indexOf(kind) < 0) {
            throw new TemplateFailure("unsupported format character '" + Character.toString(kind) + "'");
        }
        var value = key == null ? next() : key;
        boolean number = "srac".indexOf(kind) < 0;
        char align = left ? '<' : zero && number ? '=' : '>';
        int fill = zero && number && !left ? '0' : ' ';
        out.append(
                write(value, new FormatSpec(fill, align, sign, alternate, Math.abs(width), (char) 0, precision, (char)
                        kind)));
    }

    private Value key() {
        int depth = 1;
        int start = ++at;
        while (depth > 0) {
            depth += peek() == '(' ? 1 : peek() == ')' ? -1 : 0;
            at++;
        }
        if (!mapping) {
            throw new TemplateFailure("format requires a mapping");
        }
        var name = format.slice(start, at - 1).withMarkup(false);
        var value = given instanceof Dict dict ? dict.get(name) : null;
        if (value == null) {
            throw new TemplateFailure("KeyError: " + Printing.literal(name));
        }
        return value;
    }

    /** A width or precision: digits, or {@code *} for the next value. */
    private int number(int otherwise) {
        if (peek() == '*') {
            at++;
            return Arguments.clamp(Arguments.whole(next(), "* in a format"));
        }
        long number = otherwise;
        while (peek() >= '0' && peek() <= '9') {
            number = Math.min(Integer.MAX_VALUE, number * 10 + format.at(at++) - '0');
        }
        return (int) number;
    }

    private Value next() {
        if (used >= values.size()) {
            throw new TemplateFailure("not enough arguments for format string");
        }
        return values.get(used++);
    }

    private Text write(Value value, FormatSpec spec) {
        var safe = format.markup() ? TextFilters.escape(Printing.print(value)) : null;
        return switch (spec.kind()) {
            case 's' -> spec.text(safe == null ? Printing.print(value).withMarkup(false) : safe.withMarkup(false), '>');
            case 'r' -> spec.text(Printing.literal(value), '>');
            case 'a' -> spec.text(TextFormat.ascii(Printing.literal(value)), '>');
            case 'c' -> spec.text(character(value), '>');
            case 'd', 'i', 'u' -> withKind(spec, 'd').whole(whole(value, spec.kind(), true));
            case 'x', 'X', 'o' -> spec.whole(whole(value, spec.kind(), false));
            default -> spec.real(real(value));
        };
    }

    private static FormatSpec withKind(FormatSpec spec, char kind) {
        return new FormatSpec(
                spec.fill(),
                spec.align(),
                spec.sign(),
                spec.alternate(),
                spec.width(),
                (char) 0,
                spec.precision(),
                kind);
    }

    private static BigInteger whole(Value value, char kind, boolean cut) {
        if (cut && value instanceof Real real && Double.isFinite(real.value())) {
            return new BigDecimal(real.value()).toBigInteger();
        }
        if (!Operators.isWhole(value)) {
            throw new TemplateFailure("%" + kind + " format: a number is required, not " + value.type());
        }
        return Arguments.whole(value, "%" + kind);
    }

    private static double real(Value value) {
        if (!Operators.isNumber(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.failure()
                    : new TemplateFailure("must be real number, not " + value.type());
        }
        return Numbers.toDouble(value);
    }

    private static Text character(Value value) {
        if (value instanceof Text text && text.length() == 1) {
            return text;
        }
        if (Operators.isWhole(value)) {
            int c = Arguments.clamp(Arguments.whole(value, "%c"));
            if (c >= 0 && c <= Character.MAX_CODE_POINT) {
                return new Text(new int[] {c}, false);
            }
        }
        throw new TemplateFailure("a character is formatted from a whole number or a string of length 1");
    }
}
