package io.hayloft.bench.speed;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.kernels.machine.MachineLimits;
import io.hayloft.kv.cache.SequenceCache;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;

/** Measures one test after the other with a loaded model. */
public final class SpeedRunner {
    private final LanguageModel model;
    private final MachineLimits limits;
    private final double longestWarmUp;
    private final SpeedListener listener;
    private final SyntheticCache caches;
    private final Work work;

    /**
     * A runner for the threads of this model.
     *
     * @param limits what the machine can do with as many threads
     * @param longestWarmUp seconds of untimed repetitions after which a test is timed even if it is not steady; there is
     *     always one such repetition
     */
    public SpeedRunner(LanguageModel model, MachineLimits limits, double longestWarmUp, SpeedListener listener) {
        this.model = model;
        this.limits = limits;
        this.longestWarmUp = longestWarmUp;
        this.listener = listener;
        this.caches = new SyntheticCache(model);
        this.work = new Work(model.config());
    }

    /** Time, work and caches of one repetition of a test. */
    private record Repetition(double seconds, double flops, long bytesBefore, long bytesAfter) {}

    /** Runs a test until its speed is steady, and then as often as it is to be timed. */
    public SpeedResult measure(SpeedCase test, int repetitions) {
        Generation.refusal(model.cacheShape(), test.method()).ifPresent(reason -> {
            throw new UserError(test.method().name() + ": " + reason);
        });
        listener.preparing(test);
        try (var start = startOf(test)) {
            warmUp(test, start);
            var seconds = new double[repetitions];
            var last = new Repetition(0, 0, 0, 0);
            for (int i = 0; i < repetitions; i++) {
                last = repeat(test, start);
                seconds[i] = last.seconds();
                listener.repeated(test, i + 1, repetitions);
            }
            return result(test, new Timings(seconds), last);
        }
    }

    private SpeedResult result(SpeedCase test, Timings timings, Repetition last) {
        boolean decode = test.test() == SpeedTest.DECODE;
        double cacheBytes = (last.bytesBefore() + last.bytesAfter()) / 2.0;
        double read = decode ? test.tokens() * (model.weightBytes() - model.backendBytes() + cacheBytes) : 0;
        return new SpeedResult(
                test, model.backend(), timings, model.weightBytes(), last.bytesAfter(), last.flops(), read, limits);
    }

    /** The cache that every repetition begins with. */
    private SequenceCache startOf(SpeedCase test) {
        if (test.test() == SpeedTest.PREFILL) {
            return caches.ofPrompt(test.method(), test.cacheType(), test.depth());
        }
        var cache = caches.compressed(test.method(), test.cacheType(), test.depth());
        try {
            for (int i = 1; i < test.method().freeTokens(); i++) {
                // The method shrinks its cache in these steps.
                model.decoder().step(tokens(1, i), new SequenceCache[] {cache}, null);
            }
            return cache;
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }

    private void warmUp(SpeedCase test, SequenceCache start) {
        var rule = new WarmUp(longestWarmUp);
        boolean warm = false;
        for (double compiled = compilerSeconds(); !warm; ) {
            double seconds = repeat(test, start).seconds();
            double now = compilerSeconds();
            warm = rule.add(seconds, now - compiled);
            compiled = now;
            listener.warmedUp(test, seconds);
        }
    }

    /** Time that the JIT compiler has worked; 0 where the JVM does not say. */
    private static double compilerSeconds() {
        var compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime() * 1e-3
                : 0;
    }

    private Repetition repeat(SpeedCase test, SequenceCache start) {
        return test.test() == SpeedTest.PREFILL ? prefill(test, start) : decode(test, start);
    }

    private Repetition prefill(SpeedCase test, SequenceCache start) {
        int end = test.depth() + test.tokens();
        var prompt = tokens(end, 0);
        var logits = new float[model.config().vocabulary()];
        // As generation does: memory for a prompt is taken in one piece.
        var codec = SyntheticCache.codec(test.method(), test.cacheType());
        try (var cache =
                test.depth() > 0 ? start.fork() : new SequenceCache(model.cacheShape(), codec, test.tokens())) {
            long bytes = cache.residentBytes();
            long begin = System.nanoTime();
            model.decoder()
                    .prefill(prompt, test.depth(), end, cache, PrefillOptions.logits(LogitsSink.of(end - 1, logits)));
            double seconds = (System.nanoTime() - begin) * 1e-9;
            return new Repetition(seconds, work.prefill(test.depth(), test.tokens()), bytes, cache.residentBytes());
        }
    }

    private Repetition decode(SpeedCase test, SequenceCache start) {
        int batch = test.batch();
        var sequences = new SequenceCache[batch];
        try {
            for (int i = 0; i < batch; i++) {
                sequences[i] = start.fork();
            }
            long bytes = bytes(sequences);
            double pairs = work.pairs(sequences[0], 1);
            var steps = new int[test.tokens()][];
            for (int step = 0; step < steps.length; step++) {
                steps[step] = tokens(batch, step);
            }
            var logits = new float[Math.multiplyExact(batch, model.config().vocabulary())];
            long begin = System.nanoTime();
            for (var tokens : steps) {
                model.decoder().step(tokens, sequences, logits);
            }
            double seconds = (System.nanoTime() - begin) * 1e-9;
            // A cache grows evenly, or stays as large as it is.
            pairs = (pairs + work.pairs(sequences[0], 0)) / 2 * test.tokens();
            return new Repetition(seconds, batch * work.decode(test.tokens(), pairs), bytes, bytes(sequences));
        } finally {
            for (var sequence : sequences) {
                if (sequence != null) {
                    sequence.close();
                }
            }
        }
    }

    private static long bytes(SequenceCache[] sequences) {
        long bytes = 0;
        for (var sequence : sequences) {
            bytes += sequence.residentBytes();
        }
        return bytes;
    }

    /** Token ids drawn at random; what they are changes no speed. */
    private int[] tokens(int count, int seed) {
        return new SplittableRandom(seed)
                .ints(count, 0, model.config().vocabulary())
                .toArray();
    }
}
