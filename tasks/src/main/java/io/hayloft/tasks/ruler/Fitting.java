package io.hayloft.tasks.ruler;

import io.hayloft.base.UserError;
import io.hayloft.tasks.TokenCounter;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * How the official programs fit samples to a length: a binary search for the number of units (words, lines, documents), in
 * which each test is a fresh random sample, and then samples that are drawn again, smaller, until they fit.
 *
 * @param task name for errors
 * @param limit most tokens of prompt and answer together, itself allowed
 * @param answerTokens tokens kept for the answer
 * @param step units by which a sample that is too long gets smaller; also the least that the search tries
 */
record Fitting(String task, int limit, int answerTokens, int step, TokenCounter tokens) {
    /** After so many samples of the smallest size that are all too long, no later one will fit. */
    private static final int MOST_TRIES = 1000;

    /** A prompt with its answers. */
    record Draft(String text, List<String> outputs) {}

    /**
     * A prompt that fits.
     *
     * @param length tokens of the prompt and those kept for the answer
     */
    record Fitted(Draft draft, int length) {}

    /** Draws a prompt of some size; this advances the random generators. */
    interface Drawing {
        /** Throws {@link DrawingFailed} where the official program raises an error. */
        Draft draw(int units);
    }

    /**
     * Where the upper end of the search comes from.
     *
     * @param probe units of the sample that is measured
     * @param mostUnits from tokens per unit to the upper end
     */
    record Estimate(int probe, DoubleUnaryOperator mostUnits) {}

    /** The official program raises an error here, which it overlooks where it draws samples. */
    static final class DrawingFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final boolean always;
        private final String advice;

        private DrawingFailed(String message, boolean always, String advice) {
            super(message, null, false, false);
            this.always = always;
            this.advice = advice;
        }

        /** A failure by chance: another try may succeed. */
        static DrawingFailed once(String message) {
            return new DrawingFailed(message, false, "ask for another seed");
        }

        /** A failure that every sample of this size has. */
        static DrawingFailed always(String message, String advice) {
            return new DrawingFailed(message, true, advice);
        }
    }

    /** The estimate of most tasks: three times what fits by the size of a sample of one step. */
    Estimate byOneStep() {
        return new Estimate(step, tokensPerUnit -> limit / tokensPerUnit * 3);
    }

    /**
     * Searches for a number of units that fits. As each test is another sample, it need not be the largest.
     *
     * @param otherTokens tokens that every sample has besides
     * @throws UserError if the official program would break off
     */
    int units(Drawing drawing, Estimate estimate, int otherTokens) {
        int measured = tokens.count(probe(drawing, estimate.probe()).text());
        int low = step;
        int high = Math.max((int) estimate.mostUnits().applyAsDouble((double) measured / estimate.probe()), 2 * step);
        int best = step;
        while (low <= high) {
            int middle = (low + high) / 2;
            int total = tokens.count(probe(drawing, middle).text()) + otherTokens + answerTokens;
            if (total <= limit) {
                best = middle;
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return best;
    }

    private Draft probe(Drawing drawing, int units) {
        try {
            return drawing.draw(units);
        } catch (DrawingFailed e) {
            throw new UserError(task + " at " + limit + " tokens: " + e.getMessage()
                    + ", and RULER's own program breaks off there: " + e.advice);
        }
    }

    /**
     * Draws samples until one fits.
     *
     * @param units size of the first one
     * @throws UserError if none will, where the official program would try for ever
     */
    Fitted sample(Drawing drawing, int units) {
        int used = units;
        int tries = 0;
        var why = "";
        var advice = "";
        while (tries < MOST_TRIES) {
            boolean always = false;
            try {
                var draft = drawing.draw(used);
                int length = tokens.count(draft.text()) + answerTokens;
                if (length <= limit) {
                    return new Fitted(draft, length);
                }
                why = "samples of the smallest size (" + used + " units) have " + length + " tokens";
                advice = "ask for longer prompts";
            } catch (DrawingFailed e) {
                why = e.getMessage();
                advice = e.advice;
                always = e.always;
            }
            if (used > step) {
                used -= step;
            } else {
                tries = always ? MOST_TRIES : tries + 1;
            }
        }
        throw new UserError(
                task + " at " + limit + " tokens: " + why + ", and RULER's own program would try for ever: " + advice);
    }
}
