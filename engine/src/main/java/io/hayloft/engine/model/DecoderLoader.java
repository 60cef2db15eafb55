package io.hayloft.engine.model;

import io.hayloft.engine.model.AttentionMixer.Projection;
import io.hayloft.engine.model.Layer.Sublayer;
import io.hayloft.formats.config.AttentionConfig;
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
import java.util.List;
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

    DecoderLoader(
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
        var output =
                Linear.pack(weights.get(config.tokens().tiedOutput() ? Role.EMBEDDING : Role.OUTPUT, -1), memory, pool);
        progress.progress("load", pieces, pieces);
        return new Decoder(config, embedding, layers, norm(Role.FINAL_NORM, -1), output, pool);
    }

    /** One layer, packed. */
    Layer layer(int i) {
        var mixer = switch (config.stack().get(i).mixer()) {
            case AttentionConfig attention -> attention(i, attention);
        };
        var activation = config.feedForward(i).activation();
        var feedForward =
                new FeedForward(linear(Role.GATE, i), linear(Role.UP, i), linear(Role.DOWN, i), activation, pool);
        return new Layer(List.of(
                sublayer(i, Role.ATTENTION_NORM, mixer, Role.POST_ATTENTION_NORM),
                sublayer(i, Role.FEED_FORWARD_NORM, feedForward, Role.POST_FEED_FORWARD_NORM)));
    }

    private Sublayer sublayer(int layer, Role norm, Layer.Update update, Role postNorm) {
        var post = config.norms().post() ? norm(postNorm, layer) : null;
        return new Sublayer(norm(norm, layer), update, post, config.hidden(), pool);
    }

    private AttentionMixer attention(int i, AttentionConfig attention) {
        boolean biases = attention.biases();
        boolean norms = attention.headNorms();
        var rope = attention.rope();
        return new AttentionMixer(
                i,
                Shapes.attention(config, i),
                projection(i, Role.QUERY, biases ? Role.QUERY_BIAS : null, norms ? Role.QUERY_NORM : null),
                projection(i, Role.KEY, biases ? Role.KEY_BIAS : null, norms ? Role.KEY_NORM : null),
                projection(i, Role.VALUE, biases ? Role.VALUE_BIAS : null, null),
                linear(Role.ATTENTION_OUTPUT, i),
                rope == null ? null : ropes.computeIfAbsent(rope, Rope::new),
                pool);
    }

    private Projection projection(int layer, Role weights, @Nullable Role bias, @Nullable Role norm) {
        return new Projection(
                linear(weights, layer),
                bias == null ? null : this.weights.get(bias, layer).toFloats(),
                norm == null ? null : norm(norm, layer));
    }

    private Linear linear(Role role, int layer) {
        return Linear.pack(weights.get(role, layer), memory, pool, backend);
    }

    private RmsNorm norm(Role role, int layer) {
        return new RmsNorm(weights.get(role, layer), config);
    }
}
