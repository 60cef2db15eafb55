package io.hayloft.bench.predict;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.model.Shapes;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Predicts what methods cost with a model, from its shape alone. */
public final class Predictor implements AutoCloseable {
    /** Tokens of the longest prompt whose caches are built to find out what fits. */
    private static final int BUILT = 8192;

    private final ModelShape shape;
    private final KvCodec cacheType;
    private final CachePredictor caches;
    private final MemoryNeed memory;
    private final @Nullable TimePredictor times;
    private final Stopwatch watch;

    /**
     * A predictor for a model.
     *
     * @param cacheType how the full cache is stored
     * @param threads that predict, and that the predicted program has
     * @param machine where the program will run; null if its time is not asked for
     * @param progress hears what is being measured
     */
    public Predictor(
            ModelShape shape, KvCodec cacheType, int threads, @Nullable Machine machine, Consumer<String> progress) {
        this(shape, cacheType, threads, machine, Stopwatch.thorough(threads), progress);
    }

    /** A predictor that measures with another stopwatch. */
    Predictor(
            ModelShape shape,
            KvCodec cacheType,
            int threads,
            @Nullable Machine machine,
            Stopwatch watch,
            Consumer<String> progress) {
        this.shape = shape;
        this.watch = watch;
        this.cacheType = cacheType;
        this.memory = MemoryNeed.of(shape);
        this.times =
                machine == null ? null : new TimePredictor(shape, cacheType, threads, machine, watch, true, progress);
        this.caches = new CachePredictor(shape.config(), threads);
    }

    /** Why a method makes no sense for a model, in words that go on after a colon; empty if it does. */
    public static Optional<String> refusal(ModelShape shape, Method method) {
        return Generation.refusal(Shapes.cache(shape.config()), method);
    }

    /**
     * Predicts one method with one length of prompts.
     *
     * @throws UserError if the model takes no prompt of this length
     */
    public Prediction predict(Method method, int context) {
        check(context);
        int read = tokensRead(method, context);
        var sizes = caches.sizes(method, cacheType, read);
        return new Prediction(
                method.name(),
                context,
                sizes.stored(),
                sizes.exact() && read == context,
                sizes.low(),
                sizes.high(),
                sizes.read(),
                memory.peak(method, sizes, read, 1),
                times == null ? null : times.prefill(method, sizes, read),
                times == null ? null : times.build(method, sizes, read),
                times == null ? null : 1e3 * times.step(method, sizes, 1));
    }

    /**
     * Predicts how long a machine takes to answer one prompt with all methods, as a run does: those that read it alike share
     * the prefill, and decode in lockstep. Shortening texts is left out.
     *
     * @param answer tokens of each answer
     * @return seconds
     * @throws UserError if the model takes no prompt of this length
     */
    public double sampleSeconds(List<Method> methods, int context, int answer) {
        check(context);
        var predicting = Objects.requireNonNull(times, "time was not asked for");
        var sizes = Batch.sizes(methods);
        var read = new HashSet<Batch>();
        double seconds = 0;
        for (var method : methods) {
            int tokens = tokensRead(method, context);
            var cache = caches.sizes(method, cacheType, tokens);
            var batch = Batch.of(method);
            int together = sizes.getOrDefault(batch, 1);
            double weights = predicting.weights(together);
            if (read.add(batch)) {
                seconds += predicting.prefill(Batch.reader(method, methods), cache, tokens) + answer * weights;
            }
            seconds += predicting.build(method, cache, tokens);
            seconds += answer * Math.max(0, predicting.step(method, cache, together) - weights);
        }
        return seconds;
    }

    /** The machine with all that was measured; empty if time was not asked for. */
    public Optional<Machine> machine() {
        return Optional.ofNullable(times).map(TimePredictor::machine);
    }

    /** Whether what was measured came to rest; if not, other programs kept the machine busy, and times may be too long. */
    public boolean steady() {
        return watch.steady();
    }

    /** Whether a time was estimated from what other models take on the machine. */
    public boolean estimated() {
        return times != null && times.estimated();
    }

    /**
     * Finds the longest context and the largest batch that fit a memory.
     *
     * @param bytes of the memory
     * @throws UserError if not even the weights fit, or the model takes no prompt of this length
     */
    public Capacity capacity(Method method, int context, long bytes) {
        check(context);
        if (memory.fixed() >= bytes) {
            throw new UserError(Sizes.bytes(bytes) + " of memory are too little for " + shape.name()
                    + ": its weights take "
                    + Sizes.bytes(shape.weightBytes()) + ", and everything but caches " + Sizes.bytes(memory.fixed())
                    + ": give more --max-memory, or smaller --weights");
        }
        int read = tokensRead(method, context);
        int batch = memory.batch(method, caches.plain(method, cacheType, read), read, bytes);
        return new Capacity(method.name(), context, batch, longest(method, bytes));
    }

    /** Tokens of the longest prompt that fits; far beyond {@link #BUILT} the sizes of caches go on growing evenly. */
    private int longest(Method method, long bytes) {
        int limit = shape.config().contextLength();
        int built = Math.min(limit, BUILT);
        if (peak(method, built) > bytes) {
            return longest(method, bytes, built);
        }
        if (limit == built) {
            return limit;
        }
        int half = built / 2;
        double growth = Math.max(1e-9, (double) (peak(method, built) - peak(method, half)) / (built - half));
        double fitting = built + (bytes - peak(method, built)) / growth;
        return (int) Math.min(limit, fitting);
    }

    /** The longest prompt that fits and is shorter than one that does not. */
    private int longest(Method method, long bytes, int tooLong) {
        int fits = 0;
        int fails = tooLong;
        while (fails - fits > 1) {
            int middle = fits + (fails - fits) / 2;
            if (peak(method, middle) <= bytes) {
                fits = middle;
            } else {
                fails = middle;
            }
        }
        return fits;
    }

    private long peak(Method method, int context) {
        int read = tokensRead(method, context);
        return memory.peak(method, caches.plain(method, cacheType, read), read, 1);
    }

    private void check(int context) {
        int limit = shape.config().contextLength();
        if (context > limit) {
            throw new UserError("a context of " + context + " tokens is beyond the " + limit + " that " + shape.name()
                    + " was made for: give --context up to " + limit);
        }
    }

    /** Tokens that the model reads of a prompt, which a method may shorten before. */
    public static int tokensRead(Method method, int context) {
        return method.prompt().map(step -> step.budget().keptTokens(context)).orElse(context);
    }

    @Override
    public void close() {
        try (caches;
                times) {
            // both, also if one fails
        }
    }
}
