package io.hayloft.bench.fidelity;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.util.Arrays;

/**
 * How near the next-token distributions Q of one model are to those P of another, over the positions of a text.
 *
 * @param positions distributions that were compared
 * @param divergence mean of the Kullback-Leibler divergences KL(P || Q), in nats
 * @param divergence99 the divergence that 99 of 100 positions do not exceed
 * @param worst the largest divergence
 * @param sameTop share of positions where both find the same token most likely
 * @param loss mean of -log P(next token of the text); NaN for a text of one token
 * @param otherLoss mean of -log Q(next token of the text)
 */
public record Fidelity(
        int positions,
        double divergence,
        double divergence99,
        double worst,
        double sameTop,
        double loss,
        double otherLoss) {
    /** Positions whose distributions are in memory at once. */
    private static final int ROWS = 32;

    /**
     * Reads a text with both models, each with an f16 cache.
     *
     * @param exact gives P
     * @param other gives Q; the same architecture and vocabulary
     * @param tokens ids of the text, at least one
     */
    public static Fidelity compare(LanguageModel exact, LanguageModel other, int[] tokens) {
        try (var reader = new Reader(exact, tokens);
                var otherReader = new Reader(other, tokens)) {
            var sums = new Sums(tokens.length);
            for (int first = 0; first < tokens.length; first += ROWS) {
                int rows = Math.min(ROWS, tokens.length - first);
                var p = reader.logProbabilities(first, rows);
                var q = otherReader.logProbabilities(first, rows);
                for (int row = 0; row < rows; row++) {
                    int next = first + row + 1 < tokens.length ? tokens[first + row + 1] : -1;
                    sums.add(p[row], q[row], next);
                }
            }
            return sums.result();
        }
    }

    /** A model on its way through the text. */
    private static final class Reader implements AutoCloseable {
        private final LanguageModel model;
        private final int[] tokens;
        private final SequenceCache cache;
        private final float[][] rows;

        Reader(LanguageModel model, int[] tokens) {
            this.model = model;
            this.tokens = tokens;
            this.cache = new SequenceCache(model.cacheShape(), new KvCodec.F16(), tokens.length);
            this.rows = new float[ROWS][model.config().vocabulary()];
        }

        /** Logarithms of the probabilities after tokens {@code first .. first + count - 1} [count][vocabulary]. */
        float[][] logProbabilities(int first, int count) {
            var sink = new LogitsSink() {
                @Override
                public boolean wants(int row) {
                    return true;
                }

                @Override
                public void accept(int row, float[] logits, int at) {
                    System.arraycopy(logits, at, rows[row - first], 0, rows[0].length);
                }
            };
            model.decoder()
                    .prefill(
                            tokens,
                            first,
                            first + count,
                            cache,
                            new PrefillOptions(ROWS, null, sink, ProgressListener.NONE));
            for (int row = 0; row < count; row++) {
                normalize(rows[row]);
            }
            return rows;
        }

        @Override
        public void close() {
            cache.close();
        }
    }

    /** Logits to logarithms of probabilities. */
    static void normalize(float[] logits) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - largest);
        }
        double shift = largest + Math.log(sum);
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) (logits[i] - shift);
        }
    }

    /** KL(P || Q) of two distributions given as logarithms, in nats. */
    static double divergence(float[] logP, float[] logQ) {
        double sum = 0;
        for (int i = 0; i < logP.length; i++) {
            if (logP[i] > Float.NEGATIVE_INFINITY) {
                sum += Math.exp(logP[i]) * ((double) logP[i] - logQ[i]);
            }
        }
        return Math.max(0, sum); // rounding can leave a little less than nothing
    }

    private static final class Sums {
        private final double[] divergences;
        private int count;
        private int sameTop;
        private double loss;
        private double otherLoss;

        Sums(int positions) {
            divergences = new double[positions];
        }

        /** Adds one position; {@code next} is the token that follows, -1 for none. */
        void add(float[] logP, float[] logQ, int next) {
            divergences[count++] = divergence(logP, logQ);
            sameTop += largest(logP) == largest(logQ) ? 1 : 0;
            if (next >= 0) {
                loss -= logP[next];
                otherLoss -= logQ[next];
            }
        }

        private static int largest(float[] values) {
            int best = 0;
            for (int i = 1; i < values.length; i++) {
                best = values[i] > values[best] ? i : best;
            }
            return best;
        }

        Fidelity result() {
            Arrays.sort(divergences);
            return new Fidelity(
                    count,
                    Arrays.stream(divergences).average().orElse(0),
                    divergences[(int) Math.ceil(0.99 * count) - 1],
                    divergences[count - 1],
                    (double) sameTop / count,
                    loss / (count - 1),
                    otherLoss / (count - 1));
        }
    }
}
