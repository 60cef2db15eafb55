package io.hayloft.engine.model;

import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WorkerPool;
import java.util.ArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds mixtures of experts.
 *
 * @param linear packs a weight
 */
record ExpertLoader(WeightSource weights, Function<WeightRows, Linear> linear, WorkerPool pool) {
    ExpertMixture experts(int layer, ExpertsConfig config) {
        var parts = new ArrayList<FeedForward>();
        for (int expert = 0; expert < config.experts(); expert++) {
            parts.add(expert(layer, expert, config.each()));
        }
        var router = config.router();
        var logits = new Dense(pack(Role.ROUTER, layer), vector(router.bias(), Role.ROUTER_BIAS, layer));
        var correction = vector(router.corrected(), Role.ROUTER_CORRECTION, layer);
        return new ExpertMixture(
                new ExpertRouter(logits, correction, router), parts, shared(layer, config.shared()), pool);
    }

    private FeedForward expert(int layer, int expert, LayerConfig.FeedForward shape) {
        return new FeedForward(
                shape.gated() ? dense(Role.EXPERT_GATE, Role.EXPERT_GATE_BIAS, layer, expert, shape) : null,
                dense(Role.EXPERT_UP, Role.EXPERT_UP_BIAS, layer, expert, shape),
                dense(Role.EXPERT_DOWN, Role.EXPERT_DOWN_BIAS, layer, expert, shape),
                shape,
                pool);
    }

    private Dense dense(Role role, Role bias, int layer, int expert, LayerConfig.FeedForward shape) {
        return new Dense(
                linear.apply(weights.part(role, layer, expert)),
                shape.biases() ? weights.part(bias, layer, expert).toFloats() : null);
    }

    private ExpertMixture.@Nullable Shared shared(int layer, ExpertsConfig.@Nullable Shared shared) {
        if (shared == null) {
            return null;
        }
        var shape = shared.part();
        var part = new FeedForward(
                shape.gated() ? new Dense(pack(Role.SHARED_GATE, layer), null) : null,
                new Dense(pack(Role.SHARED_UP, layer), null),
                new Dense(pack(Role.SHARED_DOWN, layer), null),
                shape,
                pool);
        return new ExpertMixture.Shared(part, vector(shared.gated(), Role.SHARED_ROUTER, layer));
    }

    private Linear pack(Role role, int layer) {
        return linear.apply(weights.get(role, layer));
    }

    private float @Nullable [] vector(boolean there, Role role, int layer) {
        return there ? weights.get(role, layer).toFloats() : null;
    }
}
