package io.hayloft.engine.generation;

import io.hayloft.kernels.VectorOps;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Chooses the next token of one sequence from logits. */
final class Sampler {
    private final Sampling sampling;
    private final SplittableRandom random;
    private float[] weights = {};
    private long[] candidates = {};
    private final Chosen chosen;

    /** @param text of a token, by which it is counted or not for penalties */
    Sampler(Sampling sampling, IntFunction<String> text) {
        this.sampling = sampling;
        this.random = new SplittableRandom(sampling.seed());
        this.chosen = new Chosen(sampling.penalties(), text);
    }

    /** The chosen one of {@code n} tokens; logits of minus infinity are never chosen. Logits are left as they were. */
    int choose(float[] logits, int at, int n) {
        if (sampling.penalties().none()) {
            return chooseFrom(logits, at, n);
        }
        chosen.penalise(logits, at);
        int id = chooseFrom(logits, at, n);
        chosen.restore(logits, at);
        chosen.add(id);
        return id;
    }

    private int chooseFrom(float[] logits, int at, int n) {
        return sampling.greedy() ? VectorOps.argMax(logits, at, n) : draw(logits, at, n);
    }

    private int draw(float[] logits, int at, int n) {
        if (weights.length < n) {
            weights = new float[n];
            candidates = new long[n];
        }
        float best = logits[at + VectorOps.argMax(logits, at, n)];
        double total = 0;
        for (int id = 0; id < n; id++) {
            weights[id] = (float) Math.exp((logits[at + id] - best) / sampling.temperature());
            total += weights[id];
        }
        return sampling.topP() < 1 ? drawFromTop(n, total) : drawFromAll(n, total);
    }

    private int drawFromAll(int n, double total) {
        double rest = random.nextDouble() * total;
        int last = 0;
        for (int id = 0; id < n; id++) {
            if (weights[id] > 0) {
                last = id;
                rest -= weights[id];
                if (rest < 0) {
                    return id;
                }
            }
        }
        return last;
    }

    /** Draws from the fewest most likely tokens that reach top-p together; ties go to the lower id. */
    private int drawFromTop(int n, double total) {
        int count = candidates(n, total);
        double reached = 0;
        int used = 0;
        while (used < count && reached < sampling.topP() * total) {
            reached += weights[id(used++)];
        }
        double rest = random.nextDouble() * reached;
        for (int i = 0; i < used; i++) {
            rest -= weights[id(i)];
            if (rest < 0) {
                return id(i);
            }
        }
        return id(used - 1);
    }

    /**
     * Sorts the tokens that may be in the top set, best first. All tokens below the cutoff together weigh less than what
     * the top set leaves out, so they need no sorting.
     */
    private int candidates(int n, double total) {
        double cutoff = (1 - sampling.topP()) * total / n;
        int count = 0;
        for (int id = 0; id < n; id++) {
            if (weights[id] >= cutoff) {
                // Bits of positive floats are ordered like the floats; inverted, the heaviest comes first.
                candidates[count++] = (long) ~Float.floatToIntBits(weights[id]) << 32 | id;
            }
        }
        Arrays.sort(candidates, 0, count);
        return count;
    }

    private int id(int candidate) {
        return (int) candidates[candidate];
    }

    /** The tokens chosen so far, each once, with their counts. */
    private static final class Chosen {
        private final Penalties penalties;
        private final IntFunction<String> text;
        private int[] ids = new int[64];
        private double[] counts = new double[64];
        private float[] logitsBefore = new float[64];
        private int size;

        Chosen(Penalties penalties, IntFunction<String> text) {
            this.penalties = penalties;
            this.text = text;
        }

        void penalise(float[] logits, int at) {
            for (int i = 0; i < size; i++) {
                float before = logits[at + ids[i]];
                logitsBefore[i] = before;
                logits[at + ids[i]] = before - (float) (penalties.presence() + counts[i] * penalties.frequency());
            }
        }

        void restore(float[] logits, int at) {
            for (int i = 0; i < size; i++) {
                logits[at + ids[i]] = logitsBefore[i];
            }
        }

        void add(int id) {
            int place = size;
            for (int i = 0; i < size; i++) {
                counts[i] *= penalties.decay();
                place = ids[i] == id ? i : place;
            }
            if (place == size) {
                grow();
                ids[size] = id;
                counts[size++] = 0;
            }
            counts[place] += Penalties.counted(text.apply(id));
        }

        private void grow() {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, 2 * size);
                counts = Arrays.copyOf(counts, 2 * size);
                logitsBefore = new float[2 * size];
            }
        }
    }
}
