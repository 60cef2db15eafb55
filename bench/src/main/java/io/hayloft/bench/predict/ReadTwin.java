package io.hayloft.bench.predict;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.kv.cache.KvCodec;
import java.util.List;

/** Two layers of a model, alike, with weights of zeros: chunks of prompts run through them at any depth. */
final class ReadTwin implements AutoCloseable {
    private static final int VOCABULARY = 32;

    private final LayerConfig layer;
    private final LanguageModel model;
    private final Stopwatch watch;
    private final KvCodec cacheType;
    private final int rows;
    private final int depth;

    /**
     * Builds the layers.
     *
     * @param number of the layer in the model
     */
    ReadTwin(ModelShape shape, int number, KvCodec cacheType, int threads, Stopwatch watch) {
        var whole = shape.config();
        this.layer = whole.stack().get(number);
        this.cacheType = cacheType;
        this.watch = watch;
        this.rows = Math.min(PrefillOptions.DEFAULT_CHUNK, Math.max(1, whole.contextLength() / 4));
        this.depth = Math.min(7 * rows, whole.contextLength() - rows);
        var tokens = new DecoderConfig.Tokens(VOCABULARY, -1, List.of(), 1, true, 0);
        var config = new DecoderConfig(
                whole.architecture(), whole.hidden(), whole.context(), tokens, whole.norms(), List.of(layer, layer));
        var types = shape.types().layer(number);
        model = new TwinModel(config, new WeightTypes(shape.types().global(), List.of(types, types)), TwinModel.ZEROS)
                .load(threads);
    }

    /**
     * Seconds of an operation of matrix products, and of a channel of a query at a token.
     *
     * @param linear of the former
     * @param attention of the latter
     */
    record Seconds(double linear, double attention) {}

    /** Measures the usual pattern. */
    Seconds exact() {
        double start = seconds(PrefillPattern.EXACT, SignalRequest.NONE, 0);
        double late = seconds(PrefillPattern.EXACT, SignalRequest.NONE, depth);
        double more = attention(depth, Double.MAX_VALUE) - attention(0, Double.MAX_VALUE);
        double attention = more <= 0 ? 0 : Math.max(0, late - start) / more;
        double linear = Math.max(start / 10, start - attention(0, Double.MAX_VALUE) * attention) / linear();
        return new Seconds(linear, Math.max(attention, 1e-15));
    }

    /**
     * Measures a channel of a query at a token for another pattern, or with signals.
     *
     * @param linear seconds of an operation of matrix products
     */
    double attention(PrefillPattern pattern, SignalRequest signals, double linear) {
        double late = seconds(pattern, signals, depth);
        double most = most(pattern);
        return Math.max(1e-15, (late - linear() * linear) / attention(depth, most));
    }

    /** Tokens that a query sees at most with a pattern when a prompt of the measured length is read. */
    private double most(PrefillPattern pattern) {
        if (!(pattern instanceof PrefillPattern.Own own)) {
            return Double.MAX_VALUE;
        }
        try (var read = new MadeUpPrompt(model, Content.PLAIN).read(own, SignalRequest.NONE, cacheType, depth + rows)) {
            double channels = Attended.channels(read.cache(), model.config());
            return channels / (2.0 * model.config().attention(0).queryWidth());
        }
    }

    private double linear() {
        var work = new ReadWork(model.config());
        return work.linear(layer, rows, false) + work.linear(layer, rows, true);
    }

    private double attention(int depth, double most) {
        return 2 * ReadWork.attention(model.config().attention(0), depth, rows, most);
    }

    /** Seconds of a chunk behind this many tokens. */
    private double seconds(PrefillPattern pattern, SignalRequest signals, int depth) {
        var prompt = new int[depth + rows];
        try (var before = new MadeUpPrompt(model, Content.PLAIN).readPart(pattern, signals, cacheType, depth, rows)) {
            int chunk = pattern instanceof PrefillPattern.Own own ? own.chunk(rows) : rows;
            var options = new PrefillOptions(chunk, before.signals(), LogitsSink.NONE, ProgressListener.NONE);
            return watch.typical(() -> {
                try (var cache = before.cache().fork()) {
                    return watch.time(() -> model.decoder().prefill(prompt, depth, depth + rows, cache, options));
                }
            });
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
