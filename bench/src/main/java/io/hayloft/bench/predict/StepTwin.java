package io.hayloft.bench.predict;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Method;
import java.util.List;

/**
 * The first layers of a model and its output, or part of it, with weights of zeros: as many as it takes that weights are read
 * from where those of the whole model are.
 */
final class StepTwin implements AutoCloseable {
    private static final long MOST_LAYER_BYTES = 256L << 20;
    private static final long MOST_OUTPUT_BYTES = 256L << 20;
    private static final int DEPTH = 4096;
    private static final int SHALLOW = 16;

    /** Steps of a run: caches grow by so many tokens, which changes little. */
    private static final int STEPS = 8;

    private final LanguageModel model;
    private final Stopwatch watch;
    private final KvCodec cacheType;
    private final int depth;
    private final long weights;

    StepTwin(ModelShape shape, KvCodec cacheType, int threads, Stopwatch watch) {
        var whole = shape.config();
        this.cacheType = cacheType;
        this.watch = watch;
        int layers = 1;
        for (long bytes = shape.layerBytes(0); layers < whole.layers(); layers++) {
            bytes += shape.layerBytes(layers);
            if (bytes > MOST_LAYER_BYTES) {
                break;
            }
        }
        long share = Math.max(1, shape.outputBytes() / MOST_OUTPUT_BYTES);
        var in = whole.tokens();
        int vocabulary = (int) Math.max(1, in.vocabulary() / share);
        var tokens =
                new DecoderConfig.Tokens(vocabulary, -1, List.of(), in.embeddingScale(), in.tiedOutput(), in.softCap());
        var config = new DecoderConfig(
                whole.architecture(),
                whole.hidden(),
                whole.context(),
                tokens,
                whole.norms(),
                whole.stack().subList(0, layers));
        var types =
                new WeightTypes(shape.types().global(), shape.types().layers().subList(0, layers));
        weights = new ModelShape(shape.name(), config, types, shape.origin()).weightBytes();
        depth = Math.max(1, Math.min(DEPTH, whole.contextLength() - 2 * SHALLOW));
        model = new TwinModel(config, types, TwinModel.ZEROS).load(threads);
    }

    /**
     * Seconds of a byte of weights, and of a channel of a query at a token of a full cache.
     *
     * @param weights of the former
     * @param attention of the latter
     */
    record Seconds(double weights, double attention) {}

    /** Measures the full cache. */
    Seconds full(Method full) {
        var shallow = step(full, SHALLOW);
        var deep = step(full, depth);
        double attention = Math.max(1e-15, (deep.seconds - shallow.seconds) / (deep.channels - shallow.channels));
        double bytes = Math.max(shallow.seconds / 10, shallow.seconds - shallow.channels * attention);
        return new Seconds(bytes / weights, attention);
    }

    /**
     * Measures a channel of a query at a token of a method's cache.
     *
     * @param secondsOfByte of the weights
     */
    double attention(Method method, double secondsOfByte) {
        var deep = step(method, depth);
        return Math.max(1e-15, (deep.seconds - weights * secondsOfByte) / deep.channels);
    }

    private record Step(double seconds, double channels) {}

    private Step step(Method method, int tokens) {
        var prompt = new MadeUpPrompt(model, Content.PLAIN);
        var logits = new float[model.config().vocabulary()];
        try (var read = prompt.read(method.prefillPattern(), method.signals(), cacheType, tokens);
                var cache = method.build(read)) {
            for (int step = 1; step < method.freeTokens(); step++) {
                model.decoder().step(new int[1], new SequenceCache[] {cache}, logits);
            }
            double channels = Attended.channels(cache, model.config());
            return new Step(watch.typical(() -> steps(cache, logits)), channels);
        }
    }

    private double steps(SequenceCache cache, float[] logits) {
        try (var own = cache.fork()) {
            var sequences = new SequenceCache[] {own};
            model.decoder().step(new int[1], sequences, logits); // copies what it shares
            double seconds = watch.time(() -> {
                for (int step = 0; step < STEPS; step++) {
                    model.decoder().step(new int[1], sequences, logits);
                }
            });
            return seconds / STEPS;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
