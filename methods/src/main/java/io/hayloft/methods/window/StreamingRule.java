package io.hayloft.methods.window;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Allocator;
import io.hayloft.methods.Budget;
import io.hayloft.methods.DecodeRule;
import io.hayloft.methods.Eviction;
import io.hayloft.methods.window.SinkStore.QueryPlace;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * StreamingLLM after the choice of {@link SinkAndWindowScorer}: where the sinks lie, how far away queries find them, and
 * whether the window slides on.
 *
 * <p>With original positions sinks and window share one cache. With others the sinks lie in a {@link SinkStore}, so that
 * queries can be rotated for them apart. A prompt that is read with a window leaves behind the cache as it is.
 *
 * <p>Deviation: by default queries find kept tokens at their original positions; the paper places them by their slots in
 * the cache ({@link SinkPositions#SLOT}).
 *
 * @param sinks how many of the tokens in sight are sinks
 * @param positions how far away queries find the sinks
 * @param windowed prefill with a sliding window; null if the prompt's tokens see everything
 * @param slides whether the window moves on while decoding; if not, new tokens are appended and nothing leaves
 */
public record StreamingRule(
        Sinks sinks, SinkPositions positions, @Nullable WindowedPrefill windowed, boolean slides)
        implements DecodeRule {
    /**
     * StreamingLLM with all its options.
     *
     * @param windowed whether the prompt's tokens see sinks and window only
     */
    public static Eviction eviction(
            Budget budget,
            Allocator allocator,
            Sinks sinks,
            SinkPositions positions,
            boolean windowed,
            boolean slides) {
        var prefill = windowed ? new WindowedPrefill(budget, sinks, positions) : null;
        var rule = new StreamingRule(sinks, positions, prefill, slides);
        return new Eviction(new SinkAndWindowScorer(sinks), budget, allocator, rule);
    }

    /** Whether sinks and window lie in one cache, as other methods have it. */
    private boolean oneCache() {
        return windowed == null && positions == SinkPositions.ORIGINAL;
    }

    @Override
    public boolean evicts() {
        return slides;
    }

    @Override
    public boolean takesCodec() {
        return oneCache();
    }

    @Override
    public PrefillPattern prefillPattern() {
        return windowed == null ? PrefillPattern.EXACT : windowed;
    }

    /** A prompt that is read with a window leaves behind the tokens in it, in whole blocks: at most all. */
    @Override
    public int keptTokens(Budget budget, int prompt) {
        return windowed == null ? budget.keptTokens(prompt) : prompt;
    }

    @Override
    public @Nullable CachePolicy policy(Prefilled prefill, KeptTokens kept) {
        return slides ? new SlidingWindow(sinks, kept.capacities()) : null;
    }

    @Override
    public SequenceCache build(Prefilled prefill, Eviction eviction, KvCodec codec) {
        if (windowed != null) {
            // A copy has no room left over from the prompt, which a cache that is handed over would count.
            return prefill.cache().fork();
        }
        return oneCache()
                ? DecodeRule.super.build(prefill, eviction, codec)
                : withStore(prefill, eviction.choose(prefill), eviction.budget(), codec);
    }

    private SequenceCache withStore(Prefilled prefill, KeptTokens kept, Budget budget, KvCodec codec) {
        int tokens = prefill.tokens();
        int count = budget.keptTokens(tokens);
        int first = sinks.of(count);
        // While a step runs, the new token is in sight beside the full cache.
        int limit = slides ? budget.capacity(tokens) : Integer.MAX_VALUE;
        var place = new QueryPlace(tokens - count, limit, positions == SinkPositions.CLAMPED);
        var capacities = new int[kept.capacities().length] @Nullable [];
        for (int layer = 0; layer < capacities.length; layer++) {
            var own = kept.capacities()[layer];
            capacities[layer] = own == null
                    ? null
                    : Arrays.stream(own).map(room -> room - first).toArray();
        }
        var policy = slides ? new SlidingWindow(new Sinks(0, 0), capacities) : null;
        var source = prefill.cache();
        var pool = prefill.model().pool();
        var window = part(source, kept, first, count, true);
        var held = Compaction.tokens(source, part(source, kept, 0, first, false), codec, pool);
        return Compaction.select(source, window, codec, policy, new SinkStore(first, 1, place, held), pool);
    }

    /**
     * Some of each head's kept slots.
     *
     * @param from first of them, by rank
     * @param all whether layers with a sliding window keep all of their slots, or else none
     */
    private static int[][][] part(SequenceCache source, KeptTokens kept, int from, int to, boolean all) {
        var slots = new int[source.shape().layers()][][];
        for (int layer = 0; layer < slots.length; layer++) {
            if (!source.shape().isKv(layer)) {
                slots[layer] = new int[0][];
                continue;
            }
            var own = kept.slots()[layer];
            slots[layer] = new int[source.shape().kv(layer).kvHeads()][];
            for (int head = 0; head < slots[layer].length; head++) {
                int length = all ? source.layer(layer).length(head) : 0;
                slots[layer][head] =
                        own == null ? IntStream.range(0, length).toArray() : Arrays.copyOfRange(own[head], from, to);
            }
        }
        return slots;
    }
}
