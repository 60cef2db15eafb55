package io.hayloft.engine.model;

import io.hayloft.base.UserError;
import io.hayloft.engine.cache.SequenceCache;
import io.hayloft.engine.kernel.Linear;
import io.hayloft.engine.kernel.VectorOps;
import io.hayloft.engine.kernel.WorkerPool;
import io.hayloft.engine.tensor.WeightRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transformer: embedding, layers, output. Keeps no sequence; all of its state lies in the {@link SequenceCache}.
 *
 * <p>A row's result has the same bits whatever the chunk it was read in, the other rows of its batch and the number of
 * threads. Prefill and step use different kernels and agree to rounding only. One thread at a time may call, since
 * activations live in memory that is reused.
 */
public final class Decoder {
    /** Rows whose logits are computed together: the output weight is the largest and is read once for all of them. */
    private static final int LOGIT_ROWS = 16;

    private final DecoderConfig config;
    private final WeightRows embedding;
    private final List<Layer> layers;
    private final RmsNorm finalNorm;
    private final Linear output;
    private final WorkerPool pool;
    private final Activations buffers;
    private float[] logits = {};
    private @Nullable LayerObserver observer;

    Decoder(
            DecoderConfig config,
            WeightRows embedding,
            List<Layer> layers,
            RmsNorm finalNorm,
            Linear output,
            WorkerPool pool) {
        this.config = config;
        this.embedding = embedding;
        this.layers = List.copyOf(layers);
        this.finalNorm = finalNorm;
        this.output = output;
        this.pool = pool;
        this.buffers = new Activations(config);
    }

    /** Sees the residual stream between layers. */
    @FunctionalInterface
    interface LayerObserver {
        /**
         * @param depth layers that the rows have been through
         * @param x [rows][hidden], not to be changed
         */
        void rows(int depth, int firstPosition, int rows, float[] x);
    }

    /** Shows the residual stream of every later prefill to an observer; null ends it. */
    void observe(@Nullable LayerObserver newObserver) {
        observer = newObserver;
    }

    /**
     * Reads tokens {@code from .. to-1} of one sequence, chunk by chunk, and appends them to its cache.
     *
     * @param tokens ids of the whole prompt; token i has position i, and the cache holds those before {@code from}
     */
    public void prefill(int[] tokens, int from, int to, SequenceCache cache, PrefillOptions options) {
        if (from < 0 || to > tokens.length || cache.nextPosition() != from) {
            throw new IllegalArgumentException("tokens " + from + " to " + to + " of " + tokens.length
                    + " for a cache that has seen " + cache.nextPosition());
        }
        for (int first = from; first < to; first += options.chunk()) {
            int rows = Math.min(options.chunk(), to - first);
            embed(tokens, first, rows);
            forward(new Batch.Stretch(cache, first, rows, tokens.length, options.signals()));
            cache.advance(rows);
            tellLogits(first, rows, options.logits());
            options.progress().progress("prefill", first + rows - from, to - from);
        }
    }

    /**
     * One step of a lockstep batch; rotary scalings that go by the prompt's length take the first sequence's next
     * position for it.
     */
    public void step(int[] tokens, SequenceCache[] caches, float @Nullable [] logits) {
        step(tokens, caches, caches[0].nextPosition(), logits);
    }

    /**
     * One step of a lockstep batch: row i is the next token of sequence i, at that cache's next position.
     *
     * @param tokens next token of each sequence [rows]
     * @param caches cache of each sequence [rows], appended to
     * @param promptLength length of the prompt that the sequences began with; some rotary scalings go by it
     * @param logits receives [rows][vocabulary]; null if nobody needs them
     */
    public void step(int[] tokens, SequenceCache[] caches, int promptLength, float @Nullable [] logits) {
        int rows = caches.length;
        embed(tokens, 0, rows);
        forward(Batch.Lockstep.of(caches, promptLength));
        for (var cache : caches) {
            cache.advance(1);
        }
        if (logits != null) {
            finalNorm.apply(buffers.x, buffers.normed, 0, rows);
            outputLogits(rows, logits);
        }
    }

    /** x [rows][hidden] = the embedding rows of the tokens, read from the model's file. */
    private void embed(int[] tokens, int first, int rows) {
        buffers.reserve(rows);
        int hidden = config.hidden();
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                embedding.readRow(checked(tokens[first + row]), buffers.x, row * hidden);
            }
            if (config.embeddingScale() != 1) {
                VectorOps.scale(buffers.x, from * hidden, (to - from) * hidden, (float) config.embeddingScale());
            }
        });
    }

    private int checked(int token) {
        if (token < 0 || token >= config.vocabulary()) {
            throw new UserError("token " + token + " is not in the model's vocabulary of " + config.vocabulary()
                    + ": the tokenizer belongs to another model");
        }
        return token;
    }

    private void forward(Batch batch) {
        for (int depth = 0; depth < layers.size(); depth++) {
            show(depth, batch);
            layers.get(depth).forward(batch, buffers);
        }
        show(layers.size(), batch);
    }

    private void show(int depth, Batch batch) {
        if (observer != null && batch instanceof Batch.Stretch stretch) {
            observer.rows(depth, stretch.first(), stretch.rows(), buffers.x);
        }
    }

    /** Logits of the rows that the sink wants, computed in groups. */
    private void tellLogits(int first, int rows, LogitsSink sink) {
        int hidden = config.hidden();
        var wanted = new int[LOGIT_ROWS];
        int count = 0;
        for (int row = 0; row < rows; row++) {
            if (sink.wants(first + row)) {
                System.arraycopy(buffers.x, row * hidden, buffers.x, count * hidden, hidden);
                wanted[count++] = first + row;
            }
            if (count == LOGIT_ROWS || (count > 0 && row == rows - 1)) {
                tellGroup(wanted, count, sink);
                count = 0;
            }
        }
    }

    private void tellGroup(int[] wanted, int count, LogitsSink sink) {
        int vocabulary = config.vocabulary();
        if (logits.length < count * vocabulary) {
            logits = new float[count * vocabulary];
        }
        finalNorm.apply(buffers.x, buffers.normed, 0, count);
        outputLogits(count, logits);
        for (int i = 0; i < count; i++) {
            sink.accept(wanted[i], logits, i * vocabulary);
        }
    }

    /** target [rows][vocabulary] = softcap(normed [rows][hidden] Wᵀ). */
    private void outputLogits(int rows, float[] target) {
        output.decode(buffers.normed, rows, target, pool);
        if (config.finalSoftCap() > 0) {
            VectorOps.softCap(target, 0, rows * config.vocabulary(), (float) config.finalSoftCap());
        }
    }
}
