package io.hayloft.bench.predict;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.formats.config.AttentionConfig;
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
import java.util.Locale;
import java.util.TreeMap;

/** The parts of {@link Cost#key}: what decides how long a unit of work takes. */
final class CostNames {
    private CostNames() {}

    /** The matrices of a layer. */
    static String layer(ModelShape shape, LayerConfig layer, int number) {
        var types = new TreeMap<>(shape.types().layer(number))
                .values().stream()
                        .distinct()
                        .map(type -> type.name().toLowerCase(Locale.ROOT))
                        .toList();
        return "hidden " + shape.config().hidden() + ", " + mixer(layer.mixer()) + ", feed-forward "
                + feedForward(layer.feedForward()) + ", "
                + String.join(" ", types);
    }

    /** The feed-forward part of a layer. */
    private static String feedForward(LayerConfig.FeedForwardPart part) {
        return switch (part) {
            case LayerConfig.FeedForward dense ->
                dense.width() + " " + dense.activation().name().toLowerCase(Locale.ROOT)
                        + (dense.gated() ? "" : " plain") + (dense.biases() ? " biases" : "");
            case ExpertsConfig experts ->
                experts.chosen() + " of " + experts.experts() + " experts of " + feedForward(experts.each())
                        + (experts.shared() == null
                                ? ""
                                : " and " + feedForward(experts.shared().part()));
            case LayerConfig.None none -> "none";
            case RwkvConfig.ChannelMix mix -> mix.width() + " channel mix";
        };
    }

    /** The mixer of a layer. */
    static String mixer(LayerConfig.Mixer mixer) {
        return switch (mixer) {
            case AttentionConfig attention -> attention(attention);
            case LayerConfig.NoMixer none -> "no mixer";
            case LayerConfig.Recurrent recurrent -> recurrent(recurrent);
            case ParallelMixers both -> attention(both.attention()) + " beside " + recurrent(both.mamba());
            case SharedBlockConfig shared ->
                attention(shared.attention()) + ", adapters " + shared.adapterRank() + ", "
                        + feedForward(shared.feedForward()) + " before " + recurrent(shared.mamba());
        };
    }

    /** The sizes of a recurrent mixer. */
    private static String recurrent(LayerConfig.Recurrent mixer) {
        return switch (mixer) {
            case MambaConfig mamba ->
                "mamba " + mamba.channels() + " state " + mamba.stateSize() + " convolution " + mamba.convolution()
                        + " rank " + mamba.stepRank() + (mamba.innerNorms() ? " norms" : "");
            case Mamba2Config mamba ->
                "mamba2 " + mamba.heads() + "x" + mamba.headDim() + " groups " + mamba.groups() + " state "
                        + mamba.stateSize() + " convolution " + mamba.convolution();
            case DeltaConfig delta ->
                "delta " + delta.heads() + "/" + delta.keyHeads() + " keys " + delta.keyDim() + " values "
                        + delta.valueDim() + " convolution " + delta.convolution();
            case ShortConvolutionConfig convolution ->
                "convolution " + convolution.channels() + "x" + convolution.convolution();
            case GriffinConfig griffin ->
                "griffin " + griffin.channels() + " blocks " + griffin.blocks() + " convolution "
                        + griffin.convolution();
            case RwkvConfig rwkv -> "rwkv5 " + rwkv.heads() + "x" + rwkv.headSize();
        };
    }

    /** The attention of a layer. */
    static String attention(AttentionConfig attention) {
        var latent = attention.additions().latent();
        return "heads " + attention.queryHeads() + "/" + attention.kvHeads() + "x" + attention.headDim()
                + (attention.sliding() ? " window " + attention.window() : "")
                + (attention.softCap() > 0 ? " capped" : "")
                + (attention.additions().sinks() ? " sinks" : "")
                + (attention.additions().outputGate() ? " gated" : "")
                + (latent == null ? "" : " latent " + latent.rank() + "+" + latent.ropeDim());
    }

    /** How a prompt is read, empty for the usual pattern. */
    static String pattern(PrefillPattern pattern, boolean accumulated) {
        var name = switch (pattern) {
            case PrefillPattern.Exact exact -> "";
            case PrefillPattern.Stored stored -> ", as " + stored.codec().text();
            case PrefillPattern.Own own -> ", " + own.getClass().getSimpleName();
        };
        return name + (accumulated ? ", accumulated" : "");
    }

    /** The weights of a model. */
    static String model(ModelShape shape) {
        var config = shape.config();
        var kinds = LayerKinds.byLayer(config).kinds().stream()
                .map(kind -> kind.count() + " layers of "
                        + layer(shape, config.stack().get(kind.first()), kind.first()))
                .toList();
        return String.join("; ", kinds) + ", vocabulary " + config.vocabulary() + " "
                + shape.types().of(shape.outputRole(), -1).name().toLowerCase(Locale.ROOT);
    }
}
