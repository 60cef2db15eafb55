package io.hayloft.engine.model;

/** Normalises vectors of activations, each on its own. */
sealed interface Norm permits RmsNorm, LayerNorm {
    /** Elements of a vector. */
    int length();

    /** Normalises vectors {@code from .. to-1} of x into the same places of {@code out}, which may be x itself. */
    void apply(float[] x, float[] out, int from, int to);
}
