package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Arguments.Bound;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.Real;
import io.hayloft.tokenizer.template.Value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Filters that give numbers, or write them. */
final class NumberFilters {
    private NumberFilters() {}

    static void all(Filters.Table table) {
        table.put("abs", "", (value, given) -> absolute(value));
        table.put("int", "default? base?", NumberFilters::whole);
        table.put("float", "default?", NumberFilters::real);
        table.put("round", "precision? method?", NumberFilters::round);
        table.put("filesizeformat", "binary?", (value, given) -> Text.of(fileSize(value, given.flag(0))));
    }

    private static Value absolute(Value value) {
        if (value instanceof Real real) {
            return new Real(Math.abs(real.value()));
        }
        if (!Operators.isWhole(value)) {
            throw new TemplateFailure("bad operand type for abs(): '" + value.type() + "'");
        }
        return new Int(Arguments.whole(value, "abs").abs());
    }

    private static Value whole(Value value, Bound given) {
        int base = given.integer(1, 10);
        var otherwise = given.or(0, Int.of(0));
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (value instanceof Text text) {
            var parsed = base == 0 || (base >= 2 && base <= 36) ? Numbers.parseWhole(text.toString(), base) : null;
            var number = parsed == null ? Numbers.parseReal(text.toString()) : null;
            return parsed != null
                    ? new Int(parsed)
                    : number != null && Double.isFinite(number) ? cut(number) : otherwise;
        }
        if (value instanceof Real real) {
            if (Double.isInfinite(real.value())) {
                throw new TemplateFailure("cannot convert float infinity to integer");
            }
            return Double.isNaN(real.value()) ? otherwise : cut(real.value());
        }
        return Operators.isWhole(value) ? new Int(Arguments.whole(value, "int")) : otherwise;
    }

    private static Int cut(double value) {
        return new Int(new BigDecimal(value).toBigInteger());
    }

    private static Value real(Value value, Bound given) {
        var number = realOrNull(value);
        return number == null ? given.or(0, new Real(0)) : new Real(number);
    }

    private static @Nullable Double realOrNull(Value value) {
        return switch (value) {
            case Undefined undefined -> throw undefined.failure();
            case Text text -> Numbers.parseReal(text.toString());
            default -> Operators.isNumber(value) ? Double.valueOf(Numbers.toDouble(value)) : null;
        };
    }

    private static Value round(Value value, Bound given) {
        var method = given.or(1, Text.of("common"));
        if (!(method instanceof Text text) || !text.toString().matches("common|ceil|floor")) {
            throw new TemplateFailure("method must be common, ceil or floor");
        }
        if (!Operators.isNumber(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.failure()
                    : new TemplateFailure("type " + value.type() + " doesn't define __round__ method");
        }
        var precision = given.or(0, Int.of(0));
        if (text.toString().equals("common")) {
            return common(value, precision);
        }
        var scale = Operators.arithmetic("**", Int.of(10), precision);
        double scaled = Numbers.toDouble(Operators.arithmetic("*", value, scale));
        if (!Double.isFinite(scaled)) {
            throw new TemplateFailure(
                    "cannot convert float " + (Double.isNaN(scaled) ? "NaN" : "infinity") + " to integer");
        }
        var whole = cut(text.toString().equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled));
        return Operators.arithmetic("/", whole, scale);
    }

    private static Value common(Value value, Value precision) {
        boolean real = value instanceof Real;
        if (real && precision == Value.None.NONE) {
            double number = Numbers.toDouble(value);
            if (!Double.isFinite(number)) {
                throw new TemplateFailure(
                        "cannot convert float " + (Double.isNaN(number) ? "NaN" : "infinity") + " to integer");
            }
            return new Int(
                    new BigDecimal(number).setScale(0, RoundingMode.HALF_EVEN).toBigInteger());
        }
        int digits = precision == Value.None.NONE ? 0 : Arguments.clamp(Arguments.whole(precision, "round"));
        if (!real) {
            var whole = Arguments.whole(value, "round");
            return new Int(
                    digits >= 0
                            ? whole
                            : digits < -10_000
                                    ? BigInteger.ZERO
                                    : rounded(new BigDecimal(whole), digits).toBigInteger());
        }
        double number = Numbers.toDouble(value);
        if (!Double.isFinite(number) || digits > 400) {
            return value;
        }
        double result =
                digits < -400 ? 0 : rounded(new BigDecimal(number), digits).doubleValue();
        if (Double.isInfinite(result)) {
            throw new TemplateFailure("rounded value too large to represent");
        }
        return new Real(Math.copySign(result, number));
    }

    private static BigDecimal rounded(BigDecimal value, int digits) {
        return value.setScale(digits, RoundingMode.HALF_EVEN);
    }

    private static String fileSize(Value value, boolean binary) {
        var given = realOrNull(value);
        if (given == null) {
            throw new TemplateFailure("could not convert to float: " + Printing.literal(value));
        }
        double bytes = given;
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            if (bytes == Double.NEGATIVE_INFINITY) {
                throw new TemplateFailure("cannot convert float infinity to integer");
            }
            return cut(bytes).value() + " Bytes";
        }
        var prefixes = "kMGTPEZY";
        int power = 1;
        double unit = base * base;
        while (power < prefixes.length() && !(bytes < unit)) {
            unit *= base;
            power++;
        }
        double size = base * bytes / unit;
        var number = Double.isFinite(size)
                ? new BigDecimal(size).setScale(1, RoundingMode.HALF_EVEN).toPlainString()
                : Numbers.print(size);
        var prefix = prefixes.substring(power - 1, power);
        return number + " " + (binary ? prefix.toUpperCase(Locale.ROOT) + "iB" : prefix + "B");
    }
}
