package io.hayloft.engine.model;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.AttentionShape;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.SequenceCache;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A decoder-only language model: embedding, layers, output. What it remembers of a sequence lies in the sequence's
 * {@link SequenceCache}.
 *
 * <p>A row's result has the same bits whatever the chunk it was read in, the other rows of its batch and the number of
 * threads. Prefill and step use different kernels and agree to rounding only. One thread at a time may call, since
 * activations live in memory that is reused.
 */
public final class Decoder {
    /** Rows whose logits are computed together: the output weight is the largest and is read once for all of them. */
    private static final int LOGIT_ROWS = 16;

    /** Logits that one task scales and caps. */
    private static final int CAP_TASK = 16 << 10;

    private final DecoderConfig config;
    private final Embeddings embeddings;
    private final List<Layer> layers;
    private final Head head;
    private final WorkerPool pool;
    private final Activations buffers;
    private final @Nullable StreamStart streams;
    private final int firstRowwise; // steps before the last one that is not rowwise, that one included
    private float[] logits = {};
    private @Nullable LayerObserver observer;

    /**
     * The parts that make the beginning of the residual stream.
     *
     * @param tokens [vocabulary][hidden]
     * @param positions [positions][hidden], added to the tokens'; null in models that rotate
     * @param norm on the sum; null in most architectures
     * @param streams makes other residual streams of it; null in most architectures
     */
    record Embeddings(
            WeightRows tokens,
            @Nullable WeightRows positions,
            @Nullable Norm norm,
            @Nullable StreamStart streams) {}

    /** The parts that make logits of the residual stream. */
    record Head(Norm norm, Dense output) {}

    Decoder(DecoderConfig config, Embeddings embeddings, List<Layer> layers, Head head, WorkerPool pool) {
        this.config = config;
        this.embeddings = embeddings;
        this.streams = embeddings.streams;
        this.layers = List.copyOf(layers);
        this.head = head;
        this.pool = pool;
        this.buffers = new Activations(config);
        this.firstRowwise = firstRowwise(layers);
    }

    /** Number of the first step from which on all are rowwise, counted over all layers. */
    private static int firstRowwise(List<Layer> layers) {
        int first = 0;
        int count = 0;
        for (var layer : layers) {
            for (var step : layer.steps()) {
                count++;
                first = step.rowwise() ? first : count;
            }
        }
        return first;
    }

    /** Sees the residual stream between layers. */
    @FunctionalInterface
    interface LayerObserver {
        /**
         * Rows between two layers.
         *
         * @param depth layers that the rows have been through; after all of them, only rows with logits are left
         * @param x [rows][hidden], not to be changed; with several residual streams, [rows][streams][hidden]
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
        int first = from;
        while (first < to) {
            int rows = Math.min(options.chunk(), to - first);
            var chunk = new Batch.Chunk(cache, first, rows, tokens.length, options.signals());
            embed(tokens, first, chunk);
            int[] wanted = wanted(first, rows, options.logits());
            forward(chunk, wanted);
            cache.advance(rows);
            handOut(wanted, options.logits());
            first += rows;
            options.progress().progress("prefill", first - from, to - from);
        }
        cache.giveBack();
    }

    /** One decode step of sequences without a prompt of their own; see {@link DecodeRows#of}. */
    public void step(int[] tokens, SequenceCache[] caches, float @Nullable [] logits) {
        step(DecodeRows.of(tokens, caches), logits, StepTimes.NONE);
    }

    /**
     * One decode step.
     *
     * @param logits receives [rows][vocabulary]; null if nobody needs them
     * @param times takes the wall time of what each sequence needs for itself alone, not shared with the others of the
     *     batch: attention, the upkeep of its cache, its policy
     */
    public void step(DecodeRows rows, float @Nullable [] logits, StepTimes times) {
        run(rows, times);
        if (logits != null) {
            head.norm.apply(buffers.x, buffers.normed, 0, rows.rows());
            outputLogits(rows.rows(), logits);
        }
    }

    /**
     * Sequences read known tokens together; see {@link DecodeRows#together}.
     *
     * @param atOnce tokens of each sequence whose logits are in memory at once
     */
    public void read(DecodeRows rows, int atOnce, DecodeRows.LogitRows sink) {
        run(rows, StepTimes.NONE);
        int hidden = config.hidden();
        int all = rows.perSequence();
        int sequences = rows.rows() / all;
        for (int first = 0; first < all; first += atOnce) {
            int count = Math.min(atOnce, all - first);
            for (int i = 0; i < sequences; i++) {
                int from = (i * all + first) * hidden;
                System.arraycopy(buffers.x, from, buffers.update, i * count * hidden, count * hidden);
            }
            head.norm.apply(buffers.update, buffers.normed, 0, sequences * count);
            logits = room(logits, sequences * count);
            outputLogits(sequences * count, logits);
            sink.accept(first, count, logits);
        }
    }

    private float[] room(float[] array, int rows) {
        return array.length < (long) rows * config.vocabulary()
                ? new float[Math.multiplyExact(rows, config.vocabulary())]
                : array;
    }

    private void run(DecodeRows rows, StepTimes times) {
        if (rows.several() && !canReadTogether()) {
            throw new IllegalArgumentException(
                    "recurrent states, and caches that layers share, read one token at a time");
        }
        var batch = new Batch.Lockstep(rows, times);
        embed(rows.tokens(), 0, batch);
        for (var layer : layers) {
            for (var step : layer.steps()) {
                step.forward(batch, buffers);
            }
        }
        for (int row = 0; row < rows.rows(); row++) {
            int last = rows.several() ? rows.perSequence() - 1 : 0;
            if (rows.ahead(row) == last) {
                long start = System.nanoTime();
                rows.caches()[row].advance(last + 1);
                times.add(row, System.nanoTime() - start);
            }
        }
    }

    /**
     * The attention of a layer.
     *
     * @throws IllegalArgumentException if the layer has none
     */
    public AttentionShape attention(int layer) {
        for (var step : layers.get(layer).steps()) {
            var attention = step.attention();
            if (attention != null) {
                return attention;
            }
        }
        throw new IllegalArgumentException("layer " + layer + " has no attention");
    }

    /** Whether sequences can read several known tokens in a step; see {@link DecodeRows#together}. */
    public boolean canReadTogether() {
        for (var layer : layers) {
            for (var step : layer.steps()) {
                if (!step.readsTogether()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** x [rows][hidden] = the embedding rows of the tokens from {@code first} on, read from the model's file. */
    private void embed(int[] tokens, int first, Batch batch) {
        int rows = batch.rows();
        buffers.reserve(rows);
        int hidden = config.hidden();
        Rows.run(pool, rows, (from, to) -> {
            for (int row = from; row < to; row++) {
                embeddings.tokens.readRow(checked(tokens[first + row]), buffers.x, row * hidden);
            }
            if (config.tokens().embeddingScale() != 1) {
                VectorOps.scale(buffers.x, from * hidden, (to - from) * hidden, (float)
                        config.tokens().embeddingScale());
            }
            if (embeddings.positions != null) {
                addPositions(embeddings.positions, batch, from, to);
            }
            if (embeddings.norm != null) {
                embeddings.norm.apply(buffers.x, buffers.x, from, to);
            }
            if (buffers.embedding.length > 0) {
                System.arraycopy(buffers.x, from * hidden, buffers.embedding, from * hidden, (to - from) * hidden);
            }
        });
        if (streams != null) {
            streams.begin(tokens, first, batch, buffers);
        }
    }

    /** x += the embedding of each row's position, on rows {@code from .. to-1}. */
    private void addPositions(WeightRows positions, Batch batch, int from, int to) {
        int hidden = config.hidden();
        for (int row = from; row < to; row++) {
            int position = batch.position(row);
            if (position >= positions.rows()) {
                throw new UserError("the model has learned " + positions.rows() + " positions: a sequence cannot have"
                        + " more tokens");
            }
            positions.readRow(position, buffers.update, row * hidden);
            VectorOps.addInPlace(buffers.x, row * hidden, buffers.update, row * hidden, hidden);
        }
    }

    private int checked(int token) {
        if (token < 0 || token >= config.vocabulary()) {
            throw new UserError("token " + token + " is not in the model's vocabulary of " + config.vocabulary()
                    + ": the tokenizer belongs to another model");
        }
        return token;
    }

    /**
     * Runs a chunk through all layers. Once every step that is left works on rows alone, only the wanted rows go on:
     * in the end, x holds no others.
     *
     * @param wanted positions of the rows whose logits are asked for
     */
    private void forward(Batch.Chunk chunk, int[] wanted) {
        var rows = chunk;
        int next = 0;
        for (int depth = 0; depth < layers.size(); depth++) {
            show(depth, rows);
            for (var step : layers.get(depth).steps()) {
                if (next++ == firstRowwise) {
                    rows = keepOnly(wanted, chunk);
                }
                if (rows.rows() > 0) {
                    step.forward(rows, buffers);
                }
            }
        }
        show(layers.size(), next == firstRowwise ? keepOnly(wanted, chunk) : rows);
    }

    /** Moves the wanted rows of all that goes from step to step to the front. */
    private Batch.Chunk keepOnly(int[] wanted, Batch.Chunk chunk) {
        for (int i = 0; i < wanted.length; i++) {
            buffers.moveRow(wanted[i] - chunk.first(), i);
        }
        return chunk.withRows(wanted.length);
    }

    private static int[] wanted(int first, int rows, LogitsSink sink) {
        return IntStream.range(first, first + rows).filter(sink::wants).toArray();
    }

    private void show(int depth, Batch.Chunk batch) {
        if (observer != null && batch.rows() > 0) {
            observer.rows(depth, batch.first(), batch.rows(), streams == null ? buffers.x : buffers.streams);
        }
    }

    /** Hands out the logits of the wanted rows, which x holds, in groups. */
    private void handOut(int[] wanted, LogitsSink sink) {
        int vocabulary = config.vocabulary();
        for (int first = 0; first < wanted.length; first += LOGIT_ROWS) {
            int rows = Math.min(LOGIT_ROWS, wanted.length - first);
            logits = room(logits, rows);
            System.arraycopy(buffers.x, first * config.hidden(), buffers.update, 0, rows * config.hidden());
            head.norm.apply(buffers.update, buffers.normed, 0, rows);
            outputLogits(rows, logits);
            for (int i = 0; i < rows; i++) {
                sink.accept(wanted[first + i], logits, i * vocabulary);
            }
        }
    }

    /** target [rows][vocabulary] = softcap(scale (normed Wᵀ + b)), for the first rows of what the last norm made. */
    private void outputLogits(int rows, float[] target) {
        head.output.weights().decode(buffers.normed, rows, target, pool);
        head.output.addBias(target, 0, rows);
        var output = config.tokens().output();
        if (output.scale() != 1 || output.softCap() > 0) {
            scaleAndCap(target, rows * config.vocabulary(), (float) output.scale(), (float) output.softCap());
        }
    }

    private void scaleAndCap(float[] target, int count, float scale, float cap) {
        pool.run((count + CAP_TASK - 1) / CAP_TASK, (task, worker) -> {
            int from = task * CAP_TASK;
            int n = Math.min(CAP_TASK, count - from);
            if (scale != 1) {
                VectorOps.scale(target, from, n, scale);
            }
            if (cap > 0) {
                VectorOps.softCap(target, from, n, cap);
            }
        });
    }
}
