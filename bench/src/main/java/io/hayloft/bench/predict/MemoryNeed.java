package io.hayloft.bench.predict;

import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.config.ShortConvolutionConfig;
import io.hayloft.methods.Method;

/**
 * The resident memory of a process at its worst moment: weights, caches, what is recorded of a prompt, the activations of a
 * chunk, and Java itself.
 *
 * @param weights bytes of the packed matrices
 */
record MemoryNeed(DecoderConfig config, long weights) {
    /** The Java machine with the classes of the program, compiled code and a small heap, without a model. */
    static final long JAVA = 250_000_000;

    static MemoryNeed of(ModelShape shape) {
        return new MemoryNeed(shape.config(), shape.weightBytes());
    }

    /** Bytes that are needed whatever the prompt: weights, activations of a chunk, Java. */
    long fixed() {
        return weights + activations() + JAVA;
    }

    /**
     * The worst moment of sequences that are read one after the other and decode together.
     *
     * @param sizes of one of their caches
     */
    long peak(Method method, CacheSizes sizes, int tokens, int batch) {
        return fixed() + prompt(method, sizes, tokens) + batch * sequence(sizes);
    }

    /** The largest batch whose worst moment a memory has room for. */
    int batch(Method method, CacheSizes sizes, int tokens, long bytes) {
        long room = bytes - fixed() - prompt(method, sizes, tokens);
        return Math.clamp(room / sequence(sizes), 0, Integer.MAX_VALUE);
    }

    /** A sequence that decodes: its cache and its logits. */
    private long sequence(CacheSizes sizes) {
        return sizes.stored() + (long) Float.BYTES * config.vocabulary();
    }

    /** The cache of the prompt that is read last, unless it becomes a sequence's own, and what is recorded of it. */
    private long prompt(Method method, CacheSizes sizes, int tokens) {
        return method.signals().heapBytes(config, tokens) + (method.keepsAll() ? 0 : sizes.prompt());
    }

    /** Floats of the rows of a chunk on their way through the layers, and their copies in the order of the kernels. */
    private long activations() {
        long widest = 0;
        long inner = 0;
        long scratch = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.findAttention(layer);
            widest = Math.max(
                    widest,
                    attention
                            .map(own -> 2L * (own.queryWidth() + own.kvWidth()))
                            .orElse(0L));
            inner = Math.max(inner, config.innerWidth(layer));
            scratch = Math.max(scratch, scratch(config.stack().get(layer)));
        }
        long columns =
                3L * config.hidden() + widest + scratch + 2 * inner + Math.max(inner, config.hidden()) + streams();
        return Float.BYTES * columns * PrefillOptions.DEFAULT_CHUNK;
    }

    /** Columns of residual streams and of what tokens put into layers, each with what they are made of. */
    private long streams() {
        var streams = config.streams();
        return streams == null
                ? 0
                : 2L * streams.streams() * config.hidden() + 2L * config.layers() * streams.tokenWidth();
    }

    /** Columns of the rows that a recurrent mixer, experts or parts side by side make on their way. */
    private long scratch(LayerConfig layer) {
        long hidden = config.hidden();
        long mixer = switch (layer.mixer()) {
            case AttentionConfig attention -> scratch(attention);
            case LayerConfig.NoMixer none -> 0;
            case SharedBlockConfig shared ->
                4 * hidden + shared.adapterRank() + 2L * shared.feedForward().width() + scratch(shared.mamba());
            case MambaConfig mamba -> 4L * mamba.channels() + 2L * mamba.parameterWidth();
            case Mamba2Config mamba -> scratch(mamba);
            case DeltaConfig delta ->
                (long) delta.projectionWidth() + delta.convolutionChannels() + delta.valueWidth() + 2L * delta.heads();
            case ShortConvolutionConfig convolution -> 4L * convolution.channels();
            case ParallelMixers both -> hidden + scratch(both.mamba());
            case GriffinConfig griffin -> 4L * griffin.channels();
            case RwkvConfig rwkv -> 4 * hidden + 5L * rwkv.channels();
        };
        long feedForward = switch (layer.feedForward()) {
            case ExpertsConfig experts -> experts.experts() + 3 * experts.chosen() + 2 * hidden;
            case LayerConfig.FeedForward dense -> config.norms().placement().parallel() ? hidden : 0;
            case LayerConfig.None none -> 0;
            case RwkvConfig.ChannelMix mix -> 3 * hidden + mix.width();
        };
        return Math.max(mixer, feedForward);
    }

    private static long scratch(AttentionConfig attention) {
        var latent = attention.additions().latent();
        if (latent == null) {
            return attention.additions().outputGate() ? attention.queryWidth() : 0;
        }
        long queries = (long) attention.queryHeads() * Math.max(latent.queryDim(), latent.valueDim());
        return latent.cachedDim() + latent.queryRank() + queries + latent.nopeDim() + latent.rank();
    }

    private static long scratch(Mamba2Config mamba) {
        return (long) mamba.projectionWidth() + mamba.convolutionChannels() + mamba.channels();
    }
}
