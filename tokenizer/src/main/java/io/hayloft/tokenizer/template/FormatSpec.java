package io.hayloft.tokenizer.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** How a number or text is written by {@code %} and {@code format}: sign, width, precision, kind. */
record FormatSpec(
        int fill, char align, char sign, boolean alternate, int width, char grouping, int precision, char kind) {
    private static final int MAX_PRECISION = 10_000;

    FormatSpec {
        if (precision > MAX_PRECISION) {
            throw new TemplateFailure("a format wants more than " + MAX_PRECISION + " digits");
        }
    }

    /** A text, cut to the precision and put on its side; {@code otherwise} is the side if none is named. */
    Text text(Text value, char otherwise) {
        var cut = precision >= 0 && precision < value.length() ? value.slice(0, precision) : value;
        return aligned(Text.EMPTY, cut, otherwise);
    }

    private Text aligned(Text sign, Text body, char otherwise) {
        int spare = Math.max(0, width - sign.length() - body.length());
        char side = align == 0 ? otherwise : align;
        var one = new Text(new int[] {fill}, false);
        int left = side == '<' || side == '=' ? 0 : side == '>' ? spare : spare / 2;
        return new TextBuilder()
                .repeat(one, left)
                .append(sign)
                .repeat(one, side == '=' ? spare : 0)
                .append(body)
                .repeat(one, side == '=' ? 0 : spare - left)
                .toText();
    }

    Text whole(BigInteger value) {
        var digits = switch (kind) {
            case 'b' -> value.abs().toString(2);
            case 'o' -> value.abs().toString(8);
            case 'x' -> value.abs().toString(16);
            case 'X' -> value.abs().toString(16).toUpperCase(Locale.ROOT);
            default -> Numbers.print(value.abs());
        };
        boolean decimal = kind == 'd';
        digits = "0".repeat(Math.max(0, precision - digits.length())) + digits;
        var prefix = alternate && !decimal ? "0" + kind : "";
        return number(value.signum() < 0, prefix, digits, decimal ? 3 : 4);
    }

    /** A float in the kinds {@code e f g %} and their capital forms; {@code r} is as {@code repr} writes it. */
    Text real(double value) {
        boolean negative = value < 0 || (value == 0 && 1 / value < 0);
        char small = Character.toLowerCase(kind);
        int digits = precision < 0 ? 6 : precision;
        String body;
        if (!Double.isFinite(kind == '%' ? value * 100 : value)) {
            body = Double.isNaN(value) ? "nan" : "inf";
            body = kind == '%' ? body + "%" : body;
        } else {
            var exact = new BigDecimal(Math.abs(value));
            body = switch (small) {
                case 'f' -> fixed(exact, digits);
                case '%' -> fixed(new BigDecimal(Math.abs(value * 100)), digits) + "%";
                case 'e' -> scientific(exact, digits);
                case 'g' -> general(exact, Math.max(1, digits), 0);
                default -> precision < 0 ? Numbers.print(Math.abs(value)) : general(exact, Math.max(1, digits), 1);
            };
        }
        return number(negative, "", Character.isUpperCase(kind) ? body.toUpperCase(Locale.ROOT) : body, 3);
    }

    private String fixed(BigDecimal value, int digits) {
        return value.setScale(digits, RoundingMode.HALF_EVEN).toPlainString() + (alternate && digits == 0 ? "." : "");
    }

    private String scientific(BigDecimal value, int digits) {
        if (value.signum() == 0) {
            return fixed(value, digits) + "e+00";
        }
        var rounded = value.round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - 1 - rounded.scale();
        return fixed(rounded.movePointLeft(exponent), digits) + exponent(exponent);
    }

    private static String exponent(int exponent) {
        return String.format(Locale.ROOT, exponent < 0 ? "e-%02d" : "e+%02d", Math.abs(exponent));
    }

    /** @param least the digits behind the point that stay */
    private String general(BigDecimal value, int digits, int least) {
        if (value.signum() == 0) {
            return least > 0 ? "0.0" : alternate ? fixed(value, digits - 1) : "0";
        }
        var rounded = value.round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - 1 - rounded.scale();
        if (exponent < -4 || exponent >= digits) {
            var text = scientific(rounded, digits - 1);
            int mark = text.indexOf('e');
            return trimmed(text.substring(0, mark), 0) + text.substring(mark);
        }
        return trimmed(fixed(rounded, Math.max(0, digits - 1 - exponent)), least);
    }

    private String trimmed(String text, int least) {
        if (alternate) {
            return text;
        }
        var end = text.contains(".") ? text.replaceAll("0+$", "") : text + ".";
        return end.endsWith(".") ? least > 0 ? end + "0" : end.substring(0, end.length() - 1) : end;
    }

    private Text number(boolean negative, String prefix, String digits, int group) {
        var mark = negative ? "-" : sign == '+' ? "+" : sign == ' ' ? " " : "";
        var grouped = digits;
        if (grouping != 0) {
            int end = 0;
            while (end < digits.length()
                    && Character.digit(digits.charAt(end), 16) >= 0
                    && !(group == 3 && digits.charAt(end) == 'e')) {
                end++;
            }
            // Zeros that fill the width are grouped, too.
            int wanted =
                    align == '=' && fill == '0' ? width - mark.length() - prefix.length() - (digits.length() - end) : 0;
            grouped = grouped(digits.substring(0, end), group, wanted) + digits.substring(end);
        }
        return aligned(Text.of(mark + prefix), Text.of(grouped), '>');
    }

    private String grouped(String digits, int group, int width) {
        var out = new StringBuilder();
        for (int i = digits.length(), count = 0; i > 0 || out.length() < width; i--, count++) {
            if (count > 0 && count % group == 0) {
                out.append(grouping);
            }
            out.append(i > 0 ? digits.charAt(i - 1) : '0');
        }
        return out.reverse().toString();
    }
}
