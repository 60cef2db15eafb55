package io.hayloft.methods;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * How much of the prompt a method may keep, resolved once per prompt to a number of tokens for each KV head.
 *
 * <p>Written {@code 4x} (a quarter of the tokens, rounded down) or {@code 512} / {@code 4k} (that many tokens).
 */
public sealed interface Budget {
    /**
     * The tokens that each KV head may keep of a prompt.
     *
     * @param prompt tokens of the prompt, at least 1
     * @return between 1 and {@code prompt}
     */
    int keptTokens(int prompt);

    /**
     * The tokens that each KV head may hold while decoding goes on: those kept of the prompt, or the number asked for where
     * a shorter prompt leaves room.
     *
     * @param prompt tokens of the prompt, at least 1
     */
    int capacity(int prompt);

    /** Full size divided by kept size, as asked for; NaN where that depends on the prompt. */
    double requestedRatio();

    /** The form that {@link #parse} reads. */
    String text();

    /** One token of every {@code ratio} is kept. */
    record Ratio(double ratio) implements Budget {
        /** Checks that the ratio is at least 1. */
        public Ratio {
            if (!(ratio >= 1) || ratio > 1e6) {
                throw new UserError("a ratio of " + number(ratio) + "x is out of range: it is full size over kept size,"
                        + " at least 1x (keeps everything); 4x keeps a quarter");
            }
        }

        @Override
        public int keptTokens(int prompt) {
            return Math.max(1, (int) Math.floor(prompt / ratio));
        }

        @Override
        public int capacity(int prompt) {
            return keptTokens(prompt);
        }

        @Override
        public double requestedRatio() {
            return ratio;
        }

        @Override
        public String text() {
            return number(ratio) + "x";
        }
    }

    /** A fixed number of tokens, whatever the length of the prompt. */
    record Tokens(int tokens) implements Budget {
        /** Checks that at least one token is kept. */
        public Tokens {
            if (tokens < 1) {
                throw new UserError(
                        "a budget of " + tokens + " tokens keeps nothing: give at least 1, or a ratio as 4x");
            }
        }

        @Override
        public int keptTokens(int prompt) {
            return Math.min(prompt, tokens);
        }

        @Override
        public int capacity(int prompt) {
            return tokens;
        }

        @Override
        public double requestedRatio() {
            return Double.NaN;
        }

        @Override
        public String text() {
            return Integer.toString(tokens);
        }
    }

    /**
     * Reads a budget.
     *
     * @throws UserError if the text is neither a ratio of at least 1 nor a positive number of tokens
     */
    static Budget parse(String text) {
        var word = text.strip().toLowerCase(Locale.ROOT);
        if (word.endsWith("x")) {
            try {
                return new Ratio(Double.parseDouble(word.substring(0, word.length() - 1)));
            } catch (NumberFormatException e) {
                throw new UserError("'" + text + "' is not a ratio: write for example 2x, 4x or 2.5x", e);
            }
        }
        if (word.equals("0")) {
            return new Tokens(0);
        }
        try {
            return new Tokens(Sizes.tokens(word));
        } catch (UserError e) {
            throw new UserError(
                    "'" + text + "' is not a budget: write a ratio such as 4x or a number of tokens such as 512"
                            + compressionRatio(word),
                    e);
        }
    }

    /** Says what a number between 0 and 1 is likely to mean, and how to write it here; empty for anything else. */
    private static String compressionRatio(String word) {
        double share;
        try {
            share = Double.parseDouble(word);
        } catch (NumberFormatException e) {
            return "";
        }
        if (!(share > 0 && share < 1)) {
            return "";
        }
        var ratio = new BigDecimal(1 / (1 - share)).round(new MathContext(3)).stripTrailingZeros();
        return " (kvpress's compression_ratio, the share that is left out, " + word + " is " + ratio.toPlainString()
                + "x here)";
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
