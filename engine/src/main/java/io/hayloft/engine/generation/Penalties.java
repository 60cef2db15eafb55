package io.hayloft.engine.generation;

import io.hayloft.base.UserError;

/**
 * Makes tokens that an answer has already less likely. Before a token is chosen, each one that the answer has loses
 * {@code presence + frequency * n} from its logit, where n counts how often it was chosen; after each choice all counts are
 * multiplied with {@code decay}. Tokens of the prompt do not count. Blanks, tabs and digits have no count, so that numbers
 * may repeat digits, but they do lose {@code presence}.
 *
 * <p>This is how the original program of RWKV chooses tokens.
 *
 * @param presence subtracted once
 * @param frequency subtracted for each time
 * @param decay factor on counts, from 0 to 1
 */
public record Penalties(double presence, double frequency, double decay) {
    /** All tokens stay as they are. */
    public static final Penalties NONE = new Penalties(0, 0, 1);

    /** Those that arXiv 2407.01527 ran RWKV with. */
    public static final Penalties PAPER = new Penalties(0.2, 0.2, 0.996);

    /** A token whose text lies in this one has no count. */
    private static final String UNCOUNTED = " \t0123456789";

    /** Checks the ranges. */
    public Penalties {
        check("presence penalty", presence, -100, 100);
        check("frequency penalty", frequency, -100, 100);
        check("penalty decay", decay, 0, 1);
    }

    private static void check(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new UserError(name + " must be between " + least + " and " + most + ", not " + value);
        }
    }

    /** Whether no logit changes. */
    public boolean none() {
        return presence == 0 && frequency == 0;
    }

    /** The amount that a token with this text adds to its count: 1, or 0 for blanks, tabs, digits and tokens without a text. */
    static double counted(String text) {
        return UNCOUNTED.contains(text) ? 0 : 1;
    }
}
