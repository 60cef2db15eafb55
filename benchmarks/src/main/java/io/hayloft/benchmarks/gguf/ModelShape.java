package io.hayloft.benchmarks.gguf;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a llama model, or of one with Mamba mixers.
 *
 * @param name what the user calls it
 * @param layers number of layers
 * @param hidden width of the residual stream
 * @param feedForward width inside the feed-forward layer
 * @param queryHeads query heads a layer; {@code hidden} is a multiple
 * @param kvHeads key and value heads a layer
 * @param vocabulary rows of the embedding
 * @param contextLength tokens that the model takes
 * @param ropeTheta base of the rotation's frequencies
 * @param ropeFactors divisor of each frequency, one for each pair of channels; empty for none
 * @param mixers Mamba mixers; null in a llama model
 * @param tied whether the embedding is the output matrix, too
 */
record ModelShape(
        String name,
        int layers,
        int hidden,
        int feedForward,
        int queryHeads,
        int kvHeads,
        int vocabulary,
        int contextLength,
        double ropeTheta,
        List<Double> ropeFactors,
        @Nullable StateSpaceLayers mixers,
        boolean tied) {
    private ModelShape(
            String name,
            int layers,
            int hidden,
            int feedForward,
            int queryHeads,
            int kvHeads,
            int vocabulary,
            int contextLength,
            double ropeTheta,
            List<Double> ropeFactors) {
        this(
                name,
                layers,
                hidden,
                feedForward,
                queryHeads,
                kvHeads,
                vocabulary,
                contextLength,
                ropeTheta,
                ropeFactors,
                null,
                true);
    }

    /** A model without attention, of any context. */
    private ModelShape(String name, int layers, int hidden, int vocabulary, StateSpaceLayers mixers) {
        this(name, layers, hidden, 0, 0, 0, vocabulary, 1 << 20, 10_000, List.of(), mixers, true);
    }

    /** Small enough for tests, wide enough for weight types of 256-element blocks. */
    static final ModelShape TINY = new ModelShape("tiny", 2, 256, 512, 4, 2, 1024, 8192, 10_000, List.of());

    /** SmolLM2-135M. */
    static final ModelShape SMOLLM2_135M =
            new ModelShape("135m", 30, 576, 1536, 9, 3, 49_152, 32_768, 100_000, List.of());

    /** Llama-3.2-1B. */
    static final ModelShape LLAMA_1B =
            new ModelShape("1b", 16, 2048, 8192, 32, 8, 128_256, 131_072, 500_000, llama3Factors(500_000, 64, 32));

    /** Llama-3.1-8B. */
    static final ModelShape LLAMA_8B = new ModelShape(
            "8b", 32, 4096, 14_336, 32, 8, 128_256, 131_072, 500_000, llama3Factors(500_000, 128, 8), null, false);

    /** Mamba-130M. */
    static final ModelShape MAMBA_130M =
            new ModelShape("mamba-130m", 24, 768, 50_280, new StateSpaceLayers("mamba", 1536, 16, 48, 1, 0));

    /** Mamba-2-130M. */
    static final ModelShape MAMBA2_130M =
            new ModelShape("mamba2-130m", 24, 768, 50_288, new StateSpaceLayers("mamba2", 1536, 128, 24, 1, 0));

    /** Small hybrids for tests. */
    static final ModelShape JAMBA_TINY = new ModelShape(
            "jamba-tiny",
            4,
            256,
            512,
            4,
            2,
            1024,
            8192,
            10_000,
            List.of(),
            new StateSpaceLayers("jamba", 512, 16, 16, 1, 4),
            true);

    static final ModelShape FALCON_TINY = new ModelShape(
            "falcon-h1-tiny",
            2,
            256,
            512,
            4,
            2,
            1024,
            8192,
            10_000,
            List.of(),
            new StateSpaceLayers("falcon-h1", 512, 32, 8, 1, 0),
            true);

    /** Falcon-H1-0.5B. */
    static final ModelShape FALCON_HALF = new ModelShape(
            "falcon-h1-0.5b",
            36,
            1024,
            2048,
            8,
            2,
            32_784,
            16_384,
            1e11,
            List.of(),
            new StateSpaceLayers("falcon-h1", 1536, 128, 24, 1, 0),
            true);

    private static final Map<String, ModelShape> KNOWN = known();

    private static Map<String, ModelShape> known() {
        var known = new LinkedHashMap<String, ModelShape>();
        for (var shape : List.of(
                TINY,
                SMOLLM2_135M,
                LLAMA_1B,
                LLAMA_8B,
                MAMBA_130M,
                MAMBA2_130M,
                JAMBA_TINY,
                FALCON_TINY,
                FALCON_HALF)) {
            known.put(shape.name, shape);
        }
        return known;
    }

    /**
     * The shape of this name.
     *
     * @throws UserError if there is none
     */
    static ModelShape named(String name) {
        var shape = KNOWN.get(name);
        if (shape == null) {
            var all = new ArrayList<>(KNOWN.keySet());
            all.addAll(RandomFamily.names());
            all.addAll(RandomFolder.names());
            throw Suggest.unknown("shape", name, all);
        }
        return shape;
    }

    /** The name of its kind in files. */
    String architecture() {
        return mixers == null ? "llama" : mixers.architecture();
    }

    int headDim() {
        return hidden / queryHeads;
    }

    int kvWidth() {
        return kvHeads * headDim();
    }

    /**
     * The frequency scaling of Llama 3.1 and later: waves longer than the original context are slowed by {@code factor},
     * those below a quarter of it are left, and what lies between is interpolated.
     */
    private static List<Double> llama3Factors(double theta, int headDim, double factor) {
        double context = 8192;
        double longest = 1;
        double shortest = 4;
        var factors = new Double[headDim / 2];
        for (int i = 0; i < factors.length; i++) {
            double wave = 2 * Math.PI * Math.pow(theta, 2.0 * i / headDim);
            double turns = context / wave;
            double kept = Math.clamp((turns - longest) / (shortest - longest), 0, 1);
            factors[i] = 1 / ((1 - kept) / factor + kept);
        }
        return List.of(factors);
    }
}
