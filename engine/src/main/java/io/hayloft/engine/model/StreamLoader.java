package io.hayloft.engine.model;

import io.hayloft.engine.model.Layer.Sublayer;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.StreamsConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Builds what models with several residual streams have around the parts of their layers.
 *
 * @param linear packs a weight
 */
record StreamLoader(
        DecoderConfig config,
        StreamsConfig streams,
        WeightSource weights,
        Function<WeightRows, Linear> linear,
        WorkerPool pool) {
    /** Makes the streams of embeddings. */
    StreamStart start() {
        return new StreamStart(
                config,
                streams,
                others(Role.STREAM_IN),
                weights.get(Role.TOKEN_EMBEDDING, -1),
                linear(Role.TOKEN_PROJECTION, -1),
                norm(Role.TOKEN_PROJECTION_NORM, -1),
                pool);
    }

    private List<Linear> others(Role role) {
        var matrices = new ArrayList<Linear>();
        for (int i = 0; i < streams.streams() - 1; i++) {
            matrices.add(linear.apply(weights.part(role, -1, i)));
        }
        return matrices;
    }

    /**
     * A layer: all streams are predicted, two residual steps change the one that is read, all are corrected. Behind the last
     * layer they become one.
     */
    Layer layer(int i, IntFunction<Layer.Update> mixer, IntFunction<Layer.@Nullable Update> feedForward) {
        int hidden = config.hidden();
        var router = new StreamRouter(
                streams,
                norm(Role.STREAM_ROUTER_NORM, i),
                weights.get(Role.STREAM_ROUTER, i).toFloats(),
                weights.get(Role.STREAM_PREDICTION, i).toFloats(),
                weights.get(Role.STREAM_CORRECTION, i).toFloats(),
                hidden);
        var branch = new BranchStep.Branch(
                linear(Role.BRANCH_DOWN, i), linear(Role.BRANCH_UP, i), norm(Role.BRANCH_NORM, i));
        var attention = new BranchStep(
                norm(Role.ATTENTION_NORM, i), mixer.apply(i), norm(Role.POST_ATTENTION_NORM, i), branch, hidden, pool);
        var inner = new Sublayer(
                norm(Role.FEED_FORWARD_NORM, i),
                Objects.requireNonNull(feedForward.apply(i), "a layer without a feed-forward part"),
                norm(Role.POST_FEED_FORWARD_NORM, i),
                hidden,
                pool);
        var token = new StreamCorrection.TokenInput(
                streams.scaled() ? weights.get(Role.STREAM_SCALE, i).toFloats() : null,
                linear(Role.TOKEN_GATE, i),
                linear(Role.TOKEN_OUT, i),
                norm(Role.TOKEN_NORM, i));
        var activation = config.findDense(i).orElseThrow().activation();
        var steps = new ArrayList<Layer.Step>(List.of(
                new StreamPrediction(router, hidden, pool),
                attention,
                inner,
                new StreamCorrection(i, config.layers(), router, token, activation, hidden, pool)));
        if (i == config.layers() - 1) {
            steps.add(new StreamEnd(streams, others(Role.STREAM_OUT), hidden, pool));
        }
        return new Layer(steps);
    }

    private Linear linear(Role role, int layer) {
        return linear.apply(weights.get(role, layer));
    }

    private Norm norm(Role role, int layer) {
        return new RmsNorm(weights.get(role, layer), config);
    }
}
