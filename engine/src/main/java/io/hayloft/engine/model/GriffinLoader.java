package io.hayloft.engine.model;

import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.BlockDiagonal;
import io.hayloft.kernels.CausalConvolution;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WorkerPool;
import java.util.function.BiFunction;

/**
 * Builds the recurrent mixers of RecurrentGemma.
 *
 * @param linear packs the weight of a role and layer
 */
record GriffinLoader(
        WeightSource weights, NativeMemory memory, BiFunction<Role, Integer, Linear> linear, WorkerPool pool) {
    /** {@code c} of the paper's equation 4. */
    private static final double SPEED = 8;

    GriffinMixer mixer(int layer, GriffinConfig config) {
        var convolution = CausalConvolution.plain(
                floats(Role.SSM_CONVOLUTION, layer), config.convolution(), floats(Role.SSM_CONVOLUTION_BIAS, layer));
        var gates = new GriffinMixer.Gates(
                blocks(Role.GRIFFIN_INPUT_GATE, Role.GRIFFIN_INPUT_GATE_BIAS, layer),
                blocks(Role.GRIFFIN_DECAY_GATE, Role.GRIFFIN_DECAY_GATE_BIAS, layer),
                logDecays(floats(Role.GRIFFIN_DECAY, layer)));
        return new GriffinMixer(
                layer,
                projection(Role.GRIFFIN_INPUT, Role.GRIFFIN_INPUT_BIAS, layer),
                projection(Role.GRIFFIN_BRANCH, Role.GRIFFIN_BRANCH_BIAS, layer),
                convolution,
                gates,
                projection(Role.GRIFFIN_OUT, Role.GRIFFIN_OUT_BIAS, layer),
                pool);
    }

    private Dense projection(Role role, Role bias, int layer) {
        return new Dense(linear.apply(role, layer), floats(bias, layer));
    }

    private BlockDiagonal blocks(Role role, Role bias, int layer) {
        return BlockDiagonal.pack(weights.get(role, layer), floats(bias, layer), memory);
    }

    private float[] floats(Role role, int layer) {
        return weights.get(role, layer).toFloats();
    }

    /** {@code -8 softplus(Λ)}, softplus in a form that does not overflow. */
    private static float[] logDecays(float[] parameters) {
        var decays = new float[parameters.length];
        for (int i = 0; i < decays.length; i++) {
            double x = parameters[i];
            decays[i] = (float) (-SPEED * (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))));
        }
        return decays;
    }
}
