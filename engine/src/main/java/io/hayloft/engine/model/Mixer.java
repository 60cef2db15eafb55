package io.hayloft.engine.model;

/**
 * The part of a layer in which tokens see each other; everything else in a layer works on each row alone.
 *
 * <p>A mixer holds weights only. What it must remember of a sequence lies in that sequence's cache, one entry a layer.
 */
interface Mixer {
    /**
     * Mixes each row with its sequence so far and remembers the row.
     *
     * @param x normed rows [rows][hidden], left as they are
     * @param out receives [rows][hidden]
     */
    void mix(float[] x, Batch batch, float[] out, Activations buffers);
}
