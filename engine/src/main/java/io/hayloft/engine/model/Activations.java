package io.hayloft.engine.model;

import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.SharedBlockConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The activations of one batch on their way through the layers: allocated once, grown to the
 * largest batch seen, as wide as the widest layer needs.
 */
final class Activations {
    private final DecoderConfig config;
    private final List<float[]> scratch = new ArrayList<>();
    private final List<int[]> indices = new ArrayList<>();
    private int capacity;

    /** The residual stream [rows][hidden]. */
    float[] x = {};

    /** The residual stream after a norm [rows][hidden]. */
    float[] normed = {};

    /** The update that a sublayer adds to the residual stream [rows][hidden]. */
    float[] update = {};

    /** Result of the feed-forward part where it runs beside attention [rows][hidden]; else empty. */
    float[] branch = {};

    /** The beginning of the residual stream [rows][hidden], in models whose layers read it; else empty. */
    float[] embedding = {};

    /** All residual streams, in models that have several [rows][streams][hidden]; else empty. */
    float[] streams = {};

    /** The input of the tokens to each layer, in the same models [rows][layers][tokenWidth]; else empty. */
    float[] tokenInputs = {};

    /** [rows][queryHeads * headDim]. */
    float[] queries = {};

    /** Queries for out-of-window tokens [rows][queryHeads * headDim]; empty until a sequence has such tokens. */
    float[] outOfWindowQueries = {};

    /** [rows][kvHeads * headDim]. */
    float[] keys = {};

    /** [rows][kvHeads * headDim]. */
    float[] values = {};

    /** Result of attention before its output projection [rows][queryHeads * headDim]. */
    float[] attended = {};

    /** [rows][feedForward]. */
    float[] gate = {};

    /** [rows][feedForward]. */
    float[] up = {};

    Activations(DecoderConfig config) {
        this.config = config;
    }

    /** Makes room for this many rows; the contents are lost when it grows. */
    void reserve(int rows) {
        if (rows <= capacity) {
            return;
        }
        int queryWidth = 0;
        int keyWidth = 0;
        int inner = 0;
        boolean readsEmbedding = false;
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.findAttention(layer);
            queryWidth = Math.max(
                    queryWidth, attention.map(AttentionConfig::queryWidth).orElse(0));
            keyWidth =
                    Math.max(keyWidth, attention.map(AttentionConfig::kvWidth).orElse(0));
            inner = Math.max(inner, config.innerWidth(layer));
            readsEmbedding |= config.stack().get(layer).mixer() instanceof SharedBlockConfig;
        }
        x = matrix(rows, config.hidden());
        normed = matrix(rows, config.hidden());
        update = matrix(rows, config.hidden());
        if (config.norms().placement().parallel()) {
            branch = matrix(rows, config.hidden());
        }
        if (readsEmbedding) {
            embedding = matrix(rows, config.hidden());
        }
        var several = config.streams();
        if (several != null) {
            streams = matrix(rows, several.streams() * config.hidden());
            tokenInputs = matrix(rows, config.layers() * several.tokenWidth());
        }
        queries = matrix(rows, queryWidth);
        keys = matrix(rows, keyWidth);
        values = matrix(rows, keyWidth);
        attended = matrix(rows, queryWidth);
        gate = matrix(rows, inner);
        up = matrix(rows, inner);
        capacity = rows;
    }

    /** Copies what goes from step to step of a row to another row before it. */
    void moveRow(int from, int to) {
        moveRow(x, config.hidden(), from, to);
        var several = config.streams();
        if (several != null) {
            moveRow(streams, several.streams() * config.hidden(), from, to);
            moveRow(tokenInputs, config.layers() * several.tokenWidth(), from, to);
        }
    }

    private static void moveRow(float[] rows, int width, int from, int to) {
        System.arraycopy(rows, from * width, rows, to * width, width);
    }

    /**
     * An array for what a sublayer computes on its way, at least [rows][width], with any contents. The next sublayer
     * gets the same one.
     *
     * @param number number of the array within its sublayer, from 0
     */
    float[] scratch(int number, int rows, int width) {
        while (scratch.size() <= number) {
            scratch.add(new float[0]);
        }
        if (scratch.get(number).length < (long) rows * width) {
            scratch.set(number, matrix(rows, width));
        }
        return scratch.get(number);
    }

    /** An array of whole numbers, at least of this length; otherwise as {@link #scratch}. */
    int[] indices(int number, int length) {
        while (indices.size() <= number) {
            indices.add(new int[0]);
        }
        if (indices.get(number).length < length) {
            indices.set(number, new int[length]);
        }
        return indices.get(number);
    }

    private static float[] matrix(int rows, int columns) {
        return new float[Math.multiplyExact(rows, columns)];
    }
}
