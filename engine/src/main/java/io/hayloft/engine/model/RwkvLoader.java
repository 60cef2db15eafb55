package io.hayloft.engine.model;

import io.hayloft.engine.model.Layer.Sublayer;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WorkerPool;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Builds the layers of RWKV-5.
 *
 * @param linear packs the weight of a role and layer
 * @param norm reads the norm of a role and layer
 */
record RwkvLoader(
        DecoderConfig config,
        WeightSource weights,
        BiFunction<Role, Integer, Linear> linear,
        BiFunction<Role, Integer, Norm> norm,
        WorkerPool pool) {
    Layer layer(int layer, RwkvConfig mix) {
        var time = norm.apply(Role.ATTENTION_NORM, layer);
        var channel = norm.apply(Role.FEED_FORWARD_NORM, layer);
        return new Layer(List.of(
                new Sublayer(time, timeMix(layer, mix), null, config.hidden(), pool),
                new Sublayer(channel, channelMix(layer, mix), null, config.hidden(), pool)));
    }

    private RwkvTimeMix timeMix(int layer, RwkvConfig mix) {
        var shift = shift(
                0, layer, Role.RWKV_SHIFT_RECEPTANCE, Role.RWKV_SHIFT_KEY, Role.RWKV_SHIFT_VALUE, Role.RWKV_SHIFT_GATE);
        var matrices = new RwkvTimeMix.Matrices(
                linear.apply(Role.RWKV_RECEPTANCE, layer),
                linear.apply(Role.RWKV_KEY, layer),
                linear.apply(Role.RWKV_VALUE, layer),
                linear.apply(Role.RWKV_GATE, layer),
                linear.apply(Role.RWKV_OUT, layer));
        var vectors = new RwkvTimeMix.Vectors(
                floats(Role.RWKV_DECAY, layer),
                floats(Role.RWKV_BONUS, layer),
                floats(Role.RWKV_HEAD_NORM, layer),
                floats(Role.RWKV_HEAD_NORM_BIAS, layer));
        return new RwkvTimeMix(layer, mix, shift, matrices, vectors, pool);
    }

    private RwkvChannelMix channelMix(int layer, RwkvConfig mix) {
        int stateAt = mix.stateFloats(); // behind that of the time mix
        return new RwkvChannelMix(
                layer,
                shift(stateAt, layer, Role.RWKV_CHANNEL_SHIFT_KEY, Role.RWKV_CHANNEL_SHIFT_RECEPTANCE),
                linear.apply(Role.RWKV_CHANNEL_KEY, layer),
                linear.apply(Role.RWKV_CHANNEL_RECEPTANCE, layer),
                linear.apply(Role.RWKV_CHANNEL_VALUE, layer),
                pool);
    }

    private TokenShift shift(int stateAt, int layer, Role... mixes) {
        return new TokenShift(
                stateAt, Stream.of(mixes).map(role -> floats(role, layer)).toList(), config.hidden());
    }

    private float[] floats(Role role, int layer) {
        return weights.get(role, layer).toFloats();
    }
}
