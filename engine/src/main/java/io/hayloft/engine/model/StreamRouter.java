package io.hayloft.engine.model;

import io.hayloft.formats.config.StreamsConfig;
import io.hayloft.kernels.VectorOps;

/**
 * Says how much the residual streams have to do with each other, by a row of the one that a layer reads (AltUp; arXiv
 * 2301.13310, section 3).
 *
 * @param weights [streams][hidden]
 * @param prediction [to][from][weight of the router], each as many as there are streams
 * @param correction [stream][weight of the router]
 */
record StreamRouter(
        StreamsConfig streams, Norm norm, float[] weights, float[] prediction, float[] correction, int hidden) {
    /**
     * Room for what a router makes of rows.
     *
     * @param weights [rows][streams]
     * @param factors [rows], and of each as many as the router makes
     */
    record Room(float[] weights, float[] factors) {
        /** Scratch arrays from a number on. */
        static Room of(Activations a, int number, int rows, int streams, int factors) {
            return new Room(a.scratch(number, rows, streams), a.scratch(number + 1, rows, factors));
        }
    }

    /** How much of each stream is added to each [to][from], by a row of x; {@code a.normed} receives the row after the norm. */
    void predict(float[] x, int row, Activations a, Room room) {
        multiply(x, row, a, room, prediction);
    }

    /** How much of what a layer has changed is added to each stream [streams], by a row of what it has made. */
    void correct(float[] x, int row, Activations a, Room room) {
        multiply(x, row, a, room, correction);
        int count = streams.streams();
        for (int i = 0; i < count; i++) {
            room.factors[row * count + i] += 1;
        }
    }

    /** The row's weights are {@code tanh(norm(x) Wᵀ / hidden)}, its factors their products with the rows of a matrix. */
    private void multiply(float[] x, int row, Activations a, Room room, float[] matrix) {
        int count = streams.streams();
        int at = row * count;
        norm.apply(x, a.normed, row, row + 1);
        VectorOps.dots(a.normed, row * hidden, weights, 0, hidden, count, room.weights, at);
        for (int i = at; i < at + count; i++) {
            room.weights[i] = (float) Math.tanh(room.weights[i] / hidden);
        }
        int factors = matrix.length / count;
        VectorOps.dots(room.weights, at, matrix, 0, count, factors, room.factors, row * factors);
    }
}
