package io.hayloft.formats.checkpoint;

import io.hayloft.formats.config.RopeConfig;
import io.hayloft.formats.config.RopeConfig.Scaling;
import io.hayloft.formats.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The rotation of a GGUF model. Llama 3 scaling comes as a tensor with a divisor for each frequency, LongRoPE as two of
 * them, everything else as metadata.
 */
final class GgufRope {
    private static final double GEMMA3_LOCAL_THETA = 10_000;
    private static final int MOST_PAIRS = 1 << 15;

    private final Fields fields;
    private final Map<String, Tensor> tensors;
    private final double theta;
    private final int dims;
    private final boolean rounded;
    private final boolean scoresScaled; // by YaRN's factor, in place of queries and keys

    GgufRope(Fields fields, Map<String, Tensor> tensors, int headDim, Architecture architecture) {
        this.fields = fields;
        this.tensors = tensors;
        this.theta = fields.number("rope.freq_base", 10_000);
        this.dims = fields.positive("rope.dimension_count", headDim);
        this.scoresScaled = architecture.isDeepSeek();
        this.rounded = architecture != Architecture.GPT_OSS; // no key says how the bounds of YaRN are taken
    }

    /** The rotation of layers that see everything. */
    RopeConfig full() {
        return new RopeConfig(theta, dims, scaling());
    }

    /** The rotation of sliding layers in Gemma 3: its own theta, never scaled. */
    RopeConfig local() {
        return RopeConfig.plain(fields.number("rope.freq_base_swa", GEMMA3_LOCAL_THETA), dims);
    }

    /** The same rotation for sliding layers of architectures that have only one; a key that says otherwise is an error. */
    RopeConfig sameForSliding(RopeConfig full) {
        if (fields.number("rope.freq_base_swa", theta) != theta) {
            throw fields.error("another rope.freq_base_swa than rope.freq_base is only supported in gemma3");
        }
        return full;
    }

    private Scaling scaling() {
        if (fields.positive("rope.dimension_count_swa", dims) != dims) {
            throw fields.error("another rope.dimension_count_swa than rope.dimension_count is not supported");
        }
        double factor = fields.number("rope.scaling.factor", fields.number("rope.scale_linear", 1));
        var type = fields.text("rope.scaling.type", factor == 1 ? "none" : "linear");
        boolean longRope = tensors.containsKey("rope_factors_long.weight");
        if (longRope || tensors.containsKey("rope_freqs.weight")) {
            if (factor != 1
                    || !(type.equals("none") || type.equals("linear") || (longRope && type.equals("longrope")))) {
                throw fields.error("rope scaling '" + type + "' by " + factor
                        + " beside a tensor with factors for each frequency is not supported");
            }
            return longRope ? longRope() : new RopeConfig.PerFrequency(numbers("rope_freqs.weight"));
        }
        return switch (type) {
            case "none" -> new RopeConfig.None();
            case "linear" -> factor == 1 ? new RopeConfig.None() : new RopeConfig.Linear(factor);
            case "yarn" -> yarn(factor);
            default ->
                throw fields.error("rope scaling '" + type + "' is not supported; supported are none, linear, yarn");
        };
    }

    private Scaling yarn(double factor) {
        boolean forScores = fields.number("rope.scaling.yarn_log_multiplier", 0) != 0;
        if (forScores && !scoresScaled) {
            throw fields.error("key 'rope.scaling.yarn_log_multiplier' is not supported: its scale differs between"
                    + " architectures");
        }
        double mix = fields.number("rope.scaling.yarn_ext_factor", -1); // negative: as the type says, which is 1
        if (mix >= 0 && mix != 1) {
            throw fields.error("key 'rope.scaling.yarn_ext_factor' must be 1, not " + mix);
        }
        double attention = fields.number("rope.scaling.attn_factor", 1)
                * fields.number("rope.scaling.yarn_attn_factor", 1)
                * (forScores ? 1 : RopeConfig.Yarn.defaultAttentionFactor(factor));
        return new RopeConfig.Yarn(
                factor,
                originalLength(),
                fields.number("rope.scaling.yarn_beta_fast", 32),
                fields.number("rope.scaling.yarn_beta_slow", 1),
                attention,
                rounded);
    }

    private Scaling longRope() {
        int original = originalLength();
        double factor = fields.positive("context_length") / (double) original;
        return new RopeConfig.LongRope(
                numbers("rope_factors_short.weight"),
                numbers("rope_factors_long.weight"),
                original,
                fields.number(
                        "rope.scaling.attn_factor", RopeConfig.LongRope.defaultAttentionFactor(factor, original)));
    }

    private int originalLength() {
        return fields.positive("rope.scaling.original_context_length", fields.positive("context_length"));
    }

    private List<Double> numbers(String name) {
        var tensor = tensors.get(name);
        if (tensor == null || tensor.elements() > MOST_PAIRS) {
            throw fields.error("tensor '" + name + "' is " + (tensor == null ? "missing" : "too long"));
        }
        var numbers = new ArrayList<Double>();
        for (float value : tensor.toFloats()) {
            numbers.add((double) value);
        }
        return numbers;
    }
}
