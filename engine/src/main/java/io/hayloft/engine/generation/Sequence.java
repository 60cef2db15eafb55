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

/**
 * One completion while it grows: its cache, the prompt tokens that are still to be read, the tokens chosen so far, and the
 * rules by which it ends. A {@link DecodeBatch} runs it, alone or with others.
 *
 * <p>One thread at a time works on a sequence; {@link #cancel} may be called from any.
 */
public final class Sequence implements AutoCloseable {
    private final SequenceCache cache;
    private final int promptLength;
    private final int[] unread;
    private final GenerationOptions options;
    private final Listener listener;
    private final int[] modelEosIds;
    private final int[] eosIds;
    private final int vocabulary;
    private final Sampler sampler;
    private final CompletionText text;
    private final @Nullable ThoughtText thoughts;
    private final List<List<TokenLogprob>> top = new ArrayList<>();
    private final int[] ids;
    private final float[] masked;
    private final StepSums sums = new StepSums();
    private int read;
    private int count;
    private int answered;
    private @Nullable StopReason stop;
    private boolean closed;
    private volatile boolean cancelled;

    /** Hears the tokens of a sequence, on the thread that runs it. */
    @FunctionalInterface
    public interface Listener {
        /** Hears nothing. */
        Listener NONE = (id, text) -> {};

        /**
         * A token was chosen; the text is what became complete of the answer with it, often a word, sometimes nothing.
         */
        void token(int id, String text);

        /** More text of the thoughts before the answer is complete; called before the token that completed it. */
        default void thought(String text) {}

        /** The sequence was cancelled; the text is what had been held back of the answer. */
        default void cancelled(String text) {}
    }

    /** Times of the steps that a sequence took part in. */
    static final class StepSums {
        private double unreadSeconds;
        private double ownSeconds;
        private double sharedSeconds;
        private long rows;
        private int decodeSteps;

        /** The times of the completion: those given, which others measured before, and those of the steps. */
        Times times(double prefillSeconds, double compressSeconds) {
            return new Times(
                    prefillSeconds + unreadSeconds,
                    compressSeconds,
                    ownSeconds,
                    sharedSeconds,
                    decodeSteps,
                    decodeSteps == 0 ? 0 : (double) rows / decodeSteps);
        }
    }

    /**
     * A sequence without tokens of its own.
     *
     * @param cache holds the prompt's tokens, but for the unread ones; closed with the sequence
     * @param prompt the whole prompt
     * @param options of these, what concerns a single completion: its length, sampling, stop rules, log-probabilities
     */
    public Sequence(
            LanguageModel model, SequenceCache cache, int[] prompt, GenerationOptions options, Listener listener) {
        this.cache = cache;
        this.promptLength = prompt.length;
        this.unread = Arrays.copyOfRange(prompt, cache.nextPosition(), prompt.length);
        this.options = options;
        this.listener = listener;
        this.modelEosIds = eosIds(model, Set.of());
        this.eosIds = eosIds(model, options.stopIds());
        this.vocabulary = model.config().vocabulary();
        var tokenizer = model.hasTokenizer() ? model.tokenizer() : null;
        this.sampler =
                new Sampler(options.sampling(), id -> tokenizer == null ? "#" : tokenizer.decode(new int[] {id}, true));
        this.text = new CompletionText(tokenizer == null ? null : tokenizer.stream(), options.stopText());
        var rule = options.thinking();
        this.thoughts = tokenizer == null || rule == null ? null : new ThoughtText(rule, tokenizer, prompt);
        this.ids = new int[limit(model, prompt.length, options)];
        this.masked = new float[eosIds.length];
    }

    /** Most tokens that a completion can have: the last one is never read, so one more than the context has room for. */
    static int limit(LanguageModel model, int promptLength, GenerationOptions options) {
        var rule = options.thinking();
        long thoughts = rule == null || !model.hasTokenizer() ? 0 : ThoughtText.most(rule, model.tokenizer());
        return (int) Math.min(options.maxNewTokens() + thoughts, model.config().contextLength() - promptLength + 1);
    }

    private static int[] eosIds(LanguageModel model, Set<Integer> more) {
        var ids = new TreeSet<>(model.config().eosIds());
        ids.addAll(more);
        return ids.stream()
                .mapToInt(Integer::intValue)
                .filter(id -> id >= 0 && id < model.config().vocabulary())
                .toArray();
    }

    /** The sequence's cache; {@link SequenceCache#fork} and {@link SequenceCache#truncate} work on it. */
    public SequenceCache cache() {
        return cache;
    }

    /** Tokens of the whole prompt. */
    public int promptLength() {
        return promptLength;
    }

    /** The tokens chosen so far, without an EOS token. */
    public int[] ids() {
        return Arrays.copyOf(ids, count);
    }

    /** The answer's text so far, up to the stop text if that ended it. */
    public String text() {
        return text.toString();
    }

    /** The thoughts before the answer, without their tags; null if there were none, or nobody asked to keep them apart. */
    public @Nullable String thoughts() {
        return thoughts == null || !thoughts.found() ? null : thoughts.toString();
    }

    /** Tokens of the thoughts, their tags included. */
    public int thinkingTokens() {
        return thoughts == null ? 0 : thoughts.tokens();
    }

    /** Most likely tokens at each step so far, best first; empty unless the options ask for them. */
    public List<List<TokenLogprob>> top() {
        return List.copyOf(top);
    }

    /** Why the sequence ended; null while it goes on. */
    public @Nullable StopReason stop() {
        return stop;
    }

    /** Asks the sequence to end at the beginning of its next step. */
    public void cancel() {
        cancelled = true;
    }

    /** Ends the sequence if that was asked for; returns whether it has ended. */
    boolean endIfCancelled() {
        if (cancelled && stop == null) {
            stop = StopReason.CANCELLED;
            listener.cancelled(finish());
        }
        return stop != null;
    }

    /** The token that the next step reads: one of the prompt, or the newest that was chosen. */
    int nextToken() {
        return read < unread.length ? unread[read] : ids[count - 1];
    }

    /** Whether the next step is followed by a choice: not if it reads a token of the prompt before the last one. */
    boolean choosesNext() {
        return read >= unread.length - 1;
    }

    /**
     * Counts a step as done.
     *
     * @param own seconds that it spent on this sequence alone
     * @param shared seconds of the rest
     */
    void stepDone(double own, double shared, int rows) {
        if (read < unread.length) {
            read++;
            sums.unreadSeconds += own + shared;
        } else {
            sums.ownSeconds += own;
            sums.sharedSeconds += shared;
            sums.rows += rows;
            sums.decodeSteps++;
        }
    }

    /** Steps so far. */
    int steps() {
        return read + sums.decodeSteps;
    }

    StepSums sums() {
        return sums;
    }

    /** Chooses the next token from logits [vocabulary] at {@code at}, and ends the sequence where a rule says so. */
    public void choose(float[] logits, int at) {
        if (options.topLogprobs() > 0) {
            top.add(topLogprobs(logits, at));
        }
        boolean thinking = thoughts != null && thoughts.inside();
        int forced = thoughts == null ? -1 : thoughts.forcedToken();
        int id = forced >= 0 ? forced : choose(logits, at, thinking);
        var piece = "";
        if (forced < 0 && ends(id, thinking)) {
            stop = StopReason.EOS;
        } else {
            ids[count++] = id;
            piece = push(id);
            boolean full = answered >= options.maxNewTokens() || count == ids.length;
            stop = text.stopped() ? StopReason.STOP_TEXT : full ? StopReason.LENGTH : null;
        }
        if (stop != null) {
            piece += finish();
        }
        listener.token(id, piece);
    }

    private int choose(float[] logits, int at, boolean thinking) {
        return answered < options.minNewTokens()
                ? chooseWithout(thinking ? modelEosIds : eosIds, logits, at)
                : sampler.choose(logits, at, vocabulary);
    }

    /** Stop tokens are of the answer: they do not end thoughts, nor the blanks between these and the answer. */
    private boolean ends(int id, boolean thinking) {
        return Arrays.binarySearch(thinking || text.atBlankStart() ? modelEosIds : eosIds, id) >= 0;
    }

    /** Adds a token to the thoughts or the answer; returns the answer's text that is now certain. */
    private String push(int id) {
        if (thoughts == null || thoughts.over()) {
            answered++;
            return text.push(id);
        }
        think(thoughts.push(id));
        return thoughts.over() ? beginAnswer(thoughts) : "";
    }

    private void think(String piece) {
        if (!piece.isEmpty()) {
            listener.thought(piece);
        }
    }

    private String beginAnswer(ThoughtText before) {
        if (before.found()) {
            text.skipBlankStart();
            return text.append(before.rest());
        }
        var piece = new StringBuilder();
        for (int id : before.held()) {
            if (answered == options.maxNewTokens() || text.stopped()) {
                count--;
            } else {
                answered++;
                piece.append(text.push(id));
            }
        }
        return piece.toString();
    }

    /** Ends all texts; returns what had been held back of the answer. */
    private String finish() {
        var piece = "";
        if (thoughts != null && !thoughts.over()) {
            if (thoughts.found()) {
                think(thoughts.finish());
            } else {
                piece = beginAnswer(thoughts);
            }
        }
        return piece + text.finish();
    }

    private int chooseWithout(int[] eosIds, float[] logits, int at) {
        for (int i = 0; i < eosIds.length; i++) {
            masked[i] = logits[at + eosIds[i]];
            logits[at + eosIds[i]] = Float.NEGATIVE_INFINITY;
        }
        int id = sampler.choose(logits, at, vocabulary);
        for (int i = 0; i < eosIds.length; i++) {
            logits[at + eosIds[i]] = masked[i];
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

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cache.close();
        }
    }
}
