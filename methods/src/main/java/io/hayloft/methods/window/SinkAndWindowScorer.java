package io.hayloft.methods.window;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.methods.Protection;
import io.hayloft.methods.Scorer;
import java.util.List;

/**
 * StreamingLLM's choice: the first tokens (attention sinks) and the newest ones.
 *
 * <p>Idea: models put attention on the first tokens whatever these say; keeping them and a sliding window keeps the
 * softmax in shape. Formula: the score of a token is its position. The newest token is always kept, then the sinks.
 *
 * <p>Paper: Xiao et al., "Efficient Streaming Language Models with Attention Sinks", arXiv 2309.17453. Default: 4 sinks.
 * {@link StreamingRule} says where the kept tokens lie and what queries make of their positions.
 */
record SinkAndWindowScorer(Sinks sinks) implements Scorer {
    @Override
    public List<Protection> protections() {
        return List.of(new Protection.Newest(1), new Protection.First(sinks.fixed(), sinks.share()));
    }

    /** Positions are exact. */
    @Override
    public float tieTolerance() {
        return 0;
    }

    @Override
    public float[][] score(LayerView view) {
        var scores = new float[view.shape().kvHeads()][view.tokens()];
        for (var head : scores) {
            for (int i = 0; i < head.length; i++) {
                head[i] = i;
            }
        }
        return scores;
    }
}
