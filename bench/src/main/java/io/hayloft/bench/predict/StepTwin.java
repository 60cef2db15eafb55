package io.hayloft.bench.predict;

import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The first layers of a model and its output, or part of it, with weights of zeros: as many as it takes that weights are read
 * from where those of the whole model are.
 */
final class StepTwin implements AutoCloseable {
    private static final long MOST_OUTPUT_BYTES = 256L << 20;
    private static final int LAYERS_OF_METHODS = 6;
    private static final int FEW_TOKENS = 64;
    private static final int DEPTH = 4096;
    private static final int SHALLOW = 16;
    private static final int LESS_DEEP = 768;

    /** If a step looks at less than so many times as much behind the longer prompt, its time says nothing of that. */
    private static final double MORE = 1.3;

    /** Untimed steps, in which caches are copied and methods begin to evict. */
    private static final int FIRST_STEPS = 2;

    private static final int MOST_STEPS = 24;

    private final LanguageModel model;
    private final Stopwatch watch;
    private final KvCodec cacheType;
    private final int context;
    private final long weights;
    private double rest; // seconds of a step without attention; 0 if it was not measured yet

    private StepTwin(
            ModelShape shape, KvCodec cacheType, int threads, Stopwatch watch, int mostLayers, int vocabulary) {
        this.cacheType = cacheType;
        this.watch = watch;
        var numbers = IntStream.range(0, layers(shape, mostLayers)).boxed().toList();
        var twin = TwinModel.ofLayers(shape, numbers, vocabulary);
        weights = new ModelShape(shape.name(), twin.config(), twin.types(), shape.origin()).stepBytes();
        context = shape.config().contextLength();
        model = twin.load(threads);
    }

    /** As many layers as lie within the limit, and those up to the first with attention if the model has one. */
    static int layers(ModelShape shape, int mostLayers) {
        var config = shape.config();
        int needed = IntStream.range(0, config.layers())
                .filter(layer -> config.findAttention(layer).isPresent())
                .findFirst()
                .orElse(0);
        int layers = 0;
        for (long bytes = 0; layers < Math.min(mostLayers, config.layers()); layers++) {
            bytes += shape.layerBytes(layers);
            if (layers > needed && bytes > TwinModel.MOST_LAYER_BYTES) {
                break;
            }
        }
        return Math.max(1, layers);
    }

    /** For the time of the model itself. */
    static StepTwin ofModel(ModelShape shape, KvCodec cacheType, int threads, Stopwatch watch) {
        long share = Math.max(1, shape.outputBytes() / MOST_OUTPUT_BYTES);
        int vocabulary = (int) Math.max(1, shape.config().vocabulary() / share);
        return new StepTwin(shape, cacheType, threads, watch, Integer.MAX_VALUE, vocabulary);
    }

    /** For what methods do in each layer: a few layers, and next to no output that would hide it. */
    static StepTwin ofMethods(ModelShape shape, KvCodec cacheType, int threads, Stopwatch watch) {
        int withAttention = IntStream.range(0, shape.config().layers())
                .filter(layer -> shape.config().findAttention(layer).isPresent())
                .limit(LAYERS_OF_METHODS)
                .max()
                .orElse(0);
        return new StepTwin(shape, cacheType, threads, watch, withAttention + 1, FEW_TOKENS);
    }

    /**
     * The time of a step's parts with a full cache.
     *
     * @param weights seconds of a byte of the weights, and all that a step takes besides
     * @param attention seconds of a channel of a query at a token
     */
    record Seconds(double weights, double attention) {}

    /** Measures the full cache of one sequence. */
    Seconds full(Method full) {
        var shallow = step(full, depth(SHALLOW), 1);
        if (!model.cacheShape().hasKv()) {
            return new Seconds(shallow.seconds / weights, 0);
        }
        var deep = step(full, depth(DEPTH), 1);
        double attention = Math.max(0, (deep.seconds - shallow.seconds) / (deep.channels - shallow.channels));
        double bytes = Math.max(shallow.seconds / 10, shallow.seconds - shallow.channels * attention);
        return new Seconds(bytes / weights, attention);
    }

    /**
     * Seconds of a byte of the weights in a step that several sequences take together.
     *
     * @param attention see {@link Seconds#attention}
     */
    double lockstep(Method full, int rows, double attention) {
        var step = step(full, depth(SHALLOW), rows);
        return Math.max(step.seconds / 10, step.seconds - step.channels * attention) / weights;
    }

    /**
     * The time of what a method does.
     *
     * @param upkeep seconds of a step in each layer with attention, whatever is looked at
     * @param attention seconds of a channel of a query at a token of its cache
     * @param build seconds of building the cache, for each token and layer with attention
     */
    record MethodSeconds(double upkeep, double attention, double build) {}

    /** Measures a method. */
    MethodSeconds method(Method method, Method full) {
        if (rest == 0) {
            rest = full(full).weights * weights;
        }
        var near = step(method, depth(LESS_DEEP), 1);
        var far = step(method, depth(DEPTH), 1);
        int layers = 0;
        for (int layer = 0; layer < model.config().layers(); layer++) {
            layers += model.cacheShape().isKv(layer) ? 1 : 0;
        }
        double build = far.build / ((double) layers * depth(DEPTH));
        double channel = (far.seconds - near.seconds) / (far.channels - near.channels);
        double upkeep = (near.seconds - rest - channel * near.channels) / layers;
        if (far.channels < MORE * near.channels || upkeep < 0 || channel < 0) {
            channel = (far.seconds - rest) / far.channels;
            upkeep = 0;
        }
        return new MethodSeconds(upkeep, Math.max(0, channel), build);
    }

    private int depth(int tokens) {
        return Math.max(1, Math.min(tokens, context - 2 * SHALLOW));
    }

    private record Step(double seconds, double channels, double build) {}

    private Step step(Method method, int tokens, int rows) {
        var prompt = new MadeUpPrompt(model, Content.PLAIN);
        try (var read = prompt.read(method.prefillPattern(), method.signals(), cacheType, tokens)) {
            double build = method.keepsAll() || tokens < depth(DEPTH) ? 0 : watch.typical(() -> build(method, read));
            try (var cache = method.build(read);
                    var steps = new Steps(cache, rows)) {
                for (int step = 1; step < method.freeTokens(); step++) {
                    model.decoder().step(new int[1], new SequenceCache[] {cache}, null);
                }
                double channels = rows * Attended.channels(cache, model.config());
                return new Step(watch.typical(steps), channels, build);
            }
        }
    }

    /** Seconds of building a cache; scores that another build has left are not used. */
    private double build(Method method, Prefilled read) {
        try (var cache = read.cache().fork()) {
            var fresh = new Prefilled(model, cache, read.signals(), read.seed()); // not closed: both parts go on
            var built = new SequenceCache[1];
            double seconds = watch.time(() -> built[0] = method.build(fresh));
            built[0].close();
            return seconds;
        }
    }

    /** Steps of copies of a cache, and again after some of them, so that they do not grow. */
    private final class Steps implements Stopwatch.Work, AutoCloseable {
        private final SequenceCache start;
        private final List<SequenceCache> own = new ArrayList<>();
        private final float[] logits;
        private final int[] tokens;
        private int taken;

        Steps(SequenceCache start, int rows) {
            this.start = start;
            this.tokens = new int[rows];
            this.logits = new float[Math.multiplyExact(rows, model.config().vocabulary())];
        }

        @Override
        public double seconds() {
            if (own.isEmpty() || taken == MOST_STEPS) {
                close();
                for (int row = 0; row < tokens.length; row++) {
                    own.add(start.fork());
                }
                for (int step = 0; step < FIRST_STEPS; step++) {
                    take();
                }
                taken = 0;
            }
            taken++;
            return watch.time(this::take);
        }

        private void take() {
            for (int row = 0; row < tokens.length; row++) {
                tokens[row] = (tokens[row] + 1 + row) % model.config().vocabulary();
            }
            model.decoder().step(tokens, own.toArray(SequenceCache[]::new), logits);
        }

        @Override
        public void close() {
            own.forEach(SequenceCache::close);
            own.clear();
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
