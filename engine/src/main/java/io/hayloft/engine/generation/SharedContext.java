package io.hayloft.engine.generation;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * One context that is read and compressed once by each of several methods, and then serves many questions: each is asked on
 * forks of the compressed caches, so that no question changes what the next one finds. Answers equal those of a context that
 * was compressed for that question alone, to the bit.
 */
public final class SharedContext implements AutoCloseable {
    private final LanguageModel model;
    private final int[] context;
    private final List<CompressionMethod> methods;
    private final List<SequenceCache> caches;
    private final Clock clock;

    /** Takes the times of reading and compressing from what is heard of them. */
    private static final class Clock implements GenerationListener {
        private final double[] prefillSeconds;
        private final double[] compressSeconds;
        private double prefill;
        private boolean reading;
        private long last = System.nanoTime();

        Clock(int methods) {
            prefillSeconds = new double[methods];
            compressSeconds = new double[methods];
        }

        private double lap() {
            long now = System.nanoTime();
            double seconds = (now - last) * 1e-9;
            last = now;
            return seconds;
        }

        @Override
        public void prefilled(int done, int total) {
            prefill = (reading ? prefill : 0) + lap(); // another pattern reads anew
            reading = true;
        }

        @Override
        public void built(int method, long bytes) {
            prefillSeconds[method] = prefill;
            compressSeconds[method] = lap();
            reading = false;
        }
    }

    private SharedContext(
            LanguageModel model,
            int[] context,
            List<CompressionMethod> methods,
            List<SequenceCache> caches,
            Clock clock) {
        this.model = model;
        this.context = context;
        this.methods = methods;
        this.caches = caches;
        this.clock = clock;
    }

    /**
     * Reads a context once for each prefill pattern among the methods, and compresses it with each.
     *
     * @param context at least one token
     * @param options of these: how the full cache is stored, the prefill's chunk and the seed; whether the caches fit the
     *     memory is up to the caller
     */
    public static SharedContext compress(
            LanguageModel model, int[] context, List<CompressionMethod> methods, GenerationOptions options) {
        var clock = new Clock(methods.size());
        var caches = Generation.caches(model, context, context.length, methods, options, clock);
        return new SharedContext(model, context.clone(), List.copyOf(methods), caches, clock);
    }

    /** Bytes of all compressed caches. */
    public long bytes() {
        return caches.stream().mapToLong(SequenceCache::bytes).sum();
    }

    /** Whether this is the compressed form of these tokens by these methods. */
    public boolean isOf(int[] tokens, List<? extends CompressionMethod> others) {
        return Arrays.equals(context, tokens)
                && methods.stream()
                        .map(CompressionMethod::name)
                        .toList()
                        .equals(others.stream().map(CompressionMethod::name).toList());
    }

    /**
     * Asks a question, and those that follow it in the same conversation.
     *
     * @param prompt the context and at least one token of the question
     * @param turns tokens between an answer and the next one: the end of the answer's turn and the next question; empty for a
     *     single question
     * @param listener of these: hears when a cache is measured, in the order of the methods
     * @return the answers to the last question, in the order of the methods
     * @throws IllegalArgumentException if the prompt does not go on after the context
     */
    public List<Completion> ask(
            int[] prompt, List<int[]> turns, GenerationOptions options, GenerationListener listener) {
        if (prompt.length <= context.length
                || Arrays.mismatch(prompt, 0, context.length, context, 0, context.length) >= 0) {
            throw new IllegalArgumentException("the prompt does not go on after the context");
        }
        var prompts = new int[caches.size()][];
        Arrays.fill(prompts, prompt);
        var sequences = new ArrayList<Sequence>();
        try {
            for (var cache : caches) {
                sequences.add(sequence(cache.fork(), prompt, options));
            }
            var bytes = decodeAndMeasure(sequences, options, listener);
            for (var turn : turns) {
                for (int i = 0; i < prompts.length; i++) {
                    var before = sequences.get(i);
                    prompts[i] = joined(joined(prompts[i], before.ids()), turn);
                    sequences.set(i, sequence(before.cache(), prompts[i], options));
                }
                decode(sequences);
            }
            var completions = new ArrayList<Completion>();
            for (int i = 0; i < prompts.length; i++) {
                completions.add(completion(i, sequences.get(i), bytes[i]));
            }
            return List.copyOf(completions);
        } finally {
            sequences.forEach(Sequence::close);
        }
    }

    private Sequence sequence(SequenceCache cache, int[] prompt, GenerationOptions options) {
        try {
            if (prompt.length > model.config().contextLength()) {
                throw new UserError("the conversation has " + prompt.length + " tokens, but the context of "
                        + model.name() + " is " + model.config().contextLength() + ": shorten its context");
            }
            return new Sequence(model, cache, prompt, options, Sequence.Listener.NONE);
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }

    private static int[] joined(int[] first, int[] second) {
        int[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /** Answers the first question; sizes are those of the forks, or of what is left of them where they shrink in early steps. */
    private CacheBytes[] decodeAndMeasure(
            List<Sequence> sequences, GenerationOptions options, GenerationListener listener) {
        var batch = new DecodeBatch(model);
        sequences.forEach(batch::join);
        var bytes = new CacheBytes[sequences.size()];
        Arrays.setAll(bytes, i -> measured(i, sequences.get(i), options, listener));
        while (batch.rows() > 0) {
            batch.step();
            for (int i = 0; i < bytes.length; i++) {
                if (sequences.get(i).steps() == methods.get(i).freeTokens() - 1) {
                    bytes[i] = measured(i, sequences.get(i), options, listener);
                }
            }
        }
        return bytes;
    }

    private CacheBytes measured(int method, Sequence sequence, GenerationOptions options, GenerationListener listener) {
        var cache = sequence.cache();
        listener.measured(method, cache);
        long full = model.cacheShape().fullBytes(context.length, options.cacheType());
        return new CacheBytes(
                cache.bytes(), cache.residentBytes(), full, model.cacheShape().stateBytes());
    }

    private void decode(List<Sequence> sequences) {
        var batch = new DecodeBatch(model);
        sequences.forEach(batch::join);
        while (batch.rows() > 0) {
            batch.step();
        }
    }

    private Completion completion(int method, Sequence sequence, CacheBytes bytes) {
        return new Completion(
                methods.get(method).name(),
                sequence.ids(),
                sequence.text(),
                Objects.requireNonNull(sequence.stop()),
                sequence.promptLength(),
                0, // the question meets the compressed cache
                bytes,
                sequence.sums().times(clock.prefillSeconds[method], clock.compressSeconds[method]),
                sequence.top(),
                sequence.thoughts(),
                sequence.thinkingTokens());
    }

    @Override
    public void close() {
        caches.forEach(SequenceCache::close);
    }
}
