package io.hayloft.engine.model;

import io.hayloft.engine.model.AttentionMixer.Projection;
import io.hayloft.engine.model.Layer.Sublayer;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.LatentAttention;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.config.ShortConvolutionConfig;
import io.hayloft.formats.config.StreamsConfig;
import io.hayloft.formats.config.WeightSource;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WeightPacker;
import io.hayloft.kernels.WorkerPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Builds a decoder from a checkpoint's weights: packs the matrices, widens the vectors. */
final class DecoderLoader {
    private final DecoderConfig config;
    private final WeightSource weights;
    private final NativeMemory memory;
    private final WorkerPool pool;
    private final WeightPacker packer;
    private final Map<RopeConfig, Rope> ropes = new HashMap<>();
    private final Map<String, Linear> ofBlocks = new HashMap<>();

    DecoderLoader(
            DecoderConfig config, WeightSource weights, NativeMemory memory, WorkerPool pool, WeightPacker packer) {
        this.config = config;
        this.weights = weights;
        this.memory = memory;
        this.pool = pool;
        this.packer = packer;
    }

    /** The decoder; packed matrices lie in the packer's memory, embedding rows stay in the file. */
    Decoder load(ProgressListener progress) {
        var layers = new ArrayList<Layer>(config.layers());
        int pieces = config.layers() + 1;
        for (int i = 0; i < config.layers(); i++) {
            layers.add(layer(i));
            progress.progress("load", i + 1, pieces);
        }
        var embedding = weights.get(Role.EMBEDDING, -1);
        // Only decode kernels use it, so no backend gets a copy of the largest matrix.
        var output = packer.packForDecode(weights.get(config.tokens().tiedOutput() ? Role.EMBEDDING : Role.OUTPUT, -1));
        progress.progress("load", pieces, pieces);
        var positions = config.tokens().positions() > 0 ? weights.get(Role.POSITION_EMBEDDING, -1) : null;
        var bias = bias(config.tokens().output().bias(), Role.OUTPUT_BIAS, -1);
        var head = new Decoder.Head(norm(Role.FINAL_NORM, -1), new Dense(output, bias));
        var streams =
                config.streams() == null ? null : streams(config.streams()).start();
        var embeddings = new Decoder.Embeddings(embedding, positions, embeddingNorm(), streams);
        return new Decoder(config, embeddings, layers, head, pool);
    }

    private StreamLoader streams(StreamsConfig streams) {
        return new StreamLoader(config, streams, weights, this::linear, pool);
    }

    private @Nullable Norm embeddingNorm() {
        return weights.find(Role.EMBEDDING_NORM, -1)
                .map(weight -> layerNorm(weight, weights.get(Role.EMBEDDING_NORM_BIAS, -1)))
                .orElse(null);
    }

    /** One layer, packed. */
    Layer layer(int i) {
        if (config.streams() != null) {
            return streams(config.streams()).layer(i, this::mixer, this::feedForward);
        }
        if (config.stack().get(i).mixer() instanceof RwkvConfig mix) {
            return new RwkvLoader(config, weights, this::linear, this::norm, pool).layer(i, mix);
        }
        var feedForward = feedForward(i);
        if (config.stack().get(i).mixer() instanceof LayerConfig.NoMixer) {
            var alone = Objects.requireNonNull(feedForward, "a layer without parts");
            return new Layer(List.of(sublayer(i, Role.FEED_FORWARD_NORM, alone, Role.POST_FEED_FORWARD_NORM)));
        }
        var mixer = mixer(i);
        if (mixer instanceof SharedBlockMixer) {
            return new Layer(List.of(new Sublayer(null, mixer, null, 1, config.hidden(), pool)));
        }
        if (feedForward == null) {
            return new Layer(List.of(sublayer(i, Role.ATTENTION_NORM, mixer, Role.POST_ATTENTION_NORM)));
        }
        return switch (config.norms().placement()) {
            case BEFORE, AROUND, AFTER ->
                new Layer(List.of(
                        sublayer(i, Role.ATTENTION_NORM, mixer, Role.POST_ATTENTION_NORM),
                        sublayer(i, Role.FEED_FORWARD_NORM, feedForward, Role.POST_FEED_FORWARD_NORM)));
            case PARALLEL -> parallel(i, mixer, null, feedForward);
            case PARALLEL_TWO_NORMS -> parallel(i, mixer, norm(Role.FEED_FORWARD_NORM, i), feedForward);
        };
    }

    private Layer.Update mixer(int i) {
        return switch (config.stack().get(i).mixer()) {
            case AttentionConfig attention -> {
                var latent = attention.additions().latent();
                yield latent == null ? attention(i, attention, 1, 1) : latent(i, attention, latent);
            }
            case ParallelMixers both ->
                new ParallelUpdate(
                        attention(i, both.attention(), (float) both.queryFactor(), (float) both.keyFactor()),
                        stateSpace().mamba2(i, Shapes.stateBeside(config, i), both.mamba()),
                        both,
                        config.hidden());
            case SharedBlockConfig shared -> shared(i, shared);
            case MambaConfig mamba -> stateSpace().mamba(i, mamba);
            case Mamba2Config mamba -> stateSpace().mamba2(i, i, mamba);
            case DeltaConfig delta -> stateSpace().delta(i, delta);
            case ShortConvolutionConfig convolution -> stateSpace().shortConvolution(i, convolution);
            case GriffinConfig griffin -> new GriffinLoader(weights, memory, this::linear, pool).mixer(i, griffin);
            case RwkvConfig rwkv -> throw new IllegalArgumentException("layer " + i + " is built as one");
            case LayerConfig.NoMixer none -> throw new IllegalArgumentException("layer " + i + " has no mixer");
        };
    }

    private SharedBlockMixer shared(int i, SharedBlockConfig config) {
        var block = new SharedBlockMixer.Block(
                norm(Role.BLOCK_NORM, i),
                new AttentionMixer(
                        core(i, config.attention()),
                        new Projection(ofBlock(Role.QUERY, i, config), null, null, 1),
                        new Projection(ofBlock(Role.KEY, i, config), null, null, 1),
                        new Projection(ofBlock(Role.VALUE, i, config), null, null, 1),
                        null,
                        new Dense(ofBlock(Role.ATTENTION_OUTPUT, i, config), null),
                        pool),
                norm(Role.FEED_FORWARD_NORM, i),
                ofBlock(Role.GATE, i, config),
                ofBlock(Role.UP, i, config),
                ofBlock(Role.DOWN, i, config));
        var adapter = new SharedBlockMixer.Adapter(
                linear(Role.ADAPTER_DOWN, i), linear(Role.ADAPTER_GATE, i), linear(Role.ADAPTER_UP, i));
        return new SharedBlockMixer(
                block,
                adapter,
                linear(Role.BLOCK_OUT, i),
                norm(Role.ATTENTION_NORM, i),
                stateSpace().mamba2(i, Shapes.stateBeside(this.config, i), config.mamba()),
                pool);
    }

    /** A matrix of a shared block, packed once for all layers that have it. */
    private Linear ofBlock(Role role, int layer, SharedBlockConfig config) {
        return ofBlocks.computeIfAbsent(role + " " + config.block(), name -> linear(role, layer));
    }

    private Layer.@Nullable Update feedForward(int i) {
        return switch (config.feedForward(i)) {
            case LayerConfig.FeedForward dense -> feedForward(i, dense);
            case RwkvConfig.ChannelMix mix -> throw new IllegalArgumentException("layer " + i + " is built as one");
            case ExpertsConfig experts -> new ExpertLoader(weights, this::linear, pool).experts(i, experts);
            case LayerConfig.None none -> null;
        };
    }

    private StateSpaceLoader stateSpace() {
        return new StateSpaceLoader(config, weights, this::linear, pool);
    }

    /** Attention and feed-forward part side by side, the latter behind a norm of its own or that of attention. */
    private Layer parallel(int layer, Layer.Update mixer, @Nullable Norm norm, Layer.Update feedForward) {
        var both = new Parallel(mixer, norm, feedForward, config.hidden(), pool);
        return new Layer(List.of(sublayer(layer, Role.ATTENTION_NORM, both, Role.POST_ATTENTION_NORM)));
    }

    private Sublayer sublayer(int layer, Role norm, Layer.Update update, Role postNorm) {
        var placement = config.norms().placement();
        return new Sublayer(
                placement.before() ? norm(norm, layer) : null,
                update,
                placement.after() ? norm(postNorm, layer) : null,
                (float) config.residualScale(),
                config.hidden(),
                pool);
    }

    private FeedForward feedForward(int i, LayerConfig.FeedForward shape) {
        boolean biases = shape.biases();
        return new FeedForward(
                shape.gated() ? dense(i, Role.GATE, biases, Role.GATE_BIAS) : null,
                dense(i, Role.UP, biases, Role.UP_BIAS),
                dense(i, Role.DOWN, biases, Role.DOWN_BIAS),
                shape,
                pool);
    }

    private AttentionMixer attention(int i, AttentionConfig attention, float queryFactor, float keyFactor) {
        boolean own = attention.keepsKv();
        return new AttentionMixer(
                core(i, attention),
                projection(i, Role.QUERY, Role.QUERY_BIAS, Role.QUERY_NORM, attention, queryFactor),
                own ? projection(i, Role.KEY, Role.KEY_BIAS, Role.KEY_NORM, attention, keyFactor) : null,
                own ? projection(i, Role.VALUE, Role.VALUE_BIAS, null, attention, queryFactor) : null,
                attention.additions().outputGate() ? linear(Role.ATTENTION_GATE, i) : null,
                dense(i, Role.ATTENTION_OUTPUT, attention.outputBias(), Role.ATTENTION_OUTPUT_BIAS),
                pool);
    }

    private AttentionCore core(int i, AttentionConfig attention) {
        var rope = attention.rope();
        return new AttentionCore(
                attention.holder(i),
                attention.keepsKv(),
                Shapes.attention(config, i).withSinks(sinks(i, attention)),
                rope == null ? null : ropes.computeIfAbsent(rope, Rope::new),
                pool);
    }

    private LatentMixer latent(int i, AttentionConfig attention, LatentAttention latent) {
        var keys = new ArrayList<Linear>();
        var values = new ArrayList<Linear>();
        for (int head = 0; head < attention.queryHeads(); head++) {
            keys.add(linear(weights.part(Role.LATENT_KEYS, i, head)));
            values.add(linear(weights.part(Role.LATENT_VALUES, i, head)));
        }
        var compressed = latent.queryRank() == 0
                ? null
                : new LatentMixer.Compressed(
                        linear(Role.LATENT_QUERY_DOWN, i),
                        weights.get(Role.LATENT_QUERY_NORM, i).toFloats());
        return new LatentMixer(
                core(i, attention),
                latent,
                compressed,
                linear(Role.LATENT_QUERY, i),
                linear(Role.LATENT_DOWN, i),
                weights.get(Role.LATENT_NORM, i).toFloats(),
                keys,
                values,
                linear(Role.ATTENTION_OUTPUT, i),
                pool);
    }

    private Projection projection(
            int layer, Role weights, Role bias, @Nullable Role norm, AttentionConfig attention, float factor) {
        return new Projection(
                linear(weights, layer),
                bias(attention.biases(), bias, layer),
                norm == null ? valueNorm(attention) : headNorm(layer, attention, norm),
                factor);
    }

    /** The norm of values, which has no weight. */
    private @Nullable Norm valueNorm(AttentionConfig attention) {
        var ones = new float[attention.headDim()];
        Arrays.fill(ones, 1);
        return attention.additions().valueNorm()
                ? new RmsNorm(ones, config.norms().epsilon())
                : null;
    }

    private float @Nullable [] sinks(int layer, AttentionConfig attention) {
        return attention.additions().sinks()
                ? weights.get(Role.ATTENTION_SINKS, layer).toFloats()
                : null;
    }

    private @Nullable Norm headNorm(int layer, AttentionConfig attention, Role role) {
        return switch (attention.headNorm()) {
            case NONE -> null;
            case SHARED, TOGETHER -> norm(role, layer);
            case OWN ->
                new LayerNorm(
                        weights.get(role, layer),
                        null,
                        attention.headDim(),
                        config.norms().epsilon());
        };
    }

    private Dense dense(int layer, Role role, boolean biased, Role bias) {
        return new Dense(linear(role, layer), bias(biased, bias, layer));
    }

    private float @Nullable [] bias(boolean there, Role role, int layer) {
        return there ? weights.get(role, layer).toFloats() : null;
    }

    private Linear linear(Role role, int layer) {
        return linear(weights.get(role, layer));
    }

    private Linear linear(WeightRows rows) {
        return packer.pack(rows);
    }

    private Norm norm(Role role, int layer) {
        var weight = weights.get(role, layer);
        return switch (config.norms().kind()) {
            case RMS -> new RmsNorm(weight, config);
            case LAYER_WITHOUT_BIAS -> layerNorm(weight, null);
            case LAYER -> layerNorm(weight, weights.get(biasOf(role), layer));
        };
    }

    private LayerNorm layerNorm(WeightRows weight, @Nullable WeightRows bias) {
        return new LayerNorm(weight, bias, weight.columns(), config.norms().epsilon());
    }

    private static Role biasOf(Role norm) {
        return switch (norm) {
            case ATTENTION_NORM -> Role.ATTENTION_NORM_BIAS;
            case FEED_FORWARD_NORM -> Role.FEED_FORWARD_NORM_BIAS;
            case FINAL_NORM -> Role.FINAL_NORM_BIAS;
            default -> throw new IllegalStateException("the " + norm.label() + " has no bias in any architecture");
        };
    }
}
