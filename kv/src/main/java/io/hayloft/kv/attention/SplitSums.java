package io.hayloft.kv.attention;

import io.hayloft.kernels.Exp;
import java.util.Arrays;

/** The softmax sums of many query rows, each split of the tokens by itself, and merged in order as {@link DecodeStep} does. */
final class SplitSums {
    private int queries;
    private int headDim;
    private int stride; // floats of a row: largest score, sum, weighted values
    private int splits;
    private float[] sums = {}; // [splits][queries][stride]

    /** Starts anew. */
    void begin(int queries, int headDim) {
        this.queries = queries;
        this.headDim = headDim;
        stride = 2 + headDim;
        splits = 0;
    }

    /** Takes the sums of a split, and starts the softmax anew for the next one. */
    void end(TileSoftmax softmax) {
        int at = Math.multiplyExact(splits, queries * stride);
        splits++;
        int needed = Math.addExact(at, queries * stride);
        if (sums.length < needed) {
            sums = Arrays.copyOf(sums, (int) Math.max(needed, Math.min(2L * sums.length, Integer.MAX_VALUE - 8)));
        }
        for (int i = 0; i < queries; i++, at += stride) {
            sums[at] = softmax.max(i);
            sums[at + 1] = softmax.sum(i);
            System.arraycopy(softmax.out(), i * softmax.stride(), sums, at + 2, headDim);
        }
        softmax.begin(queries, softmax.stride());
    }

    /** Adds up the splits and writes the results of the rows, which are those of one KV head from {@code fromRow} on. */
    void merge(AttentionShape shape, int kvHead, int fromRow, AttentionResults results) {
        for (int i = 0; i < queries; i++) {
            int queryHead = kvHead * shape.group() + i % shape.group();
            merge(shape, i, queryHead, (fromRow + i / shape.group()) * shape.queryHeads() + queryHead, results);
        }
    }

    private void merge(AttentionShape shape, int query, int queryHead, int head, AttentionResults results) {
        float largest = TileSoftmax.LOWEST;
        for (int split = 0; split < splits; split++) {
            largest = Math.max(largest, sums[(split * queries + query) * stride]);
        }
        largest = shape.largestWithSink(queryHead, largest);
        var out = results.out();
        int at = head * headDim;
        Arrays.fill(out, at, at + headDim, 0);
        float sum = shape.exponentialOfSink(queryHead, largest);
        for (int split = 0; split < splits; split++) {
            int source = (split * queries + query) * stride;
            float weight = (float) Exp.precise(sums[source] - largest);
            sum += sums[source + 1] * weight;
            for (int c = 0; c < headDim; c++) {
                out[at + c] += sums[source + 2 + c] * weight;
            }
        }
        float factor = sum == 0 ? 0 : 1 / sum;
        for (int c = 0; c < headDim; c++) {
            out[at + c] *= factor;
        }
        results.set(head, largest, factor);
    }
}
