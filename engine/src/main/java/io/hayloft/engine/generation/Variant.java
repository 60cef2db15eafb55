package io.hayloft.engine.generation;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One recipe's completion while it grows: its cache, the tokens so far, and when it ends. */
final class Variant implements AutoCloseable {
    private final int index;
    private final String recipe;
    private final SequenceCache cache;
    private final int stepsToShrink;
    private final double compressSeconds;
    private final GenerationOptions options;
    private final GenerationListener listener;
    private final int[] endIds;
    private final int vocabulary;
    private final int limit;
    private final Sampler sampler;
    private final CompletionText text;
    private final List<List<TokenLogprob>> top = new ArrayList<>();
    private final int[] ids;
    private final float[] masked;
    private int count;
    private int steps;
    private long cacheBytes;
    private long storedBytes;
    private double questionSeconds;
    private double ownSeconds;
    private double sharedSeconds;
    private long rowsOfSteps;
    private int decodeSteps;
    private @Nullable StopReason stop;

    /**
     * A variant without tokens.
     *
     * @param index number of the recipe
     * @param cache closed with the variant
     * @param limit greatest number of tokens, at least 1
     */
    Variant(
            LanguageModel model,
            int index,
            CompressionMethod recipe,
            SequenceCache cache,
            double compressSeconds,
            int limit,
            GenerationOptions options,
            GenerationListener listener) {
        this.index = index;
        this.recipe = recipe.name();
        this.cache = cache;
        this.cacheBytes = cache.residentBytes();
        this.storedBytes = cache.bytes();
        this.stepsToShrink = recipe.freeTokens() - 1;
        this.compressSeconds = compressSeconds;
        this.options = options;
        this.listener = listener;
        this.endIds = endIds(model, options.stopIds());
        this.vocabulary = model.config().vocabulary();
        this.limit = limit;
        this.sampler = new Sampler(options.sampling());
        this.text = new CompletionText(model.hasTokenizer() ? model.tokenizer() : null, options.stopText());
        this.ids = new int[limit];
        this.masked = new float[endIds.length];
    }

    private static int[] endIds(LanguageModel model, Set<Integer> more) {
        var ids = new TreeSet<>(model.config().eosIds());
        ids.addAll(more);
        return ids.stream()
                .mapToInt(Integer::intValue)
                .filter(id -> id >= 0 && id < model.config().vocabulary())
                .toArray();
    }

    int index() {
        return index;
    }

    SequenceCache cache() {
        return cache;
    }

    long cacheBytes() {
        return cacheBytes;
    }

    long storedBytes() {
        return storedBytes;
    }

    boolean ended() {
        return stop != null;
    }

    /** The newest token, which the next step reads. */
    int newest() {
        return ids[count - 1];
    }

    /** Adds the time of a step that read a token of the question. */
    void addQuestionStep(double own, double shared) {
        questionSeconds += own + shared;
        stepDone();
    }

    /** Adds the time of a decode step of a batch of so many rows. */
    void addDecodeStep(double own, double shared, int rows) {
        ownSeconds += own;
        sharedSeconds += shared;
        rowsOfSteps += rows;
        decodeSteps++;
        stepDone();
    }

    /** A cache that shrinks in the first steps counts as large as it is then. */
    private void stepDone() {
        if (++steps == stepsToShrink) {
            cacheBytes = cache.residentBytes();
            storedBytes = cache.bytes();
        }
    }

    /** Chooses the next token from logits [vocabulary] at {@code at}, and notices whether that ends the completion. */
    void choose(float[] logits, int at) {
        if (options.topLogprobs() > 0) {
            top.add(topLogprobs(logits, at));
        }
        int id = count < options.minNewTokens() ? chooseWithoutEnd(logits, at) : sampler.choose(logits, at, vocabulary);
        var piece = "";
        if (Arrays.binarySearch(endIds, id) >= 0) {
            stop = StopReason.EOS;
        } else {
            ids[count++] = id;
            piece = text.push(id);
            stop = text.stopped() ? StopReason.STOP_TEXT : count == limit ? StopReason.LENGTH : null;
        }
        listener.token(index, id, stop == null ? piece : piece + text.finish());
    }

    private int chooseWithoutEnd(float[] logits, int at) {
        for (int i = 0; i < endIds.length; i++) {
            masked[i] = logits[at + endIds[i]];
            logits[at + endIds[i]] = Float.NEGATIVE_INFINITY;
        }
        int id = sampler.choose(logits, at, vocabulary);
        for (int i = 0; i < endIds.length; i++) {
            logits[at + endIds[i]] = masked[i];
        }
        return id;
    }

    private List<TokenLogprob> topLogprobs(float[] logits, int at) {
        int wanted = Math.min(options.topLogprobs(), vocabulary);
        var best = new int[wanted];
        var values = new float[wanted];
        int found = VectorOps.topK(logits, at, vocabulary, wanted, best, values);
        double norm = VectorOps.logSumExp(logits, at, vocabulary);
        var list = new ArrayList<TokenLogprob>(found);
        for (int i = 0; i < found; i++) {
            list.add(new TokenLogprob(best[i], (float) (values[i] - norm)));
        }
        return List.copyOf(list);
    }

    /** The finished completion. */
    Completion completion(int promptTokens, double prefillSeconds, long fullCacheBytes, int freeTokens) {
        return new Completion(
                recipe,
                Arrays.copyOf(ids, count),
                text.toString(),
                stop == null ? StopReason.LENGTH : stop,
                promptTokens,
                Math.min(freeTokens, count),
                new CacheBytes(storedBytes, cacheBytes, fullCacheBytes),
                new Times(
                        prefillSeconds + questionSeconds,
                        compressSeconds,
                        ownSeconds,
                        sharedSeconds,
                        decodeSteps,
                        decodeSteps == 0 ? 0 : (double) rowsOfSteps / decodeSteps),
                List.copyOf(top));
    }

    @Override
    public void close() {
        cache.close();
    }
}
