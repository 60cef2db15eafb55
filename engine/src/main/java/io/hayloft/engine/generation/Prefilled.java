package io.hayloft.engine.generation;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.kv.cache.SequenceCache;
import java.util.function.Supplier;

/** A prompt (or its context) read once: what every recipe with its {@link PrefillPattern} starts from. */
public final class Prefilled implements AutoCloseable {
    private final LanguageModel model;
    private final SequenceCache cache;
    private final PrefillSignals signals;
    private final int reserveNewTokens;
    private final long seed;
    private final SharedWork shared = new SharedWork(System::nanoTime);
    private boolean owned = true;

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

    /** See {@link LayerView#once}. */
    float[][] once(int layer, Object key, Supplier<float[][]> compute) {
        return shared.once(layer, key, compute);
    }

    /** Begins the account of another recipe. */
    void startRecipe() {
        shared.startRecipe();
    }

    /** What computing would have taken this recipe that others computed before it, spread over the threads as theirs was. */
    double borrowedSeconds() {
        int threads = Math.min(model.pool().threads(), model.config().layers());
        return shared.borrowedNanos() * 1e-9 / threads;
    }

    /** The cache itself, for a recipe that keeps all: from now on the caller closes it. */
    SequenceCache handOver() {
        owned = false;
        return cache;
    }

    @Override
    public void close() {
        shared.clear();
        if (owned) {
            cache.close();
        }
    }
}
