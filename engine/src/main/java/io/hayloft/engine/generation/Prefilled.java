package io.hayloft.engine.generation;

import io.hayloft.engine.cache.SequenceCache;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.PrefillSignals;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** A prompt (or its context) read once: what every recipe with its {@link PrefillPattern} starts from. */
public final class Prefilled implements AutoCloseable {
    private final LanguageModel model;
    private final SequenceCache cache;
    private final PrefillSignals signals;
    private final int reserveNewTokens;
    private final long seed;
    private final Map<Computed, Shared> computed = new ConcurrentHashMap<>();
    private final LongAdder borrowedNanos = new LongAdder();
    private int recipe; // what worker threads see of it was written before they were given work
    private boolean owned = true;

    /** Something that recipes compute from a layer. */
    private record Computed(int layer, Object key) {}

    /** The result, what it took, and the last recipe that has been charged for it. */
    private static final class Shared {
        final float[][] result;
        final long nanos;
        int charged;

        Shared(float[][] result, long nanos, int charged) {
            this.result = result;
            this.nanos = nanos;
            this.charged = charged;
        }
    }

    /**
     * Takes ownership of the cache.
     *
     * @param reserveNewTokens tokens that will still be appended to each cache built from this
     * @param seed seed of methods that draw at random
     */
    public Prefilled(
            LanguageModel model, SequenceCache cache, PrefillSignals signals, int reserveNewTokens, long seed) {
        this.model = model;
        this.cache = cache;
        this.signals = signals;
        this.reserveNewTokens = reserveNewTokens;
        this.seed = seed;
    }

    /** The model that read the prompt. */
    public LanguageModel model() {
        return model;
    }

    /** The cache of all tokens, in the run's full type unless the pattern stores another. Recipes read it and leave it as it is. */
    public SequenceCache cache() {
        return cache;
    }

    /** What was recorded on the way. */
    public PrefillSignals signals() {
        return signals;
    }

    /** Number of tokens read. */
    public int tokens() {
        return signals.tokens();
    }

    /** Tokens that will still be appended to each cache. */
    public int reserveNewTokens() {
        return reserveNewTokens;
    }

    /** Seed of methods that draw at random. */
    public long seed() {
        return seed;
    }

    /** One layer of the prefill as scorers see it. */
    public LayerView view(int layer) {
        return new LayerView(this, layer);
    }

    /** See {@link LayerView#once}. Threads share out layers, so that each thing has one thread to compute it. */
    float[][] once(int layer, Object key, Supplier<float[][]> compute) {
        var what = new Computed(layer, key);
        var known = computed.get(what);
        if (known == null) {
            long start = System.nanoTime();
            var result = compute.get();
            known = new Shared(result, System.nanoTime() - start, recipe);
            computed.put(what, known);
        } else if (known.charged != recipe) {
            known.charged = recipe;
            borrowedNanos.add(known.nanos);
        }
        return known.result;
    }

    /** Begins the account of another recipe. */
    void startRecipe() {
        recipe++;
        borrowedNanos.reset();
    }

    /** What computing would have taken this recipe that others computed before it, spread over the threads as theirs was. */
    double borrowedSeconds() {
        int threads = Math.min(model.pool().threads(), model.config().layers());
        return borrowedNanos.sum() * 1e-9 / threads;
    }

    /** The cache itself, for a recipe that keeps all: from now on the caller closes it. */
    SequenceCache handOver() {
        owned = false;
        return cache;
    }

    @Override
    public void close() {
        computed.clear();
        if (owned) {
            cache.close();
        }
    }
}
