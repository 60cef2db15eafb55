package io.hayloft.benchmarks.plan;

import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Method;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Measures the time of methods with a loaded model: prompts of random tokens, read and continued as {@code generate} does. */
final class MeasuredTimes {
    /** Tokens of an answer: long enough for steps at a steady speed. */
    private static final int ANSWER = 25;

    private final LanguageModel model;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    MeasuredTimes(LanguageModel model) {
        this.model = model;
    }

    /**
     * Times of one method at one length.
     *
     * @param storedBytes as {@code generate --json} reports them
     * @param prefillSeconds reading the prompt
     * @param compressSeconds building the cache
     * @param decodeMs a decode step of the sequence alone, in milliseconds: the middle one of many
     */
    record Row(Method method, long storedBytes, double prefillSeconds, double compressSeconds, double decodeMs) {}

    /** Runs the kernels until the JIT compiler has seen them. */
    void warmUp(List<Method> methods, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            measure(methods, Math.min(600, model.config().contextLength() / 2));
        } while (System.nanoTime() < end);
    }

    /** Measures methods that read a prompt in the same way, which is read once. */
    List<Row> measure(List<Method> methods, int tokens) {
        var prompt = new SplittableRandom(tokens)
                .ints(tokens, 0, model.config().vocabulary())
                .toArray();
        var greedy = GenerationOptions.greedy(2);
        var options = new GenerationOptions(
                2,
                2,
                greedy.sampling(),
                greedy.stopIds(),
                null,
                greedy.cacheType(),
                greedy.prefillChunk(),
                0,
                Long.MAX_VALUE,
                1);
        try (var stages = new Stages(methods.size())) {
            var answers = Generation.run(model, prompt, tokens, List.copyOf(methods), options, stages);
            var rows = new ArrayList<Row>();
            for (int i = 0; i < methods.size(); i++) {
                long stored = answers.get(i).bytes().stored();
                double step = 1e3 * step(stages.caches[i]);
                rows.add(new Row(methods.get(i), stored, stages.prefill, stages.compress[i], step));
            }
            return rows;
        }
    }

    /** Hears when stages end; keeps the caches. */
    private final class Stages implements GenerationListener, AutoCloseable {
        private final @Nullable SequenceCache[] caches;
        private final double[] compress;
        private final double start = seconds();
        private double prefill;
        private double built;

        Stages(int methods) {
            caches = new SequenceCache[methods];
            compress = new double[methods];
        }

        @Override
        public void prefilled(int tokens, int of) {
            prefill = seconds() - start;
            built = prefill;
        }

        @Override
        public void built(int sequence, long cacheBytes) {
            double now = seconds() - start;
            compress[sequence] = now - built;
            built = now;
        }

        @Override
        public void measured(int sequence, SequenceCache cache) {
            drop(sequence);
            caches[sequence] = cache.fork();
        }

        private void drop(int sequence) {
            var cache = caches[sequence];
            if (cache != null) {
                cache.close();
            }
        }

        @Override
        public void close() {
            for (int i = 0; i < caches.length; i++) {
                drop(i);
            }
        }
    }

    /** The time so far: of the processor for one thread, so that other programs do not matter, else of the clock. */
    private double seconds() {
        return 1e-9 * (model.pool().threads() == 1 ? threads.getCurrentThreadCpuTime() : System.nanoTime());
    }

    private double step(@Nullable SequenceCache built) {
        var cache = Objects.requireNonNull(built);
        var sequences = new SequenceCache[] {cache};
        var logits = new float[model.config().vocabulary()];
        var seconds = new double[ANSWER];
        for (int step = 0; step < 3 * ANSWER; step++) {
            double start = seconds();
            model.decoder().step(new int[] {step % model.config().vocabulary()}, sequences, logits);
            seconds[step % ANSWER] = seconds() - start; // of the last ones
        }
        Arrays.sort(seconds);
        return seconds[ANSWER / 2];
    }
}
