package io.hayloft.engine.generation;

import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.SequenceCache;

/** The uncompressed cache. */
record FullCache() implements CompressionMethod {
    @Override
    public String name() {
        return "full";
    }

    @Override
    public SignalRequest signals() {
        return SignalRequest.NONE;
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        return prefill.cache().fork();
    }

    @Override
    public boolean keepsAll() {
        return true;
    }
}
