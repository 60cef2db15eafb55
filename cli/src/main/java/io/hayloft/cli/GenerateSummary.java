package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.engine.generation.GenerationListener;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Streams an answer and sums up how it went. The JIT compiler makes the first chunk of a prompt and the first tokens of an
 * answer many times slower than the rest: a speed is that of the rest, and where there is too little of it, the time is
 * given in its place.
 */
final class GenerateSummary implements GenerationListener {
    /** Tokens after which a prompt is read at its usual speed, and whose prefill can be timed. */
    private static final int WARM_PROMPT = 256;

    /** The same for the tokens of an answer. */
    private static final int WARM_ANSWER = 16;

    private final PrintWriter out;
    private final PrintWriter err;
    private final GenerationListener progress;
    private boolean thinking;
    private int printed;
    private int firstChunk;
    private int read;
    private long firstChunkAt;
    private long readAt;
    private int chosen;
    private long warmAt;
    private long chosenAt;

    /**
     * An answer that has not begun.
     *
     * @param out where its text goes
     * @param err where the thoughts before it go
     * @param status shows how far the prompt has been read
     */
    GenerateSummary(PrintWriter out, PrintWriter err, StatusLine status) {
        this.out = out;
        this.err = err;
        this.progress = prefillProgress(status);
    }

    /** Shows how far the prompt has been read, and nothing of the answer. */
    static GenerationListener prefillProgress(StatusLine status) {
        return new GenerationListener() {
            @Override
            public void prefilled(int tokens, int of) {
                if (tokens < of) {
                    status.show(String.format(Locale.ROOT, "reading the prompt: %,d of %,d tokens", tokens, of));
                } else {
                    status.close();
                }
            }
        };
    }

    @Override
    public void prefilled(int tokens, int of) {
        progress.prefilled(tokens, of);
        if (tokens == 0) {
            return;
        }
        readAt = System.nanoTime();
        read = tokens;
        if (firstChunk == 0) {
            firstChunk = tokens;
            firstChunkAt = readAt;
        }
    }

    @Override
    public void token(int sequence, int id, String text) {
        chosenAt = System.nanoTime();
        if (++chosen == WARM_ANSWER) {
            warmAt = chosenAt;
        }
        if (thinking && !text.isEmpty()) {
            endThoughts();
        }
        out.print(text);
        out.flush();
        printed += text.length();
    }

    @Override
    public void thought(int sequence, String text) {
        if (!thinking) {
            err.println("thoughts:");
            thinking = true;
        }
        err.print(text);
        err.flush();
    }

    private void endThoughts() {
        thinking = false;
        err.println();
        err.println();
        err.flush();
    }

    /** Prints the text that was held back until the last token, and ends the line. */
    void end(String text) {
        if (thinking) {
            endThoughts();
        }
        out.println(text.substring(Math.min(printed, text.length())));
    }

    /** One line: tokens, speeds, bytes; of a method that compresses, also those of an uncompressed cache. */
    String line(MethodAnswer answer) {
        var completion = answer.completion();
        var speeds = speed(
                        completion.promptTokens(),
                        "prompt",
                        read - firstChunk,
                        WARM_PROMPT,
                        readAt - firstChunkAt,
                        completion.times().prefillSeconds())
                + ", "
                + speed(
                        completion.ids().length,
                        "new",
                        chosen - WARM_ANSWER,
                        WARM_ANSWER,
                        chosenAt - warmAt,
                        completion.times().ownSeconds() + completion.times().sharedSeconds());
        boolean compresses =
                !answer.method().keepsAll() || answer.method().prompt().isPresent();
        var uncompressed = answer.prompt().dropped() == 0 ? ", uncompressed" : ", of the full prompt uncompressed";
        return speeds + "; cache " + answer.stored() + uncompressed
                + (compresses ? " " + Sizes.bytes(answer.blockBytes()) : "");
    }

    private static String speed(int tokens, String kind, int warm, int least, long nanos, double seconds) {
        var counted = String.format(Locale.ROOT, tokens == 1 ? "%,d %s token" : "%,d %s tokens", tokens, kind);
        return warm >= least
                ? String.format(Locale.ROOT, "%s at %,.1f/s", counted, warm / (nanos * 1e-9))
                : String.format(Locale.ROOT, "%s in %.1f s with the JIT's warm-up", counted, seconds);
    }
}
