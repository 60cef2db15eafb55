package io.hayloft.tokenizer.jinja;

import com.hubspot.jinjava.el.TruthyTypeConverter;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as Python writes them. */
final class PythonText {
    private PythonText() {}

    /** As {@code str(value)}; nothing for what is undefined. */
    static String print(@Nullable Object value) {
        return value == null ? "" : value instanceof CharSequence text ? text.toString() : literal(value);
    }

    /** As {@code repr(value)}: text in quotes. */
    private static String literal(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean flag -> flag ? "True" : "False";
            case Double number -> number(number);
            case Float number -> number(number);
            case BigDecimal number -> number(number.doubleValue());
            case CharSequence text -> quoted(text.toString());
            case Map<?, ?> map -> {
                var out = new StringBuilder("{");
                for (var entry : map.entrySet()) {
                    out.append(out.length() > 1 ? ", " : "")
                            .append(literal(entry.getKey()))
                            .append(": ")
                            .append(literal(entry.getValue()));
                }
                yield out.append('}').toString();
            }
            case Map.Entry<?, ?> pair -> "(" + literal(pair.getKey()) + ", " + literal(pair.getValue()) + ")";
            case Collection<?> list -> {
                var out = new StringBuilder("[");
                for (Iterator<?> i = list.iterator(); i.hasNext(); ) {
                    out.append(literal(i.next())).append(i.hasNext() ? ", " : "");
                }
                yield out.append(']').toString();
            }
            default -> value.toString();
        };
    }

    /** A number with a point or exponent, such as {@code 3.0}, {@code 2.5}, {@code 1e+16}. */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(value);
        if (value == 0 || (size >= 1e-4 && size < 1e16)) {
            var plain = new BigDecimal(Double.toString(value)).toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        var decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        var digits = decimal.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - decimal.scale();
        var fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        return (value < 0 ? "-" : "") + digits.charAt(0) + fraction + "e"
                + String.format(Locale.ROOT, exponent < 0 ? "-%02d" : "+%02d", Math.abs(exponent));
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        var out = new StringBuilder().append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(c);
                    } else if (c < ' ' || c == 0x7F) {
                        out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append(quote).toString();
    }

    /** Turns values into text where an expression asks for it ({@code 'x' ~ true}). */
    static final class Converter extends TruthyTypeConverter {
        private static final long serialVersionUID = 1L;

        @Override
        protected String coerceToString(@Nullable Object value) {
            return print(value);
        }
    }
}
