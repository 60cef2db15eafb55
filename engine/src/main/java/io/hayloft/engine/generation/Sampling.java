package io.hayloft.engine.generation;

import io.hayloft.base.UserError;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 takes the most likely token; otherwise logits are divided by it before drawing
 * @param topP draws from the smallest set of tokens whose probability reaches this, 1 for all
 * @param seed seed of the draws; every sequence of a run draws with the same one
 * @param penalties on tokens that an answer has already
 */
public record Sampling(double temperature, double topP, long seed, Penalties penalties) {
    /** Always the most likely token. */
    public static final Sampling GREEDY = new Sampling(0, 1, 0);

    /** Without penalties. */
    public Sampling(double temperature, double topP, long seed) {
        this(temperature, topP, seed, Penalties.NONE);
    }

    /** Checks the ranges. */
    public Sampling {
        if (!(temperature >= 0 && temperature <= 100)) {
            throw new UserError("temperature must be between 0 and 100, not " + temperature);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new UserError("top-p must be above 0 and at most 1, not " + topP);
        }
    }

    /** Whether nothing is drawn. */
    public boolean greedy() {
        return temperature == 0;
    }
}
