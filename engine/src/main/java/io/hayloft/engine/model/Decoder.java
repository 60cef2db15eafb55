package io.hayloft.engine.model;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.SequenceCache;
import java.util.List;
import java.util.stream.IntStream;
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

    /** Logits that one task caps. */
    private static final int CAP_TASK = 16 << 10;

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
         * Rows between two layers.
         *
         * @param depth layers that the rows have been through; after all of them, only rows with logits are left
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
            var batch = new Batch.Stretch(cache, first, rows, tokens.length, options.signals());
            int[] wanted = wanted(first, rows, options.logits());
            forwardFor(wanted, batch);
            cache.advance(rows);
            tellLogits(wanted, options.logits());
            options.progress().progress("prefill", first + rows - from, to - from);
        }
    }

    /**
     * One step of a lockstep batch; rotary scalings that go by the prompt's length take the first sequence's next
     * position for it.
     */
    public void step(int[] tokens, SequenceCache[] caches, float @Nullable [] logits) {
        step(tokens, caches, caches[0].nextPosition(), logits, new long[caches.length]);
    }

    /**
     * One step of a lockstep batch: row i is the next token of sequence i, at that cache's next position.
     *
     * @param tokens next token of each sequence [rows]
     * @param caches cache of each sequence [rows], appended to
     * @param promptLength length of the prompt that the sequences began with; some rotary scalings go by it
     * @param logits receives [rows][vocabulary]; null if nobody needs them
     * @param ownNanos wall time of what each sequence needs for itself alone, not shared with the others of the batch:
     *     attention, the upkeep of its cache, its policy [rows]; added to
     */
    public void step(
            int[] tokens, SequenceCache[] caches, int promptLength, float @Nullable [] logits, long[] ownNanos) {
        int rows = caches.length;
        embed(tokens, 0, rows);
        forward(Batch.Lockstep.of(caches, promptLength, ownNanos));
        for (int row = 0; row < rows; row++) {
            long start = System.nanoTime();
            caches[row].advance(1);
            ownNanos[row] += System.nanoTime() - start;
        }
        if (logits != null) {
            outputLogits(0, rows, logits);
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
        for (var layer : layers) {
            layer.forward(batch, buffers);
        }
    }

    /**
     * Runs a stretch through all layers. Behind the last mixer nobody needs the rows without logits any more: then x
     * holds the wanted rows only.
     */
    private void forwardFor(int[] wanted, Batch.Stretch batch) {
        int last = layers.size() - 1;
        for (int depth = 0; depth < last; depth++) {
            show(depth, batch);
            layers.get(depth).forward(batch, buffers);
        }
        show(last, batch);
        layers.get(last).mix(batch, buffers);
        for (int i = 0; i < wanted.length; i++) {
            int row = wanted[i] - batch.first();
            System.arraycopy(buffers.x, row * config.hidden(), buffers.x, i * config.hidden(), config.hidden());
        }
        if (wanted.length > 0) {
            var rest = batch.withRows(wanted.length);
            layers.get(last).feedForward(rest, buffers);
            show(layers.size(), rest);
        }
    }

    private static int[] wanted(int first, int rows, LogitsSink sink) {
        return IntStream.range(first, first + rows).filter(sink::wants).toArray();
    }

    private void show(int depth, Batch.Stretch batch) {
        if (observer != null) {
            observer.rows(depth, batch.first(), batch.rows(), buffers.x);
        }
    }

    /** Hands out the logits of the wanted rows, which x holds, in groups. */
    private void tellLogits(int[] wanted, LogitsSink sink) {
        int vocabulary = config.vocabulary();
        for (int first = 0; first < wanted.length; first += LOGIT_ROWS) {
            int rows = Math.min(LOGIT_ROWS, wanted.length - first);
            if (logits.length < rows * vocabulary) {
                logits = new float[rows * vocabulary];
            }
            outputLogits(first, rows, logits);
            for (int i = 0; i < rows; i++) {
                sink.accept(wanted[first + i], logits, i * vocabulary);
            }
        }
    }

    /** target [rows][vocabulary] = softcap(norm(x) Wᵀ), for rows of x from {@code first} on. */
    private void outputLogits(int first, int rows, float[] target) {
        int hidden = config.hidden();
        finalNorm.apply(buffers.x, buffers.x, first, first + rows);
        System.arraycopy(buffers.x, first * hidden, buffers.normed, 0, rows * hidden);
        output.decode(buffers.normed, rows, target, pool);
        if (config.finalSoftCap() > 0) {
            capLogits(target, rows * config.vocabulary());
        }
    }

    private void capLogits(float[] target, int count) {
        pool.run((count + CAP_TASK - 1) / CAP_TASK, (task, worker) -> {
            int from = task * CAP_TASK;
            VectorOps.softCap(target, from, Math.min(CAP_TASK, count - from), (float) config.finalSoftCap());
        });
    }
}
