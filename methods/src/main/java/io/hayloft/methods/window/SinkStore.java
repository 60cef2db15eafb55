package io.hayloft.methods.window;

import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.OutOfWindowStore;
import io.hayloft.kv.cache.SequenceCache;
import org.jspecify.annotations.Nullable;

/**
 * The first tokens of a sequence, which every query meets as if they lay right before the sliding window.
 *
 * <p>Their keys are kept as they were rotated, at positions 0, 1, ...; only the query is rotated for another position.
 */
final class SinkStore implements OutOfWindowStore {
    private final int sinks;
    private final int distance;
    private final QueryPlace place;
    private final SequenceCache tokens;

    /**
     * The position of a query when it meets the sinks: its own less the tokens dropped in between, at most the limit.
     *
     * @param dropped tokens that a dense prefill dropped
     * @param limit greatest position
     * @param always whether it is the limit from the start
     */
    record QueryPlace(int dropped, int limit, boolean always) {
        int of(int position) {
            return always ? limit : Math.min(position - dropped, limit);
        }
    }

    /**
     * A store that holds some tokens.
     *
     * @param sinks tokens it will hold
     * @param distance tokens nearer than this are the cache's
     * @param tokens the sinks so far, none in layers that are left alone; belongs to this store from now on
     */
    SinkStore(int sinks, int distance, QueryPlace place, SequenceCache tokens) {
        this.sinks = sinks;
        this.distance = distance;
        this.place = place;
        this.tokens = tokens;
    }

    /** A store that takes its tokens from the beginning of the prompt as it is read. */
    static SinkStore empty(int sinks, int distance, QueryPlace place, CacheShape shape, KvCodec codec) {
        return new SinkStore(sinks, distance, place, new SequenceCache(shape.withoutStates(), codec, 0));
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
        return tokens.shape().seesAll(layer) ? tokens.layer(layer) : null;
    }

    @Override
    public void prepare(
            int layer,
            LayerCache near,
            int first,
            int rows,
            float[] queries,
            int at,
            int width,
            InverseRotation rotation) {
        var held = tokens(layer);
        if (held == null) {
            return;
        }
        int have = held.length(0);
        int wanted = Math.min(sinks, first + rows);
        if (have < wanted) {
            TokenCopy.copy(near, have, wanted, held, TokenCopy.AS_THEY_ARE);
        }
    }

    @Override
    public long bytes() {
        return tokens.bytes();
    }

    @Override
    public OutOfWindowStore fork() {
        return new SinkStore(sinks, distance, place, tokens.fork());
    }

    @Override
    public void close() {
        tokens.close();
    }
}
