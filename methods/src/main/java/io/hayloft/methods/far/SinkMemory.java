package io.hayloft.methods.far;

import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.FarMemory;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.SequenceCache;
import org.jspecify.annotations.Nullable;

/**
 * The first tokens of a sequence, which every query meets as if it stood right behind the sliding window.
 *
 * <p>Their keys are kept as they were rotated, at positions 0, 1, ...; only the query is placed anew.
 */
final class SinkMemory implements FarMemory {
    private final int sinks;
    private final int distance;
    private final QueryPlace place;
    private final SequenceCache tokens;

    /**
     * Where a query stands when it meets the sinks: its position less those dropped in between, at most the limit.
     *
     * @param dropped tokens that a dense prefill dropped
     * @param limit greatest position
     * @param always whether it stands at the limit from the start
     */
    record QueryPlace(int dropped, int limit, boolean always) {
        int of(int position) {
            return always ? limit : Math.min(position - dropped, limit);
        }
    }

    /**
     * A memory that holds some tokens.
     *
     * @param sinks tokens it will hold
     * @param distance tokens nearer than this are the cache's
     * @param tokens the sinks so far, none in layers that are left alone; belongs to this memory from now on
     */
    SinkMemory(int sinks, int distance, QueryPlace place, SequenceCache tokens) {
        this.sinks = sinks;
        this.distance = distance;
        this.place = place;
        this.tokens = tokens;
    }

    /** A memory that takes its tokens from the beginning of the prompt as it is read. */
    static SinkMemory empty(int sinks, int distance, QueryPlace place, CacheShape shape, KvCodec codec) {
        return new SinkMemory(sinks, distance, place, new SequenceCache(shape, codec, 0));
    }

    @Override
    public int queryPosition(int position) {
        return place.of(position);
    }

    @Override
    public int distance() {
        return distance;
    }

    @Override
    public @Nullable LayerCache tokens(int layer) {
        return tokens.shape().window(layer) == 0 ? tokens.layer(layer) : null;
    }

    @Override
    public void prepare(
            int layer, LayerCache near, int first, int rows, float[] queries, int at, int width, KeyTurner turner) {
        var held = tokens(layer);
        if (held == null) {
            return;
        }
        int have = held.length(0);
        int wanted = Math.min(sinks, first + rows);
        if (have < wanted) {
            FarTokens.copy(near, have, wanted, held, FarTokens.AS_THEY_ARE);
        }
    }

    @Override
    public long bytes() {
        return tokens.bytes();
    }

    @Override
    public FarMemory fork() {
        return new SinkMemory(sinks, distance, place, tokens.fork());
    }

    @Override
    public void close() {
        tokens.close();
    }
}
