package io.hayloft.benchmarks.gguf;

import java.util.function.IntToDoubleFunction;

/**
 * The Mamba mixers of a model, and what goes with them: Mamba, Mamba-2, Jamba (attention in some layers, experts in others)
 * or Falcon-H1 (attention beside each mixer). Names and keys are those of llama.cpp.
 *
 * @param architecture {@code mamba}, {@code mamba2}, {@code jamba} or {@code falcon-h1}
 * @param channels channels of a mixer
 * @param stateSize numbers that a channel remembers
 * @param steps rank of the step size in Mamba and Jamba, heads in Mamba-2 and Falcon-H1
 * @param groups groups of heads that share B and C
 * @param experts of Jamba; every other layer has them, and two are chosen for a token
 */
record StateSpaceLayers(String architecture, int channels, int stateSize, int steps, int groups, int experts) {
    private static final int CONVOLUTION = 4;
    private static final int CHOSEN = 2;

    /** Jamba: attention in the third of each four layers, experts in the second and fourth. */
    private static final int PERIOD = 4;

    private static final int ATTENTION = 2;

    /** Whether the mixers are Mamba-2. */
    boolean second() {
        return architecture.equals("mamba2") || architecture.equals("falcon-h1");
    }

    boolean hasMixer(int layer) {
        return !architecture.equals("jamba") || layer % PERIOD != ATTENTION;
    }

    boolean hasAttention(int layer) {
        return architecture.equals("falcon-h1") || (architecture.equals("jamba") && layer % PERIOD == ATTENTION);
    }

    boolean hasFeedForward() {
        return !architecture.startsWith("mamba");
    }

    boolean hasExperts(int layer) {
        return experts > 0 && layer % 2 == 1;
    }

    /** The keys of the metadata that a llama model has not. */
    void addMetadata(GgufWriter file, ModelShape shape) {
        var prefix = architecture + ".";
        file.whole(prefix + "ssm.conv_kernel", CONVOLUTION)
                .whole(prefix + "ssm.inner_size", channels)
                .whole(prefix + "ssm.state_size", stateSize)
                .whole(prefix + "ssm.time_step_rank", steps);
        if (second()) {
            file.whole(prefix + "ssm.group_count", groups);
        }
        if (architecture.equals("jamba")) {
            var kvHeads = new int[shape.layers()];
            for (int layer = 0; layer < kvHeads.length; layer++) {
                kvHeads[layer] = hasAttention(layer) ? shape.kvHeads() : 0;
            }
            file.wholes(prefix + "attention.head_count_kv", kvHeads)
                    .whole(prefix + "expert_count", experts)
                    .whole(prefix + "expert_used_count", CHOSEN);
        } else {
            file.whole(prefix + "attention.head_count_kv", hasFeedForward() ? shape.kvHeads() : 0);
        }
    }

    /** The mixer of a layer, with the decays and step sizes of a fresh model. */
    void addMixer(RandomModel model, String layer, int hidden) {
        int convolved = second() ? channels + 2 * groups * stateSize : channels;
        model.matrix(layer + "ssm_in.weight", second() ? channels + convolved + steps : 2 * channels, hidden);
        model.floats(layer + "ssm_conv1d.weight", model.random(1 / Math.sqrt(CONVOLUTION)), convolved, CONVOLUTION);
        model.floats(layer + "ssm_conv1d.bias", i -> 0, convolved);
        IntToDoubleFunction bias = i -> stepBias(i, second() ? steps : channels);
        if (second()) {
            model.floats(layer + "ssm_dt.bias", bias, steps);
            model.floats(layer + "ssm_a", i -> -1 - 15.0 * i / steps, steps, 1);
            model.floats(layer + "ssm_d", i -> 1, steps, 1);
            if (!hasFeedForward()) {
                model.floats(layer + "ssm_norm.weight", i -> 1, groups, channels / groups);
            }
        } else {
            model.matrix(layer + "ssm_x.weight", steps + 2 * stateSize, channels);
            model.floats(layer + "ssm_dt.weight", model.random(1 / Math.sqrt(steps)), channels, steps);
            model.floats(layer + "ssm_dt.bias", bias, channels);
            model.floats(layer + "ssm_a", i -> -1 - i % stateSize, channels, stateSize);
            model.floats(layer + "ssm_d", i -> 1, channels);
            if (hasFeedForward()) {
                model.floats(layer + "ssm_dt_norm.weight", i -> 1, steps);
                model.floats(layer + "ssm_b_norm.weight", i -> 1, stateSize);
                model.floats(layer + "ssm_c_norm.weight", i -> 1, stateSize);
            }
        }
        model.matrix(layer + "ssm_out.weight", hidden, channels);
    }

    /** Step sizes from 0.001 to 0.1, evenly on a logarithmic scale, before softplus. */
    static double stepBias(int i, int count) {
        double step = 0.001 * Math.pow(100, (double) i / count);
        return Math.log(Math.expm1(step));
    }

    void addExperts(RandomModel model, String layer, int hidden, int feedForward) {
        model.floats(layer + "ffn_gate_inp.weight", model.random(1 / Math.sqrt(hidden)), experts, hidden);
        model.matrix(layer + "ffn_gate_exps.weight", experts, feedForward, hidden);
        model.matrix(layer + "ffn_up_exps.weight", experts, feedForward, hidden);
        model.matrix(layer + "ffn_down_exps.weight", experts, hidden, feedForward);
    }
}
