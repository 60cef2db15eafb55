package io.hayloft.base;

import java.util.Locale;

/** Sizes as people write and read them: {@code 4k} tokens, {@code 1.5 GB}. */
public final class Sizes {
    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

    private Sizes() {}

    /**
     * Reads a number of tokens: {@code 512}, {@code 4k} (4 x 1024), {@code 1m} (1024 x 1024).
     *
     * @throws UserError if the text is not a positive number of tokens
     */
    public static int tokens(String text) {
        var word = text.strip().toLowerCase(Locale.ROOT);
        int unit = word.endsWith("k") ? 1024 : word.endsWith("m") ? 1024 * 1024 : 1;
        var digits = unit == 1 ? word : word.substring(0, word.length() - 1);
        try {
            double value = Double.parseDouble(digits) * unit;
            if (value >= 1 && value <= Integer.MAX_VALUE && value == Math.rint(value)) {
                return (int) value;
            }
        } catch (NumberFormatException e) {
            // refused below, with the same words as a number that does not fit
        }
        throw new UserError("'" + text + "' is not a number of tokens: write for example 512, 4k or 16k");
    }

    /**
     * Reads a number of bytes: {@code 200MB}, {@code 16GB} (10⁹), {@code 16GiB} (2³⁰), {@code 1500}.
     *
     * @throws UserError if the text is not a positive number of bytes
     */
    public static long parseBytes(String text) {
        var word = text.strip().toUpperCase(Locale.ROOT);
        var number = word.replaceFirst("\\s*([KMGT]?I?B?)$", "");
        var unit = word.substring(number.length()).strip().replace("B", "");
        int power = unit.isEmpty() ? 0 : 1 + "KMGT".indexOf(unit.charAt(0));
        try {
            double value = Double.parseDouble(number) * Math.pow(unit.endsWith("I") ? 1024 : 1000, power);
            if (value >= 1 && value <= Long.MAX_VALUE) {
                return Math.round(value);
            }
        } catch (NumberFormatException e) {
            // refused below, with the same words as a number that does not fit
        }
        throw new UserError("'" + text + "' is not a number of bytes: write for example 200MB, 16GB or 16GiB");
    }

    /** A number of bytes with three significant digits and a decimal unit, such as {@code 98.4 MB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
    }

    /** How many of something, such as {@code 1 test} or {@code 2,000 tests}. */
    public static String count(int number, String noun) {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? noun : noun + "s");
    }
}
