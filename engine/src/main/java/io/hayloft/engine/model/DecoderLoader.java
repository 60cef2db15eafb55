package io.hayloft.engine.model;

import io.hayloft.engine.model.AttentionMixer.Projection;
import io.hayloft.engine.model.Layer.Sublayer;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.WeightRows;
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
        return new Decoder(
                config, new Decoder.Embedding(embedding, embeddingNorm()), layers, finalNorm(), output, pool);
    }

    private @Nullable Norm embeddingNorm() {
        return weights.find(Role.EMBEDDING_NORM, -1)
                .map(weight -> layerNorm(weight, Role.EMBEDDING_NORM_BIAS))
                .orElse(null);
    }

    private Norm finalNorm() {
        var bias = weights.find(Role.FINAL_NORM_BIAS, -1);
        return bias.isPresent()
                ? layerNorm(weights.get(Role.FINAL_NORM, -1), Role.FINAL_NORM_BIAS)
                : norm(Role.FINAL_NORM, -1);
    }

    private Norm layerNorm(WeightRows weight, Role bias) {
        return new LayerNorm(weight, weights.get(bias, -1), config.norms().epsilon());
    }

    /** One layer, packed. */
    Layer layer(int i) {
        if (config.stack().get(i).mixer() instanceof RwkvConfig mix) {
            return new RwkvLoader(config, weights, this::linear, pool).layer(i, mix);
        }
        var sublayers = new ArrayList<Sublayer>();
        sublayers.add(sublayer(i, Role.ATTENTION_NORM, mixer(i), Role.POST_ATTENTION_NORM));
        var feedForward = feedForward(i);
        if (feedForward != null) {
            sublayers.add(sublayer(i, Role.FEED_FORWARD_NORM, feedForward, Role.POST_FEED_FORWARD_NORM));
        }
        return new Layer(sublayers);
    }

    private Layer.Update mixer(int i) {
        return switch (config.stack().get(i).mixer()) {
            case AttentionConfig attention -> attention(i, attention, 1, 1);
            case ParallelMixers both ->
                new ParallelUpdate(
                        attention(i, both.attention(), (float) both.queryFactor(), (float) both.keyFactor()),
                        stateSpace().mamba2(i, Shapes.stateBeside(config, i), both.mamba()),
                        both,
                        config.hidden());
            case MambaConfig mamba -> stateSpace().mamba(i, mamba);
            case Mamba2Config mamba -> stateSpace().mamba2(i, i, mamba);
            case GriffinConfig griffin -> new GriffinLoader(weights, memory, this::linear, pool).mixer(i, griffin);
            case RwkvConfig rwkv -> throw new IllegalArgumentException("layer " + i + " is built as one");
        };
    }

    private Layer.@Nullable Update feedForward(int i) {
        return switch (config.feedForward(i)) {
            case LayerConfig.FeedForward dense ->
                new FeedForward(linear(Role.GATE, i), linear(Role.UP, i), linear(Role.DOWN, i), biases(i), dense, pool);
            case RwkvConfig.ChannelMix mix -> throw new IllegalArgumentException("layer " + i + " is built as one");
            case LayerConfig.Experts experts -> experts(i, experts);
            case LayerConfig.None none -> null;
        };
    }

    private ExpertMixture experts(int i, LayerConfig.Experts config) {
        var parts = new ArrayList<FeedForward>();
        for (int expert = 0; expert < config.experts(); expert++) {
            parts.add(new FeedForward(
                    linear(weights.expert(Role.EXPERT_GATE, i, expert)),
                    linear(weights.expert(Role.EXPERT_UP, i, expert)),
                    linear(weights.expert(Role.EXPERT_DOWN, i, expert)),
                    FeedForward.Biases.NONE,
                    config.each(),
                    pool));
        }
        return new ExpertMixture(linear(Role.ROUTER, i), parts, config.chosen(), pool);
    }

    private FeedForward.Biases biases(int i) {
        return new FeedForward.Biases(bias(Role.GATE_BIAS, i), bias(Role.UP_BIAS, i), bias(Role.DOWN_BIAS, i));
    }

    /** A bias that the weights have in some architectures. */
    private float @Nullable [] bias(Role role, int layer) {
        return weights.find(role, layer).map(WeightRows::toFloats).orElse(null);
    }

    private StateSpaceLoader stateSpace() {
        return new StateSpaceLoader(config, weights, this::linear, pool);
    }

    private Sublayer sublayer(int layer, Role norm, Layer.Update update, Role postNorm) {
        var post = config.norms().post() ? norm(postNorm, layer) : null;
        return new Sublayer(norm(norm, layer), update, post, config.hidden(), pool);
    }

    private AttentionMixer attention(int i, AttentionConfig attention, float queryFactor, float keyFactor) {
        boolean biases = attention.biases();
        boolean norms = attention.headNorms();
        var rope = attention.rope();
        return new AttentionMixer(
                i,
                Shapes.attention(config, i),
                projection(i, Role.QUERY, biases ? Role.QUERY_BIAS : null, norms ? Role.QUERY_NORM : null, queryFactor),
                projection(i, Role.KEY, biases ? Role.KEY_BIAS : null, norms ? Role.KEY_NORM : null, keyFactor),
                projection(i, Role.VALUE, biases ? Role.VALUE_BIAS : null, null, queryFactor),
                linear(Role.ATTENTION_OUTPUT, i),
                bias(Role.ATTENTION_OUTPUT_BIAS, i),
                rope == null ? null : ropes.computeIfAbsent(rope, Rope::new),
                pool);
    }

    private Projection projection(int layer, Role weights, @Nullable Role bias, @Nullable Role norm, float factor) {
        return new Projection(
                linear(weights, layer),
                bias == null ? null : this.weights.get(bias, layer).toFloats(),
                norm == null ? null : norm(norm, layer),
                factor);
    }

    private Linear linear(Role role, int layer) {
        return linear(weights.get(role, layer));
    }

    private Linear linear(WeightRows rows) {
        return Linear.pack(rows, memory, pool, backend);
    }

    private RmsNorm norm(Role role, int layer) {
        return new RmsNorm(weights.get(role, layer), config);
    }
}
