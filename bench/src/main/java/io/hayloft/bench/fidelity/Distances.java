package io.hayloft.bench.fidelity;

import io.hayloft.kernels.VectorOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Distances of one method's distributions from those of the full cache, a few numbers a position. */
final class Distances {
    /** Parts that positions are shown in. */
    private static final int PARTS = 8;

    private final int[] offsets;
    private final double[] divergences;
    private final double[] losses;
    private final double[] shifts;
    private final boolean[] sameTop;
    private final int count;
    private double stored;
    private double full;
    private int passages;

    /** The distribution of the full cache at one position, which all methods are compared with. */
    static final class Reference {
        private final float[] logits;
        private final float[] probabilities;
        private double norm;
        private int top;

        Reference(int vocabulary) {
            logits = new float[vocabulary];
            probabilities = new float[vocabulary];
        }

        /** Takes the logits [vocabulary] from {@code at}. */
        void set(float[] source, int at) {
            System.arraycopy(source, at, logits, 0, logits.length);
            System.arraycopy(source, at, probabilities, 0, logits.length);
            norm = VectorOps.logSumExp(logits, 0, logits.length);
            top = VectorOps.argMax(logits, 0, logits.length);
            VectorOps.softmax(probabilities, 0, probabilities.length);
        }

        /**
         * KL(P || Q) in nats, where {@code other} has the logits of Q from {@code at} and the logarithm of their sum of
         * exponentials; exactly 0 for equal logits.
         */
        double divergence(float[] other, int at, double otherNorm) {
            double shift = otherNorm - norm;
            double sum = VectorOps.weightedDifference(probabilities, logits, other, at, shift, logits.length);
            return Math.max(0, sum); // rounding can leave a little less than nothing
        }
    }

    /** Room for so many positions, all of which are to be set. */
    Distances(int positions) {
        count = positions;
        offsets = new int[positions];
        divergences = new double[positions];
        losses = new double[positions];
        shifts = new double[positions];
        sameTop = new boolean[positions];
    }

    /**
     * Takes a position; threads may take different ones at the same time.
     *
     * @param index of the position, over all passages
     * @param offset its distance from the beginning of its passage
     * @param next the token that follows in the text
     */
    void set(int index, int offset, Reference reference, float[] logits, int at, int next) {
        int vocabulary = reference.logits.length;
        double norm = VectorOps.logSumExp(logits, at, vocabulary);
        double loss = norm - logits[at + next];
        offsets[index] = offset;
        divergences[index] = reference.divergence(logits, at, norm);
        losses[index] = loss;
        shifts[index] = Math.exp(-loss) - Math.exp(reference.logits[next] - reference.norm);
        sameTop[index] = VectorOps.argMax(logits, at, vocabulary) == reference.top;
    }

    /** Adds the bytes of a compressed cache and of a full one of the same tokens. */
    void addBytes(long storedBytes, long fullBytes) {
        stored += storedBytes;
        full += fullBytes;
        passages++;
    }

    MethodFidelity result(String method) {
        double loss = mean(losses, count);
        double squares = 0;
        for (int i = 0; i < count; i++) {
            squares += (losses[i] - loss) * (losses[i] - loss);
        }
        double error = Math.exp(loss) * Math.sqrt(squares / (count - 1) / count);
        var sorted = Arrays.copyOf(divergences, count);
        Arrays.sort(sorted);
        var moved = Arrays.copyOf(shifts, count);
        Arrays.sort(moved);
        return new MethodFidelity(
                method,
                count,
                Math.exp(loss),
                count == 1 ? null : (Double) error,
                new MethodFidelity.Divergence(
                        mean(divergences, count),
                        percentile(sorted, 0.5),
                        percentile(sorted, 0.99),
                        percentile(sorted, 0.999)),
                sameShare(0, Integer.MAX_VALUE),
                new MethodFidelity.Shift(percentile(moved, 0.05), percentile(moved, 0.5), percentile(moved, 0.95)),
                firstDisagreement(),
                Math.round(stored / passages),
                full / stored,
                parts());
    }

    private static double mean(double[] values, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += values[i];
        }
        return sum / count;
    }

    /** The value that a share of the sorted values does not exceed, between the two nearest in proportion. */
    static double percentile(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    private double sameShare(int from, int to) {
        int same = 0;
        int all = 0;
        for (int i = 0; i < count; i++) {
            if (offsets[i] >= from && offsets[i] < to) {
                same += sameTop[i] ? 1 : 0;
                all++;
            }
        }
        return (double) same / all;
    }

    private @Nullable Integer firstDisagreement() {
        int first = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            if (!sameTop[i]) {
                first = Math.min(first, offsets[i]);
            }
        }
        return first == Integer.MAX_VALUE ? null : (Integer) first;
    }

    /** Equal parts of the longest passage, fewer where it is short. */
    private List<MethodFidelity.Part> parts() {
        int longest = 0;
        for (int i = 0; i < count; i++) {
            longest = Math.max(longest, offsets[i] + 1);
        }
        var parts = new ArrayList<MethodFidelity.Part>();
        int number = Math.min(PARTS, longest);
        for (int part = 0; part < number; part++) {
            int from = Math.toIntExact((long) longest * part / number);
            int to = Math.toIntExact((long) longest * (part + 1) / number);
            parts.add(new MethodFidelity.Part(from, to, meanBetween(from, to), sameShare(from, to)));
        }
        return parts;
    }

    private double meanBetween(int from, int to) {
        double sum = 0;
        int all = 0;
        for (int i = 0; i < count; i++) {
            if (offsets[i] >= from && offsets[i] < to) {
                sum += divergences[i];
                all++;
            }
        }
        return sum / all;
    }
}
