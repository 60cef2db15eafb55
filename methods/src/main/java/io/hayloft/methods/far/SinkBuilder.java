package io.hayloft.methods.far;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.kv.cache.Compaction;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Budget;
import io.hayloft.methods.CacheBuilder;
import io.hayloft.methods.far.SinkMemory.QueryPlace;
import io.hayloft.methods.policy.SlidingWindow;
import java.util.stream.IntStream;

/**
 * Sinks and a sliding window with the sinks at a place of their own, or with a prompt that is read in that way.
 *
 * @param budget tokens in sight
 * @param sinks how many of them are sinks
 * @param positions how far away the sinks are
 * @param windowed whether the prompt's tokens see a window, too; if not, they see everything
 * @param slides whether the window moves on while decoding
 */
public record SinkBuilder(Budget budget, Sinks sinks, Positions positions, boolean windowed, boolean slides)
        implements CacheBuilder {
    @Override
    public PrefillPattern prefillPattern() {
        return windowed ? new WindowedPrefill(budget, sinks, positions) : PrefillPattern.EXACT;
    }

    /** A prompt that is read with a window leaves behind what lies in it, in whole blocks: at most all. */
    @Override
    public int keptTokens(int prompt, int group) {
        return windowed ? prompt : budget.keptTokens(prompt);
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        // A copy has no room left over from the prompt, which a cache that is handed over would count.
        return windowed ? prefill.cache().fork() : afterDensePrefill(prefill);
    }

    private SequenceCache afterDensePrefill(Prefilled prefill) {
        int tokens = prefill.tokens();
        int kept = budget.keptTokens(tokens);
        int first = sinks.of(kept);
        int capacity = budget.capacity(tokens);
        var source = prefill.cache();
        var codec = source.codec();
        // While a step runs, the new token is in sight beside the full cache.
        int limit = slides ? capacity : Integer.MAX_VALUE;
        var place = new QueryPlace(tokens - kept, limit, positions == Positions.CLAMPED);
        var held = Compaction.select(
                source,
                slots(prefill, 0, first, 0),
                codec,
                0,
                null,
                prefill.model().pool());
        var memory = new SinkMemory(first, 1, place, held);
        var policy = slides ? new SlidingWindow(0, capacity - first) : null;
        var window = slots(prefill, tokens - kept + first, tokens, tokens);
        return Compaction.select(
                source,
                window,
                codec,
                prefill.reserveNewTokens(),
                policy,
                memory,
                prefill.model().pool());
    }

    /** Slots from, ..., to-1 of every head; the first {@code ofSliding} ones at most where the layer has a window. */
    private static int[][][] slots(Prefilled prefill, int from, int to, int ofSliding) {
        var source = prefill.cache();
        var slots = new int[source.shape().layers()][source.shape().kvHeads()][];
        for (int layer = 0; layer < slots.length; layer++) {
            boolean sliding = source.shape().window(layer) != 0;
            for (int head = 0; head < slots[layer].length; head++) {
                int length = source.layer(layer).length(head);
                slots[layer][head] = sliding
                        ? IntStream.range(0, Math.min(ofSliding, length)).toArray()
                        : IntStream.range(from, to).toArray();
            }
        }
        return slots;
    }
}
