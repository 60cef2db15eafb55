package io.hayloft.methods.score;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.kernels.VectorOps;
import java.util.Arrays;

/** Sums that scorers share: attention of the last queries, the mean over a group of query heads, pooling. */
public final class Scores {
    /** Keys of sums that several scorers of a layer share. */
    private enum SharedSum {
        GROUP_ATTENTION
    }

    private Scores() {}

    /**
     * Softmax attention that each token receives, averaged over the last queries of the prompt.
     *
     * @param view the layer; must have recorded at least {@code queries} last queries
     * @param queries how many of the last queries take part
     * @return {@code [queryHeads][tokens]}
     */
    static float[][] attentionOfLastQueries(LayerView view, int queries) {
        int tokens = view.tokens();
        int dim = view.shape().headDim();
        int group = view.shape().queryHeads() / view.shape().kvHeads();
        var result = new float[view.shape().queryHeads()][tokens];
        var row = new float[tokens];
        var recorded = view.lastQueries();
        for (int head = 0; head < view.shape().kvHeads(); head++) {
            var keys = view.keys(head);
            for (int queryHead = head * group; queryHead < (head + 1) * group; queryHead++) {
                for (int back = 0; back < queries; back++) {
                    int visible = tokens - back;
                    int at = ((view.queryWindow() - 1 - back) * view.shape().queryHeads() + queryHead) * dim;
                    VectorOps.dots(recorded, at, keys, 0, dim, visible, row, 0);
                    for (int i = 0; i < visible; i++) {
                        row[i] = capped(view, view.shape().scale() * row[i]);
                    }
                    addSoftmax(row, visible, sink(view, queryHead), 1f / queries, result[queryHead]);
                }
            }
        }
        return result;
    }

    private static float capped(LayerView view, float logit) {
        float cap = view.shape().softCap();
        return cap == 0 ? logit : cap * (float) Math.tanh(logit / cap);
    }

    /** The logit that joins a head's softmax without being a token's. */
    private static float sink(LayerView view, int queryHead) {
        var sinks = view.shape().sinks();
        return sinks == null ? Float.NEGATIVE_INFINITY : sinks[queryHead];
    }

    private static void addSoftmax(float[] logits, int count, float sink, float weight, float[] into) {
        float max = sink;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, logits[i]);
        }
        double sum = Math.exp(sink - max);
        for (int i = 0; i < count; i++) {
            logits[i] = (float) Math.exp(logits[i] - max);
            sum += logits[i];
        }
        float factor = (float) (weight / sum);
        for (int i = 0; i < count; i++) {
            into[i] += factor * logits[i];
        }
    }

    /**
     * The mean over the query heads that share a KV head.
     *
     * @param perQueryHead {@code [queryHeads][tokens]}
     * @return {@code [kvHeads][tokens]}
     */
    static float[][] groupMean(float[][] perQueryHead, int kvHeads) {
        int group = perQueryHead.length / kvHeads;
        int tokens = perQueryHead[0].length;
        var mean = new float[kvHeads][tokens];
        for (int queryHead = 0; queryHead < perQueryHead.length; queryHead++) {
            var into = mean[queryHead / group];
            var from = perQueryHead[queryHead];
            for (int i = 0; i < tokens; i++) {
                into[i] += from[i] / group;
            }
        }
        return mean;
    }

    /**
     * The accumulated attention (summed over all prompt queries), averaged over the query heads of each group:
     * {@code [kvHeads][tokens]}. Computed once for each layer and shared, so it must be left as it is.
     */
    public static float[][] groupAttention(LayerView view) {
        return view.once(SharedSum.GROUP_ATTENTION, () -> computeGroupAttention(view));
    }

    static float[][] copy(float[][] scores) {
        return Arrays.stream(scores).map(float[]::clone).toArray(float[][]::new);
    }

    private static float[][] computeGroupAttention(LayerView view) {
        int tokens = view.tokens();
        var attention = view.accumulatedAttention();
        var perHead = new float[view.shape().queryHeads()][];
        for (int head = 0; head < perHead.length; head++) {
            perHead[head] = Arrays.copyOfRange(attention, head * tokens, (head + 1) * tokens);
        }
        return groupMean(perHead, view.shape().kvHeads());
    }

    /**
     * Average pooling over the first {@code count} numbers with stride 1; numbers outside count as zero.
     *
     * @param kernel odd width
     */
    static float[] averagePool(float[] values, int count, int kernel) {
        var pooled = new float[count];
        int half = kernel / 2;
        for (int i = 0; i < count; i++) {
            float sum = 0;
            for (int j = Math.max(0, i - half); j <= Math.min(count - 1, i + half); j++) {
                sum += values[j];
            }
            pooled[i] = sum / kernel;
        }
        return pooled;
    }
}
