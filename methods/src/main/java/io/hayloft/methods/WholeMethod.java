package io.hayloft.methods;

import io.hayloft.engine.cache.SequenceCache;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.SignalRequest;

/**
 * A method that builds its cache by itself.
 *
 * @param name canonical expression
 * @param family name without parameters
 * @param school how it saves bytes
 * @param requestedRatio full size over compressed size as asked for, NaN if it was not a ratio
 * @param builder makes the cache
 */
record WholeMethod(String name, String family, School school, double requestedRatio, CacheBuilder builder)
        implements Method {
    @Override
    public PrefillPattern prefillPattern() {
        return builder.prefillPattern();
    }

    @Override
    public SignalRequest signals() {
        return builder.signals();
    }

    @Override
    public int freeTokens() {
        return builder.freeTokens();
    }

    @Override
    public boolean keepsAll() {
        return builder.keepsAll();
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        return builder.build(prefill);
    }
}
