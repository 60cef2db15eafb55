package io.hayloft.engine.generation;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One prefill for each {@link PrefillPattern} among the recipes; after each, the caches of its recipes decode in lockstep.
 *
 * <p>Variants run in waves whose caches fit the memory that the options allow; a wave has at least one variant. The
 * prefill's cache lives until the last wave has been built, and becomes the cache of a recipe that keeps all if there is
 * one, so that asking for {@code full} alone copies nothing.
 */
public final class Generation {
    private final LanguageModel model;
    private final int[] prompt;
    private final int compressAfter;
    private final List<CompressionMethod> recipes;
    private final GenerationOptions options;
    private final GenerationListener listener;
    private final int limit;
    private final Completion[] completions;

    /**
     * A prompt, or its context, that has been read.
     *
     * @param logits logits behind the whole prompt; null if the question is still to come
     * @param seconds time it took
     * @param freeTokens tokens whose choice no compression touches: the first one, if the prompt saw itself exactly
     */
    private record Reading(Prefilled prefill, float @Nullable [] logits, double seconds, int freeTokens) {}

    private Generation(
            LanguageModel model,
            int[] prompt,
            int compressAfter,
            List<CompressionMethod> recipes,
            GenerationOptions options,
            GenerationListener listener) {
        this.model = model;
        this.prompt = prompt;
        this.compressAfter = compressAfter;
        this.recipes = recipes;
        this.options = options;
        this.listener = listener;
        // The last token of a completion is never read, so one more than the free places fits.
        this.limit = Math.min(options.maxNewTokens(), model.config().contextLength() - prompt.length + 1);
        this.completions = new Completion[recipes.size()];
    }

    /**
     * Completes a prompt once for each recipe; the results equal running each recipe alone, to the bit.
     *
     * @param compressAfter number of tokens read before the caches are compressed: the prompt's length, or the length of
     *     the context, so that the tokens of the question reach each cache one by one after its compression
     * @return completions in the order of the recipes
     * @throws UserError if the prompt is empty or does not fit the model's context
     */
    public static List<Completion> run(
            LanguageModel model,
            int[] prompt,
            int compressAfter,
            List<CompressionMethod> recipes,
            GenerationOptions options,
            GenerationListener listener) {
        int context = model.config().contextLength();
        if (prompt.length == 0) {
            throw new UserError("the prompt is empty: give at least one token");
        }
        if (prompt.length > context) {
            throw new UserError("the prompt has " + prompt.length + " tokens, but the context of " + model.name()
                    + " is " + context + ": shorten the prompt or cut it (truncation)");
        }
        if (compressAfter < 1 || compressAfter > prompt.length) {
            throw new IllegalArgumentException("compress after " + compressAfter + " of " + prompt.length + " tokens");
        }
        return new Generation(model, prompt, compressAfter, recipes, options, listener).completeAll();
    }

    private List<Completion> completeAll() {
        var groups = new LinkedHashMap<PrefillPattern, List<Integer>>();
        for (int i = 0; i < recipes.size(); i++) {
            groups.computeIfAbsent(recipes.get(i).prefillPattern(), pattern -> new ArrayList<>())
                    .add(i);
        }
        groups.forEach(this::complete);
        return List.of(completions);
    }

    /** Completes the recipes that share a prefill. */
    private void complete(PrefillPattern pattern, List<Integer> group) {
        var reading = read(pattern, group);
        try (var prefill = reading.prefill()) {
            var waiting = new ArrayDeque<Integer>();
            for (int index : group) {
                if (recipes.get(index).keepsAll()) {
                    waiting.addLast(index);
                } else {
                    waiting.addFirst(index);
                }
            }
            while (!waiting.isEmpty()) {
                runWave(reading, prefill, waiting);
            }
        }
    }

    private Reading read(PrefillPattern pattern, List<Integer> group) {
        var request = SignalRequest.NONE;
        for (int index : group) {
            request = request.union(recipes.get(index).signals());
        }
        var signals = new PrefillSignals(request, model.config(), compressAfter);
        var shape = model.cacheShape();
        var cache = switch (pattern) {
            case PrefillPattern.Exact exact -> new SequenceCache(shape, options.cacheType(), compressAfter);
            case PrefillPattern.Stored stored -> new SequenceCache(shape, stored.codec(), compressAfter);
            case PrefillPattern.Own own -> own.cache(model, options.cacheType(), compressAfter);
        };
        try {
            var logits = new float[model.config().vocabulary()];
            boolean wholePrompt = compressAfter == prompt.length;
            var sink = wholePrompt ? LogitsSink.of(compressAfter - 1, logits) : LogitsSink.NONE;
            long start = System.nanoTime();
            boolean lastAlone = pattern instanceof PrefillPattern.Own own && own.lastAlone() && compressAfter > 1;
            int chunk = pattern instanceof PrefillPattern.Own own
                    ? own.chunk(options.prefillChunk())
                    : options.prefillChunk();
            int last = lastAlone ? compressAfter - 1 : compressAfter;
            var how = new PrefillOptions(
                    chunk, signals, sink, (what, done, total) -> listener.prefilled(done, compressAfter));
            model.decoder().prefill(prompt, 0, last, cache, how);
            if (lastAlone) {
                model.decoder().prefill(prompt, last, compressAfter, cache, how);
            }
            double seconds = (System.nanoTime() - start) * 1e-9;
            // Caches grow block by block while they decode: room taken in advance would count as their bytes.
            var prefill = new Prefilled(model, cache, signals, 0, options.seed());
            int freeTokens = wholePrompt && pattern.equals(PrefillPattern.EXACT) ? 1 : 0;
            return new Reading(prefill, wholePrompt ? logits : null, seconds, freeTokens);
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }

    private void runWave(Reading reading, Prefilled prefill, Deque<Integer> waiting) {
        var variants = new ArrayList<Variant>();
        try {
            while (!waiting.isEmpty() && (variants.isEmpty() || anotherFits(prefill, variants))) {
                int index = waiting.removeFirst();
                variants.add(build(prefill, index, waiting.isEmpty()));
            }
            var question = Arrays.copyOfRange(prompt, compressAfter, prompt.length);
            new Wave(model, prompt.length, variants, variant -> ended(variant, reading))
                    .run(question, reading.logits());
        } finally {
            variants.forEach(Variant::close);
        }
    }

    /** Whether a cache that keeps all would still fit: no recipe is built that might not. */
    private boolean anotherFits(Prefilled prefill, List<Variant> variants) {
        var shape = model.cacheShape();
        long growth = shape.fullBytes(prompt.length - compressAfter + limit, options.cacheType());
        long bytes = prefill.cache().bytes() + shape.fullBytes(compressAfter, options.cacheType()) + growth;
        for (var variant : variants) {
            bytes += variant.storedBytes() + growth;
        }
        return bytes <= options.cacheMemory();
    }

    private Variant build(Prefilled prefill, int index, boolean last) {
        var recipe = recipes.get(index);
        prefill.startRecipe();
        long start = System.nanoTime();
        var cache = last && recipe.keepsAll() ? prefill.handOver() : recipe.build(prefill);
        // Scores that recipes share are computed once: each is charged what it would have taken alone.
        double seconds = (System.nanoTime() - start) * 1e-9 + prefill.borrowedSeconds();
        var variant = new Variant(model, index, recipe, cache, seconds, limit, options, listener);
        listener.built(index, variant.cacheBytes());
        return variant;
    }

    private void ended(Variant variant, Reading reading) {
        variant.close();
        long fullBytes = model.cacheShape().fullBytes(compressAfter, options.cacheType());
        int freeTokens =
                reading.freeTokens() == 0 ? 0 : recipes.get(variant.index()).freeTokens();
        var completion = variant.completion(prompt.length, reading.seconds(), fullBytes, freeTokens);
        completions[variant.index()] = completion;
        listener.finished(variant.index(), completion);
    }
}
