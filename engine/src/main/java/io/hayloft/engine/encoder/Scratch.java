package io.hayloft.engine.encoder;

import io.hayloft.formats.config.EncoderConfig;

/** Activations of one sequence, shared by all layers. */
final class Scratch {
    final int rows;
    /** {@code [rows][hidden]}: input and output of every layer. */
    final float[] x;

    final float[] query;
    final float[] key;
    final float[] value;

    /** {@code [rows][hidden]}: what attention gathered, then what is added to x. */
    final float[] mixed;

    final float[] added;
    /** {@code [rows][feedForward]}. */
    final float[] inner;

    Scratch(EncoderConfig config, int rows) {
        this.rows = rows;
        int size = Math.multiplyExact(rows, config.hidden());
        x = new float[size];
        query = new float[size];
        key = new float[size];
        value = new float[size];
        mixed = new float[size];
        added = new float[size];
        inner = new float[Math.multiplyExact(rows, config.feedForward())];
    }
}
