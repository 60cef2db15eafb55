package io.hayloft.bench.speed;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.Shapes;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Estimates the memory that tests will take, before they run. */
public final class MemoryPlan {
    /** Share of the free memory that weights and caches may take. */
    private static final double SHARE = 0.9;

    /** Java itself, with the activations of a chunk of a prompt. */
    private static final long JAVA = 500_000_000;

    /** Tokens of the small caches by which the codecs of methods are found out. */
    private static final int PROBE = 64;

    private final DecoderConfig config;
    private final CacheShape shape;
    private final long weights;
    private final boolean copied; // whether weights include a backend's copy
    private final long memory;
    private final @Nullable SyntheticCache probes;
    private final Map<Stored, KvCodec> codecs = new HashMap<>();

    /** The things that decide the codec of a cache: most evictions keep that of the run. */
    private record Stored(Method method, KvCodec cacheType) {}

    private MemoryPlan(
            DecoderConfig config, long weights, boolean copied, long memory, @Nullable SyntheticCache probes) {
        this.config = config;
        this.shape = Shapes.cache(config);
        this.weights = weights;
        this.copied = copied;
        this.memory = memory;
        this.probes = probes;
    }

    /**
     * A plan for a model that is not loaded: weights as large as in the file, with a backend's copy of the layers' matrices,
     * and of caches what is certain, which leaves out those that a method other than {@code full} makes.
     *
     * @param copyBytes of a backend's copy; 0 without a backend
     * @param memory bytes that are free; 0 if that is not known
     */
    public static MemoryPlan beforeLoading(Checkpoint checkpoint, long copyBytes, long memory) {
        long bytes = copyBytes;
        for (var tensor : checkpoint.tensors().values()) {
            bytes += tensor.type().bytes(tensor.elements());
        }
        return new MemoryPlan(checkpoint.config(), bytes, copyBytes > 0, memory, null);
    }

    /**
     * A plan for a loaded model.
     *
     * @param memory bytes that were free before it was loaded; 0 if that is not known
     */
    public static MemoryPlan of(LanguageModel model, long memory) {
        boolean copied = model.backendBytes() > 0;
        return new MemoryPlan(model.config(), model.weightBytes(), copied, memory, new SyntheticCache(model));
    }

    /**
     * Bytes of caches, and of what a method had recorded of the prompt, at the worst moment of a test. A method is taken to
     * keep all tokens generated, which is the most that its rule may do.
     *
     * @throws UserError if depth and tokens together are more than a cache can count
     */
    public long cacheBytes(SpeedCase test) {
        if (test.depth() > Integer.MAX_VALUE - test.tokens()) {
            throw new UserError(test.describe() + ": more tokens than a cache can count (" + Integer.MAX_VALUE
                    + "): ask for less --depth");
        }
        int end = test.depth() + test.tokens();
        long prompt = full(test, test.depth());
        if (test.test() == SpeedTest.PREFILL) {
            return prompt + full(test, end);
        }
        // What shrinks in its first steps gives no memory back; its copies are as small as what is left.
        boolean shrinks = test.method().freeTokens() > 1;
        long start = shrinks ? bytes(test, test.depth(), test.depth()) : compressed(test, 0);
        long signals = test.method().signals().heapBytes(config, test.depth());
        // First the cache of the prompt, what was recorded of it and what the method makes of it, then the latter and a
        // copy for each sequence.
        return Math.max(
                test.method().keepsAll() ? start : prompt + signals + start,
                start + test.batch() * compressed(test, test.tokens()));
    }

    /** Bytes of the cache that a prompt is read into. */
    private long full(SpeedCase test, int tokens) {
        return shape.fullBytes(tokens, SyntheticCache.codec(test.method(), test.cacheType()));
    }

    /** Bytes of what the method makes of the prompt, with {@code generated} tokens behind. */
    private long compressed(SpeedCase test, int generated) {
        int group = config.firstAttention().map(AttentionConfig::groupSize).orElse(1);
        int kept = test.depth() == 0 ? 0 : test.method().keptTokens(test.depth(), group);
        return bytes(test, kept + generated, test.depth() + generated);
    }

    private long bytes(SpeedCase test, int kept, int seen) {
        var codec = codec(test);
        return codec == null ? 0 : shape.keptBytes(kept, seen, codec);
    }

    /** The codec of the cache of this test; null if it takes a loaded model to know. */
    private @Nullable KvCodec codec(SpeedCase test) {
        if (test.method().name().equals("full") || !shape.hasKv()) {
            return test.cacheType();
        }
        return probes == null ? null : probed(test, probes);
    }

    private KvCodec probed(SpeedCase test, SyntheticCache probes) {
        return codecs.computeIfAbsent(new Stored(test.method(), test.cacheType()), what -> {
            try (var probe = probes.compressed(what.method(), what.cacheType(), PROBE)) {
                return probe.codec();
            }
        });
    }

    /**
     * Refuses tests that the machine has no memory for.
     *
     * @throws UserError naming the first of them, with what it needs
     */
    public void check(List<SpeedCase> tests) {
        for (var test : tests) {
            long needed = weights + cacheBytes(test) + JAVA;
            if (memory > 0 && needed > SHARE * memory) {
                throw new UserError(test.describe() + ": " + Sizes.bytes(cacheBytes(test)) + " of caches and "
                        + Sizes.bytes(weights) + " of weights do not fit the " + Sizes.bytes(memory)
                        + " of free memory: ask for less --depth or --batch, "
                        + (copied ? "a smaller --cache-type, or --backend java" : "or a smaller --cache-type"));
            }
        }
    }

    /** One line: weights, the largest test, the free memory. */
    public String describe(List<SpeedCase> tests) {
        var largest =
                tests.stream().max(Comparator.comparingLong(this::cacheBytes)).orElseThrow();
        return "weights " + Sizes.bytes(weights) + ", caches up to " + Sizes.bytes(cacheBytes(largest))
                + " (" + largest.describe() + ")"
                + (memory == 0 ? "" : ", free memory " + Sizes.bytes(memory));
    }
}
