package io.hayloft.methods;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.SequenceCache;
import org.jspecify.annotations.Nullable;

/**
 * A method made of at most one of each: a shorter prompt, a choice of tokens, a codec; in this order.
 *
 * @param id its name, and how the text of the prompt is shortened
 * @param eviction which tokens stay, null for all
 * @param store how they are stored, null for the run's cache type
 */
public record ComposedMethod(MethodId id, @Nullable Eviction eviction, Part.@Nullable Store store) implements Method {
    /** The eviction, unless it keeps everything. */
    private @Nullable Eviction active() {
        return eviction == null || eviction.budget().requestedRatio() == 1 ? null : eviction;
    }

    @Override
    public double requestedRatio() {
        boolean onlyStored = id.prompt() == null && eviction == null && store != null;
        double tokens = eviction == null ? 1 : eviction.budget().requestedRatio();
        return onlyStored ? Double.NaN : id.textRatio() * tokens;
    }

    @Override
    public int keptTokens(int prompt, int group) {
        var choice = active();
        return choice == null ? prompt : choice.rule().keptTokens(choice.budget(), prompt);
    }

    @Override
    public SignalRequest signals() {
        var choice = active();
        return choice == null ? SignalRequest.NONE : choice.scorer().signals();
    }

    @Override
    public PrefillPattern prefillPattern() {
        var choice = active();
        if (choice != null) {
            return choice.rule().prefillPattern();
        }
        return store != null && store.promptToo() ? new PrefillPattern.Stored(store.codec()) : PrefillPattern.EXACT;
    }

    @Override
    public boolean keepsAll() {
        return active() == null && (store == null || store.promptToo());
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        if (keepsAll()) {
            return prefill.cache().fork();
        }
        var choice = active();
        var codec = store == null ? prefill.cache().codec() : store.codec();
        return choice == null
                ? Compaction.select(
                        prefill.cache(), null, codec, null, prefill.model().pool())
                : choice.rule().build(prefill, choice, codec);
    }
}
