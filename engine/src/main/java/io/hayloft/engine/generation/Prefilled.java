package io.hayloft.engine.generation;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.kv.cache.SequenceCache;
import java.util.function.Supplier;

/** A prompt (or its context) that was read once: what every method with its {@link PrefillPattern} starts from. */
public final class Prefilled implements AutoCloseable {
    private final LanguageModel model;
    private final SequenceCache cache;
    private final PrefillSignals signals;
    private final long seed;
    private final SharedWork shared = new SharedWork(System::nanoTime);
    private boolean owned = true;

    /**
     * Takes ownership of the cache.
     *
     * @param seed seed of methods that draw at random
     */
    public Prefilled(LanguageModel model, SequenceCache cache, PrefillSignals signals, long seed) {
        this.model = model;
        this.cache = cache;
        this.signals = signals;
        this.seed = seed;
    }

    /** The model that read the prompt. */
    public LanguageModel model() {
        return model;
    }

    /** The cache of all tokens, in the run's full type unless the pattern stores another. Methods leave it as it is. */
    public SequenceCache cache() {
        return cache;
    }

    /** The signals recorded while the prompt was read. */
    public PrefillSignals signals() {
        return signals;
    }

    /** Number of tokens read. */
    public int tokens() {
        return signals.tokens();
    }

    /** Seed of methods that draw at random. */
    public long seed() {
        return seed;
    }

    /** One layer of the prefill as scorers see it. */
    public LayerView view(int layer) {
        return new LayerView(this, layer);
    }

    /** See {@link LayerView#once}. */
    float[][] once(int layer, Object key, Supplier<float[][]> compute) {
        return shared.once(layer, key, compute);
    }

    /** Begins the account of another method. */
    void startMethod() {
        shared.startMethod();
    }

    /** Seconds that this method would have spent on results that other methods had computed before it. */
    double borrowedSeconds() {
        int threads = Math.min(model.pool().threads(), model.config().layers());
        return shared.borrowedNanos() * 1e-9 / threads; // computed by as many threads as its own work
    }

    /** The cache itself, for a method that keeps all: from now on the caller closes it. */
    SequenceCache handOver() {
        owned = false;
        return cache;
    }

    /** Frees signals, shared results and, unless it was handed over, the cache. */
    @Override
    public void close() {
        shared.clear();
        signals.clear();
        if (owned) {
            owned = false;
            cache.close();
        }
    }
}
