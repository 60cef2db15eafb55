package io.hayloft.methods;

import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.prompt.PromptStep;
import io.hayloft.methods.score.Scorer;
import io.hayloft.methods.score.Scores;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A method made of at most one of each: a shorter prompt, a choice of tokens, a codec; in this order.
 *
 * @param name canonical expression
 * @param family name without parameters
 * @param school how it saves bytes
 * @param shorten what happens to the text of the prompt, null for nothing
 * @param evict which tokens stay, null for all
 * @param store how they are stored, null for the run's cache type
 */
record ComposedMethod(
        String name,
        String family,
        School school,
        Term.@Nullable Shorten shorten,
        Term.@Nullable Evict evict,
        Term.@Nullable Store store)
        implements Method {
    @Override
    public double requestedRatio() {
        if (shorten == null && evict == null) {
            return store == null ? 1 : Double.NaN;
        }
        double text = shorten == null ? 1 : shorten.step().budget().requestedRatio();
        double tokens = evict == null ? 1 : evict.budget().requestedRatio();
        return text * tokens;
    }

    @Override
    public int keptTokens(int prompt, int group) {
        return evict == null ? prompt : evict.budget().keptTokens(prompt);
    }

    @Override
    public Optional<PromptStep> prompt() {
        return Optional.ofNullable(shorten).map(Term.Shorten::step);
    }

    @Override
    public SignalRequest signals() {
        return evict == null ? SignalRequest.NONE : evict.scorer().signals();
    }

    @Override
    public PrefillPattern prefillPattern() {
        return store != null && store.promptToo() ? new PrefillPattern.Stored(store.codec()) : PrefillPattern.EXACT;
    }

    @Override
    public boolean keepsAll() {
        return evict == null && (store == null || store.promptToo());
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        if (keepsAll()) {
            return prefill.cache().fork();
        }
        var pool = prefill.model().pool();
        KvCodec codec = store == null ? prefill.cache().codec() : store.codec();
        if (evict == null || evict.budget().requestedRatio() == 1) {
            return Compaction.select(prefill.cache(), null, codec, prefill.reserveNewTokens(), null, pool);
        }
        int budget = evict.budget().keptTokens(prefill.tokens());
        var kept = keep(prefill, evict, budget);
        int capacity = evict.budget().capacity(prefill.tokens());
        var policy = evict.rule().policy(prefill, kept, capacity);
        return Compaction.select(prefill.cache(), kept, codec, prefill.reserveNewTokens(), policy, pool);
    }

    /** Scores that do not go by the budget are computed once for all methods that share the prefill. */
    private static float[][] scores(Scorer scorer, LayerView view, int budget) {
        return scorer.needsBudget() ? scorer.score(view, budget) : view.once(scorer, () -> scorer.score(view, budget));
    }

    /** The kept slots by layer and KV head; null for sliding-window layers, which bound themselves. */
    private static int[] @Nullable [][] keep(Prefilled prefill, Term.Evict evict, int budget) {
        int layers = prefill.model().config().layers();
        var kept = new int[layers][][];
        prefill.model().pool().run(layers, (layer, worker) -> {
            var view = prefill.view(layer);
            if (view.shape().window() == 0) {
                var scores = scores(evict.scorer(), view, budget);
                kept[layer] = new int[scores.length][];
                for (int head = 0; head < scores.length; head++) {
                    kept[layer][head] = Scores.top(scores[head], budget);
                }
            }
        });
        return kept;
    }
}
