package io.hayloft.methods.window;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;

/**
 * A prompt read as InfLLM does: chunk by chunk, each of which chooses blocks for itself. The last token is read alone
 * and chooses alone.
 *
 * @param retrieval how many tokens are in sight
 */
public record BlockPrefill(Retrieval retrieval) implements PrefillPattern.Own {
    @Override
    public SequenceCache cache(LanguageModel model, KvCodec codec, int tokens) {
        var sizes = retrieval.sizes(tokens);
        int queryHeads = model.config().firstAttention().orElseThrow().queryHeads();
        var store = BlockStore.empty(sizes, model.cacheShape(), queryHeads, codec);
        try {
            var near = model.cacheShape().narrowed(sizes.local());
            return new SequenceCache(near, codec, null, store);
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
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
