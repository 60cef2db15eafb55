package io.hayloft.bench.predict;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.kv.cache.KvCodec;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Two layers of a model, alike, with weights of zeros: chunks of prompts run through them at any depth. */
final class ReadTwin implements AutoCloseable {
    private static final int VOCABULARY = 512;

    /** Rows of the chunks with which the JIT compiler is kept busy at first. */
    private static final int FEW_ROWS = 24;

    /** If a query looks at less than so many times as many tokens behind a prompt, its time says nothing of theirs. */
    private static final double MORE = 1.2;

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
        int context = shape.config().contextLength();
        this.cacheType = cacheType;
        this.watch = watch;
        this.rows = Math.min(PrefillOptions.DEFAULT_CHUNK, Math.max(1, context / 4));
        this.depth = Math.min(7 * rows, context - rows);
        var twin = TwinModel.ofLayers(shape, List.of(number, number), VOCABULARY);
        this.model = twin.load(threads);
    }

    /**
     * The time of a prompt's parts.
     *
     * @param linear seconds of an operation of matrix products, and all that a row takes besides
     * @param attention seconds of a channel of a query at a token; 0 in layers without attention
     */
    record Seconds(double linear, double attention) {}

    /** Measures a pattern. */
    Seconds measure(PrefillPattern pattern, SignalRequest signals) {
        seconds(pattern, signals, 0, Math.min(FEW_ROWS, rows)); // warms up
        double start = seconds(pattern, signals, 0, rows);
        var attention = attention();
        if (attention.isEmpty()) {
            return new Seconds(start / linear(), 0);
        }
        double late = seconds(pattern, signals, depth, rows);
        double most = most(pattern);
        double near = looks(attention.get(), 0, most);
        double far = looks(attention.get(), depth, most);
        double channel = far > MORE * near ? Math.max(0, late - start) / (far - near) : 0;
        double row = Math.max(start / 10, start - near * channel) / linear();
        return new Seconds(row, channel);
    }

    private Optional<AttentionConfig> attention() {
        return model.config().findAttention(0);
    }

    /** Tokens that a query sees at most with a pattern when a prompt of the measured length is read. */
    private double most(PrefillPattern pattern) {
        if (!(pattern instanceof PrefillPattern.Own own)) {
            return Double.MAX_VALUE;
        }
        try (var read = new MadeUpPrompt(model, Content.PLAIN).read(own, SignalRequest.NONE, cacheType, depth + rows)) {
            double channels = Attended.channels(read.cache(), model.config());
            return channels / (2.0 * attention().orElseThrow().queryWidth());
        }
    }

    private double linear() {
        var work = new ReadWork(model.config());
        return work.linear(0, rows) + work.linear(1, rows);
    }

    private double looks(AttentionConfig attention, int depth, double most) {
        return 2 * ReadWork.attention(attention, depth, rows, most);
    }

    /** Seconds of a chunk behind so many tokens. */
    private double seconds(PrefillPattern pattern, SignalRequest signals, int depth, int chunk) {
        var prompt =
                new SplittableRandom(depth).ints(depth + chunk, 0, VOCABULARY).toArray();
        try (var before = new MadeUpPrompt(model, Content.PLAIN).readPart(pattern, signals, cacheType, depth, chunk)) {
            int together = pattern instanceof PrefillPattern.Own own ? own.chunk(chunk) : chunk;
            var options = new PrefillOptions(together, before.signals(), LogitsSink.NONE, ProgressListener.NONE);
            return watch.typical(() -> {
                try (var cache = before.cache().fork()) {
                    return watch.time(() -> model.decoder().prefill(prompt, depth, depth + chunk, cache, options));
                }
            });
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
