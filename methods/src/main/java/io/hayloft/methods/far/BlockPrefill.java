package io.hayloft.methods.far;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;

/**
 * A prompt read as InfLLM does: stretch by stretch, each of which chooses blocks for itself. The last token is read alone
 * and chooses alone.
 *
 * @param retrieval how much is in sight
 */
public record BlockPrefill(Retrieval retrieval) implements PrefillPattern.Own {
    @Override
    public SequenceCache cache(LanguageModel model, KvCodec codec, int tokens) {
        var sizes = retrieval.sizes(tokens);
        var memory = BlockMemory.empty(sizes, model.cacheShape(), model.config().queryHeads(), codec);
        var near = WindowedPrefill.narrowed(model.cacheShape(), sizes.local());
        return new SequenceCache(near, codec, memory, memory);
    }

    @Override
    public int chunk(int standard) {
        return retrieval.sizes(1).rows();
    }

    @Override
    public boolean lastAlone() {
        return true;
    }
}
