package io.hayloft.engine.model;

import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.WorkerPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds a decoder from a checkpoint's weights: packs the matrices, widens the vectors. */
final class DecoderLoader {
    private final DecoderConfig config;
    private final WeightSource weights;
    private final NativeMemory memory;
    private final WorkerPool pool;
    private final PrefillBackend.@Nullable Session backend;
    private final Map<RopeConfig, Rope> ropes = new HashMap<>();

    private DecoderLoader(
            DecoderConfig config,
            WeightSource weights,
            NativeMemory memory,
            WorkerPool pool,
            PrefillBackend.@Nullable Session backend) {
        this.config = config;
        this.weights = weights;
        this.memory = memory;
        this.pool = pool;
        this.backend = backend;
    }

    /** The decoder; packed matrices lie in {@code memory}, embedding rows stay in the file. */
    static Decoder load(
            DecoderConfig config,
            WeightSource weights,
            NativeMemory memory,
            WorkerPool pool,
            PrefillBackend.@Nullable Session backend,
            ProgressListener progress) {
        return new DecoderLoader(config, weights, memory, pool, backend).load(progress);
    }

    private Decoder load(ProgressListener progress) {
        var layers = new ArrayList<Layer>(config.layers());
        int pieces = config.layers() + 1;
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer(i));
            progress.progress("load", i + 1, pieces);
        }
        var embedding = weights.get(Role.EMBEDDING, -1);
        // Only decode kernels use it, so no backend gets a copy of the largest matrix.
        var output = Linear.pack(weights.get(config.tiedOutput() ? Role.EMBEDDING : Role.OUTPUT, -1), memory, pool);
        progress.progress("load", pieces, pieces);
        return new Decoder(config, embedding, layers, norm(Role.FINAL_NORM, -1), output, pool);
    }

    private Layer layer(int i) {
        return new Layer(
                norm(Role.ATTENTION_NORM, i),
                attention(i),
                config.postNorms() ? norm(Role.POST_ATTENTION_NORM, i) : null,
                norm(Role.FEED_FORWARD_NORM, i),
                new FeedForward(
                        linear(Role.GATE, i), linear(Role.UP, i), linear(Role.DOWN, i), config.activation(), pool),
                config.postNorms() ? norm(Role.POST_FEED_FORWARD_NORM, i) : null,
                config.hidden(),
                pool);
    }

    private AttentionMixer attention(int i) {
        boolean rotary = config.layerKinds().get(i).rotary();
        return new AttentionMixer(
                i,
                Shapes.attention(config, i),
                linear(Role.QUERY, i),
                linear(Role.KEY, i),
                linear(Role.VALUE, i),
                linear(Role.ATTENTION_OUTPUT, i),
                bias(Role.QUERY_BIAS, i),
                bias(Role.KEY_BIAS, i),
                bias(Role.VALUE_BIAS, i),
                config.queryKeyNorm() ? norm(Role.QUERY_NORM, i) : null,
                config.queryKeyNorm() ? norm(Role.KEY_NORM, i) : null,
                rotary ? ropes.computeIfAbsent(config.ropeOf(i), Rope::new) : null,
                pool);
    }

    private Linear linear(Role role, int layer) {
        return Linear.pack(weights.get(role, layer), memory, pool, backend);
    }

    private RmsNorm norm(Role role, int layer) {
        return new RmsNorm(weights.get(role, layer), config);
    }

    private float @Nullable [] bias(Role role, int layer) {
        return config.attentionBias() ? weights.get(role, layer).toFloats() : null;
    }
}
