package io.hayloft.engine.model;

/** What a sublayer does to rows before it works on them. */
interface Norm {
    /** Normalises vectors {@code from .. to-1} of x into the same places of {@code out}, which may be x itself. */
    void apply(float[] x, float[] out, int from, int to);
}
