package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.Real;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Python's arithmetic on ints, floats and bools, and its reading and printing of numbers. */
final class Numbers {
    /** Python prints no longer int, nor reads one. */
    private static final int MAX_DIGITS = 4300;

    private static final MathContext EXACT_ENOUGH = new MathContext(60, RoundingMode.HALF_EVEN);

    private Numbers() {}

    static Value apply(String operator, Value left, Value right) {
        return left instanceof Real || right instanceof Real
                ? new Real(real(operator, toDouble(left), toDouble(right)))
                : whole(operator, Arguments.whole(left, operator), Arguments.whole(right, operator));
    }

    private static Value whole(String operator, BigInteger a, BigInteger b) {
        return switch (operator) {
            case "+" -> new Int(a.add(b));
            case "-" -> new Int(a.subtract(b));
            case "*" -> new Int(a.multiply(b));
            case "/" -> new Real(quotient(a, nonzero(b, "division by zero")));
            case "//" -> new Int(floor(a, nonzero(b, "integer division or modulo by zero")));
            case "%" ->
                new Int(a.subtract(
                        floor(a, nonzero(b, "integer modulo by zero")).multiply(b)));
            default -> power(a, b);
        };
    }

    private static BigInteger nonzero(BigInteger value, String problem) {
        if (value.signum() == 0) {
            throw new TemplateFailure(problem);
        }
        return value;
    }

    private static double quotient(BigInteger a, BigInteger b) {
        double result =
                new BigDecimal(a).divide(new BigDecimal(b), EXACT_ENOUGH).doubleValue();
        if (Double.isInfinite(result)) {
            throw new TemplateFailure("integer division result too large for a float");
        }
        return result;
    }

    static BigInteger floor(BigInteger a, BigInteger b) {
        var parts = a.divideAndRemainder(b);
        return parts[1].signum() != 0 && parts[1].signum() != b.signum() ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    private static Value power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return new Real(real("**", toDouble(new Int(base)), toDouble(new Int(exponent))));
        }
        if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
            boolean odd = exponent.testBit(0);
            return new Int(exponent.signum() == 0 ? BigInteger.ONE : odd ? base : base.abs());
        }
        if (exponent.bitLength() > 17 || (long) base.bitLength() * exponent.intValue() > 200_000) {
            throw new TemplateFailure("the result of ** is too large");
        }
        return new Int(base.pow(exponent.intValue()));
    }

    private static double real(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / nonzero(b, "float division by zero");
            case "//" -> floorDivide(a, nonzero(b, "float floor division by zero"));
            case "%" -> modulo(a, nonzero(b, "float modulo"));
            default -> power(a, b);
        };
    }

    private static double nonzero(double value, String problem) {
        if (value == 0) {
            throw new TemplateFailure(problem);
        }
        return value;
    }

    private static double modulo(double a, double b) {
        double rest = a % b;
        if (rest == 0) {
            return Math.copySign(0, b);
        }
        return (rest < 0) != (b < 0) ? rest + b : rest;
    }

    /** The quotient without its fraction, from the exact remainder as Python takes it. */
    private static double floorDivide(double a, double b) {
        double rest = a % b;
        double quotient = (a - rest) / b;
        if (rest != 0 && (rest < 0) != (b < 0)) {
            quotient -= 1;
        }
        if (quotient == 0 || Double.isNaN(quotient)) {
            return Double.isNaN(quotient) ? quotient : Math.copySign(0, a / b);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double power(double a, double b) {
        if (a == 1 || b == 0) {
            return 1;
        }
        if (a == 0 && b < 0) {
            throw new TemplateFailure("0.0 cannot be raised to a negative power");
        }
        if (a < 0 && Double.isFinite(a) && Double.isFinite(b) && b != Math.rint(b)) {
            throw new TemplateFailure("complex numbers are not supported: a negative number raised to a fraction");
        }
        double result = a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
        if (Double.isInfinite(result) && Double.isFinite(a) && Double.isFinite(b)) {
            throw new TemplateFailure("(34, 'Numerical result out of range')");
        }
        return result;
    }

    static double toDouble(Value value) {
        if (value instanceof Real real) {
            return real.value();
        }
        double result = Arguments.whole(value, "float").doubleValue();
        if (Double.isInfinite(result)) {
            throw new TemplateFailure("int too large to convert to float");
        }
        return result;
    }

    /** Compares two numbers, neither of which is NaN, by their exact values. */
    static int compare(Value a, Value b) {
        if (a instanceof Real x && b instanceof Real y) {
            return x.value() == y.value() ? 0 : Double.compare(x.value(), y.value());
        }
        if (a instanceof Real x) {
            return Double.isInfinite(x.value())
                    ? (x.value() > 0 ? 1 : -1)
                    : new BigDecimal(x.value()).compareTo(exact(b));
        }
        if (b instanceof Real) {
            return -compare(b, a);
        }
        return Arguments.whole(a, "").compareTo(Arguments.whole(b, ""));
    }

    private static BigDecimal exact(Value whole) {
        return new BigDecimal(Arguments.whole(whole, ""));
    }

    static String print(BigInteger value) {
        var text = value.toString();
        if (text.length() > MAX_DIGITS + (value.signum() < 0 ? 1 : 0)) {
            throw new TemplateFailure("Exceeds the limit (" + MAX_DIGITS + " digits) for integer string conversion");
        }
        return text;
    }

    /** A float as {@code repr} writes it: {@code 3.0}, {@code 2.5}, {@code 1e+16}. */
    static String print(double value) {
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(value);
        var decimal = new BigDecimal(Double.toString(size));
        var sign = value < 0 || (value == 0 && 1 / value < 0) ? "-" : "";
        if (value == 0 || (size >= 1e-4 && size < 1e16)) {
            var plain = decimal.toPlainString();
            return sign + (plain.contains(".") ? plain : plain + ".0");
        }
        var digits = decimal.stripTrailingZeros().unscaledValue().toString();
        int exponent = digits.length() - 1 - decimal.stripTrailingZeros().scale();
        var fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        return sign + digits.charAt(0) + fraction + "e"
                + String.format(Locale.ROOT, exponent < 0 ? "-%02d" : "+%02d", Math.abs(exponent));
    }

    /** A whole number in a base from 2 to 36, or 0 for what the prefix says; null if the text is none. */
    static @Nullable BigInteger parseWhole(String text, int base) {
        var digits = ascii(text.strip());
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int prefix = digits.length() > 1 && digits.charAt(0) == '0' ? "boxBOX".indexOf(digits.charAt(1)) % 3 : -1;
        int named = prefix < 0 ? 10 : new int[] {2, 8, 16}[prefix];
        if (prefix >= 0 && (base == 0 || base == named)) {
            digits = digits.substring(2);
            digits = digits.startsWith("_") ? digits.substring(1) : digits;
        } else if (base == 0
                && digits.startsWith("0")
                && !digits.replace("0", "").replace("_", "").isEmpty()) {
            return null;
        }
        int radix = base == 0 ? named : base;
        if (!digits.matches("[0-9a-zA-Z]++(_[0-9a-zA-Z]++)*+")) {
            return null;
        }
        digits = digits.replace("_", "");
        if (digits.length() > MAX_DIGITS || digits.chars().anyMatch(c -> Character.digit(c, radix) < 0)) {
            return null;
        }
        var value = new BigInteger(digits, radix);
        return negative ? value.negate() : value;
    }

    /** As {@code float(text)}; null if the text is not a number. */
    static @Nullable Double parseReal(String text) {
        var number = ascii(text.strip()).toLowerCase(Locale.ROOT);
        var unsigned = number.startsWith("-") || number.startsWith("+") ? number.substring(1) : number;
        if (unsigned.equals("nan")) {
            return Double.NaN;
        }
        if (unsigned.equals("inf") || unsigned.equals("infinity")) {
            return number.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        var digits = "[0-9]++(_[0-9]++)*+";
        var pattern = "(" + digits + "(\\.(" + digits + ")?+)?+|\\." + digits + ")(e[+-]?+" + digits + ")?+";
        return unsigned.matches(pattern) ? Double.valueOf(number.replace("_", "")) : null;
    }

    /** Digits of all scripts as 0 to 9. */
    private static String ascii(String text) {
        var out = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c > 127 && Character.isDigit(c)) {
                out.append(Character.digit(c, 10));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }
}
