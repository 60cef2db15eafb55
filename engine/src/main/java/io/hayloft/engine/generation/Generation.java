package io.hayloft.engine.generation;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Completes one prompt with several compression methods: one prefill for each {@link PrefillPattern} among them, from which
 * each method builds its cache; then the sequences decode as one {@link DecodeBatch}.
 *
 * <p>If the caches do not fit the memory that the options allow, sequences run in several batches, of at least one
 * sequence. The prefill's cache lives until the last cache has been built from it, and becomes the cache of a method that
 * keeps all if there is one, so that asking for {@code full} alone copies nothing.
 */
public final class Generation {
    private final LanguageModel model;
    private final int[] prompt;
    private final int compressAfter;
    private final List<CompressionMethod> methods;
    private final GenerationOptions options;
    private final GenerationListener listener;
    private final Completion[] completions;

    /**
     * The results of a prefill.
     *
     * @param logits after the whole prompt [vocabulary]; null if its last tokens are still to be read
     * @param signalBytes heap that the recorded signals take
     */
    private record Start(
            Prefilled prefill, float @Nullable [] logits, double seconds, boolean exact, long signalBytes) {}

    /** A method's sequence, with its cache's sizes when it was built or, if it shrinks in the first steps, after that. */
    private static final class Run {
        final int index;
        final CompressionMethod method;
        final Sequence sequence;
        final double compressSeconds;
        long storedBytes;
        long readBytes;
        boolean finished;

        Run(int index, CompressionMethod method, Sequence sequence, double compressSeconds) {
            this.index = index;
            this.method = method;
            this.sequence = sequence;
            this.compressSeconds = compressSeconds;
        }

        /** Whether the method has just taken the step in which it first shrinks its cache. */
        boolean hasShrunk() {
            return sequence.steps() == method.freeTokens() - 1;
        }

        void measure(GenerationListener listener) {
            storedBytes = sequence.cache().bytes();
            readBytes = sequence.cache().residentBytes();
            listener.measured(index, sequence.cache());
        }
    }

    private Generation(
            LanguageModel model,
            int[] prompt,
            int compressAfter,
            List<CompressionMethod> methods,
            GenerationOptions options,
            GenerationListener listener) {
        this.model = model;
        this.prompt = prompt;
        this.compressAfter = compressAfter;
        this.methods = methods;
        this.options = options;
        this.listener = listener;
        this.completions = new Completion[methods.size()];
    }

    /**
     * Completes a prompt once for each method; the results equal running each method alone, to the bit.
     *
     * @param compressAfter number of tokens read before the caches are compressed: the prompt's length, or the length of
     *     the context, so that the tokens of the question reach each cache one by one after its compression
     * @return completions in the order of the methods
     * @throws UserError if the prompt is empty or does not fit the model's context, or a method is none for this model
     */
    public static List<Completion> run(
            LanguageModel model,
            int[] prompt,
            int compressAfter,
            List<CompressionMethod> methods,
            GenerationOptions options,
            GenerationListener listener) {
        if (prompt.length == 0) {
            throw new UserError("the prompt is empty: give at least one token");
        }
        model.checkPrompt(prompt.length, "");
        if (compressAfter < 1 || compressAfter > prompt.length) {
            throw new IllegalArgumentException("compress after " + compressAfter + " of " + prompt.length + " tokens");
        }
        refuse(model, methods);
        return new Generation(model, prompt, compressAfter, methods, options, listener).completeAll();
    }

    private static void refuse(LanguageModel model, List<CompressionMethod> methods) {
        for (var method : methods) {
            refusal(model.cacheShape(), method).ifPresent(reason -> {
                throw new UserError(method.name() + ": " + reason);
            });
        }
    }

    /** Returns why a method makes no sense for a model, in words that go on after a colon; empty if it does. */
    public static Optional<String> refusal(CacheShape shape, CompressionMethod method) {
        boolean changesNothing = method.keepsAll() && method.prefillPattern().equals(PrefillPattern.EXACT);
        return shape.hasKv() || changesNothing
                ? Optional.empty()
                : Optional.of("the model has no KV cache to compress, only a recurrent state of constant size");
    }

    /**
     * Reads the first tokens of a prompt once for each {@link PrefillPattern} among the methods, and builds the cache of every
     * method from that.
     *
     * @param compressAfter number of tokens to read, at least 1
     * @param options of these: how the full cache is stored, the prefill's chunk and the seed; whether the caches fit the
     *     memory is up to the caller
     * @return caches in the order of the methods, which the caller closes
     * @throws UserError if a method makes no sense for the model
     */
    public static List<SequenceCache> caches(
            LanguageModel model,
            int[] prompt,
            int compressAfter,
            List<CompressionMethod> methods,
            GenerationOptions options,
            GenerationListener listener) {
        refuse(model, methods);
        var generation = new Generation(model, prompt, compressAfter, methods, options, listener);
        var caches = new SequenceCache[methods.size()];
        try {
            generation.groups().forEach((pattern, group) -> generation.fill(pattern, group, caches));
            return List.of(caches);
        } catch (RuntimeException | Error e) {
            for (var cache : caches) {
                if (cache != null) {
                    cache.close();
                }
            }
            throw e;
        }
    }

    private void fill(PrefillPattern pattern, List<Integer> group, SequenceCache[] caches) {
        try (var prefill = prefill(pattern, group).prefill()) {
            for (int index : group) {
                prefill.startMethod();
                caches[index] = methods.get(index).build(prefill);
                listener.built(index, caches[index].residentBytes());
            }
        }
    }

    private List<Completion> completeAll() {
        groups().forEach(this::complete);
        return List.of(completions);
    }

    /** The methods that share a prefill, by their numbers. */
    private Map<PrefillPattern, List<Integer>> groups() {
        var groups = new LinkedHashMap<PrefillPattern, List<Integer>>();
        for (int i = 0; i < methods.size(); i++) {
            groups.computeIfAbsent(methods.get(i).prefillPattern(), pattern -> new ArrayList<>())
                    .add(i);
        }
        return groups;
    }

    /** Completes the methods that share a prefill. */
    private void complete(PrefillPattern pattern, List<Integer> group) {
        var start = prefill(pattern, group);
        try (var prefill = start.prefill()) {
            var waiting = new ArrayDeque<Integer>();
            for (int index : group) {
                if (methods.get(index).keepsAll()) {
                    waiting.addLast(index);
                } else {
                    waiting.addFirst(index);
                }
            }
            while (!waiting.isEmpty()) {
                runBatch(start, prefill, waiting);
            }
        }
    }

    private Start prefill(PrefillPattern pattern, List<Integer> group) {
        var request = SignalRequest.NONE;
        for (int index : group) {
            request = request.union(methods.get(index).signals());
        }
        var signals = signals(request);
        var cache = switch (pattern) {
            case PrefillPattern.Exact exact ->
                new SequenceCache(model.cacheShape(), options.cacheType(), compressAfter);
            case PrefillPattern.Stored stored -> new SequenceCache(model.cacheShape(), stored.codec(), compressAfter);
            case PrefillPattern.Own own -> own.cache(model, options.cacheType(), compressAfter);
        };
        try {
            boolean all = compressAfter == prompt.length;
            var logits = all ? new float[model.config().vocabulary()] : null;
            long start = System.nanoTime();
            read(pattern, cache, signals, logits);
            double seconds = (System.nanoTime() - start) * 1e-9;
            var prefill = new Prefilled(model, cache, signals, options.seed());
            boolean exact = pattern.equals(PrefillPattern.EXACT);
            return new Start(prefill, logits, seconds, exact, request.heapBytes(model.config(), compressAfter));
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }

    private PrefillSignals signals(SignalRequest request) {
        try {
            return new PrefillSignals(request, model.config(), compressAfter);
        } catch (OutOfMemoryError e) {
            throw new UserError(
                    "the methods record more of a prompt of " + compressAfter
                            + " tokens than the Java heap holds: give it more (-Xmx), or choose fewer methods",
                    e);
        }
    }

    /** Runs the prompt, or its context, through the model. */
    private void read(PrefillPattern pattern, SequenceCache cache, PrefillSignals signals, float @Nullable [] logits) {
        var own = pattern instanceof PrefillPattern.Own special ? special : null;
        boolean lastAlone = own != null && own.lastAlone() && compressAfter > 1;
        int last = lastAlone ? compressAfter - 1 : compressAfter;
        var how = new PrefillOptions(
                own == null ? options.prefillChunk() : own.chunk(options.prefillChunk()),
                signals,
                logits == null ? LogitsSink.NONE : LogitsSink.of(compressAfter - 1, logits),
                (what, done, total) -> listener.prefilled(done, compressAfter));
        model.decoder().prefill(prompt, 0, last, cache, how);
        if (lastAlone) {
            model.decoder().prefill(prompt, last, compressAfter, cache, how);
        }
    }

    /** Builds as many of the waiting methods' caches as fit, and decodes until all their sequences have ended. */
    private void runBatch(Start start, Prefilled prefill, Deque<Integer> waiting) {
        var runs = new ArrayList<Run>();
        try {
            while (!waiting.isEmpty() && (runs.isEmpty() || anotherFits(start, runs))) {
                int index = waiting.removeFirst();
                var run = build(prefill, index, waiting.isEmpty());
                runs.add(run);
                listener.built(index, run.readBytes);
            }
            if (waiting.isEmpty()) {
                prefill.close(); // nobody asks for it any more
            }
            decode(start, runs);
        } finally {
            runs.forEach(run -> run.sequence.close());
        }
    }

    /** Whether a cache that keeps all would still fit: no method is built that might not. */
    private boolean anotherFits(Start start, List<Run> runs) {
        var shape = model.cacheShape();
        int limit = Sequence.limit(model, prompt.length, options);
        int more = prompt.length - compressAfter + limit;
        long growth = shape.fullBytes(more, options.cacheType()) - shape.stateBytes();
        long full = shape.fullBytes(compressAfter, options.cacheType()) + growth;
        long bytes = start.prefill().cache().bytes() + start.signalBytes() + full;
        for (var run : runs) {
            bytes += run.storedBytes + growth;
        }
        return bytes <= options.cacheMemory();
    }

    private Run build(Prefilled prefill, int index, boolean last) {
        var method = methods.get(index);
        prefill.startMethod();
        long start = System.nanoTime();
        var cache = last && takesOver(method) ? prefill.handOver() : method.build(prefill);
        try {
            // Scores that methods share are computed once: each is charged what it would have taken alone.
            double seconds = (System.nanoTime() - start) * 1e-9 + prefill.borrowedSeconds();
            var sequence = new Sequence(model, cache, prompt, options, hearing(index));
            var run = new Run(index, method, sequence, seconds);
            run.measure(listener);
            return run;
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }

    /**
     * Whether the last method of a prefill takes over its cache, which saves a copy of each block that is written to. Caches of
     * a method's own hold memory that only the prefill has used: with them, sizes would depend on who shares the prefill.
     */
    public static boolean takesOver(CompressionMethod method) {
        return method.keepsAll() && !(method.prefillPattern() instanceof PrefillPattern.Own);
    }

    private Sequence.Listener hearing(int index) {
        return new Sequence.Listener() {
            @Override
            public void token(int id, String text) {
                listener.token(index, id, text);
            }

            @Override
            public void thought(String text) {
                listener.thought(index, text);
            }
        };
    }

    private void decode(Start start, List<Run> runs) {
        var batch = new DecodeBatch(model);
        for (var run : runs) {
            if (start.logits() != null) {
                run.sequence.choose(start.logits(), 0);
            }
            if (run.sequence.stop() == null) {
                batch.join(run.sequence);
            } else {
                finish(run, start);
            }
        }
        while (batch.rows() > 0) {
            batch.step();
            for (var run : runs) {
                if (!run.finished) {
                    if (run.hasShrunk()) {
                        run.measure(listener);
                    }
                    if (run.sequence.stop() != null) {
                        finish(run, start);
                    }
                }
            }
        }
    }

    private void finish(Run run, Start start) {
        run.finished = true;
        run.sequence.close();
        var sequence = run.sequence;
        long fullBytes = model.cacheShape().fullBytes(compressAfter, options.cacheType());
        int[] ids = sequence.ids();
        boolean free = start.exact() && start.logits() != null; // the prompt saw itself, all of it, uncompressed
        var completion = new Completion(
                run.method.name(),
                ids,
                sequence.text(),
                Objects.requireNonNull(sequence.stop()),
                prompt.length,
                free ? Math.min(run.method.freeTokens(), ids.length) : 0,
                new CacheBytes(
                        run.storedBytes,
                        run.readBytes,
                        fullBytes,
                        model.cacheShape().stateBytes()),
                sequence.sums().times(start.seconds(), run.compressSeconds),
                sequence.top(),
                sequence.thoughts(),
                sequence.thinkingTokens());
        completions[run.index] = completion;
        listener.finished(run.index, completion);
    }
}
