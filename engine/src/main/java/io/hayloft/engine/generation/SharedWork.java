package io.hayloft.engine.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Results that methods compute from the layers of one prefill, kept for other methods that ask for the same, with the time
 * that each method would have spent on them alone. Threads share out layers, so that each result has one thread that
 * computes it.
 */
final class SharedWork {
    private final LongSupplier clock;
    private final Map<Computed, Shared> computed = new ConcurrentHashMap<>();
    private final Map<Integer, Shared> running = new ConcurrentHashMap<>(); // what each layer computes just now
    private final LongAdder borrowedNanos = new LongAdder();
    private int method; // what worker threads see of it was written before they were given work

    /** Something that methods compute from a layer. */
    private record Computed(int layer, Object key) {}

    /** A result, what it took, and what it was made from. */
    private static final class Shared {
        final List<Shared> parts = new ArrayList<>();
        float[][] result = new float[0][];
        long nanos;
        int charged;

        Shared(int method) {
            this.charged = method;
        }
    }

    /**
     * Nothing is known yet.
     *
     * @param clock nanoseconds
     */
    SharedWork(LongSupplier clock) {
        this.clock = clock;
    }

    /** See {@link LayerView#once}. */
    float[][] once(int layer, Object key, Supplier<float[][]> compute) {
        var what = new Computed(layer, key);
        var known = computed.get(what);
        var asking = running.get(layer);
        if (known == null) {
            known = compute(layer, compute, asking);
            computed.put(what, known);
        } else {
            charge(known);
        }
        if (asking != null) {
            asking.parts.add(known);
        }
        return known.result;
    }

    /** Computes a result; its time is taken off the time of the computation that asked for it. */
    private Shared compute(int layer, Supplier<float[][]> compute, @Nullable Shared asking) {
        var shared = new Shared(method);
        running.put(layer, shared);
        long start = clock.getAsLong();
        try {
            shared.result = compute.get();
        } finally {
            if (asking == null) {
                running.remove(layer);
            } else {
                running.put(layer, asking);
            }
        }
        long nanos = clock.getAsLong() - start;
        shared.nanos += nanos;
        if (asking != null) {
            asking.nanos -= nanos;
        }
        return shared;
    }

    /** A method pays once for a result, and once for each of those that it was made from. */
    private void charge(Shared shared) {
        if (shared.charged != method) {
            shared.charged = method;
            borrowedNanos.add(shared.nanos);
            shared.parts.forEach(this::charge);
        }
    }

    /** Begins the account of another method. */
    void startMethod() {
        method++;
        borrowedNanos.reset();
    }

    /** Nanoseconds, summed over threads, that this method would have spent on results that others had computed before. */
    long borrowedNanos() {
        return borrowedNanos.sum();
    }

    /** Forgets all results. */
    void clear() {
        computed.clear();
    }
}
