package io.hayloft.kv.attention;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.AppendedRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention of several known tokens of each of many sequences, with the kernels of prefill: a tile of tokens is decoded once
 * for many of a sequence's rows. Each cache ends in the state of single steps; results agree with {@link DecodeAttention} to
 * rounding.
 */
public final class KnownAttention {
    private final AttentionShape shape;
    private final int layer;
    private final KnownRows rows;
    private final WorkerPool pool;
    private final int[] done; // rows of each sequence that are appended
    private final AttentionResults results = new AttentionResults();

    /** Work that one thread does in one piece, and about how many tokens it reads. */
    private record Piece(long tokens, Runnable work) {}

    private KnownAttention(AttentionShape shape, int layer, KnownRows rows, WorkerPool pool) {
        this.shape = shape;
        this.layer = layer;
        this.rows = rows;
        this.pool = pool;
        this.done = new int[rows.sequences().length];
    }

    /**
     * Whether a sequence's tokens can be read so: its policy, if any, hides no tokens from single query heads, the layer has
     * no sliding window that tokens leave beside it, and the scores of some rows fit the memory for them.
     */
    public static boolean suits(AttentionShape shape, int layer, KnownRows.Sequence sequence) {
        var policy = sequence.policy();
        var cache = sequence.cache();
        boolean window = shape.window() > 0 || cache.window() > 0;
        boolean separate = !window && cache.codec().storesTokensSeparately();
        return policy == null || (separate && policy.mask(layer) == null && PolicyRows.fits(shape, cache));
    }

    /**
     * Appends the rows' tokens to the caches and attends for them; policies act after each token, as in single steps. What
     * follows a step, {@link io.hayloft.kv.cache.LayerCache#advance}, is up to the caller.
     *
     * @param layer index of the layer, which policies are given
     * @param out results, in the shape of the queries; not the same array
     */
    public static void attend(AttentionShape shape, int layer, KnownRows rows, float[] out, WorkerPool pool) {
        var attention = new KnownAttention(shape, layer, rows, pool);
        int last = Arrays.stream(rows.sequences())
                .mapToInt(KnownRows.Sequence::firstRow)
                .max()
                .orElse(0);
        attention.results.begin(shape.headDim(), (last + rows.count()) * shape.queryHeads(), out);
        while (attention.appendAndAttend(out)) {}
    }

    /** Appends what can be read together of each sequence, and attends for it; false when all was done already. */
    private boolean appendAndAttend(float[] out) {
        var chunks = new @Nullable ChunkRows[done.length];
        var pieces = new ArrayList<Piece>();
        pool.run(done.length, (i, worker) -> chunks[i] = append(i));
        for (int i = 0; i < done.length; i++) {
            var sequence = rows.sequences()[i];
            var chunk = chunks[i];
            if (chunk != null) {
                add(chunk, pieces);
            } else if (done[i] < rows.count()) {
                done[i] = rows.count();
                long tokens = (long) sequence.cache().length(0) * shape.kvHeads();
                pieces.add(new Piece(tokens, () -> PolicyRows.attend(shape, layer, rows, sequence, out)));
            }
        }
        pieces.sort(Comparator.comparingLong(Piece::tokens).reversed()); // no long piece is left for the end
        pool.run(pieces.size(), (i, worker) -> pieces.get(i).work.run());
        return !pieces.isEmpty();
    }

    /** Appends rows of a sequence without a policy; null if there are none. */
    private @Nullable ChunkRows append(int i) {
        var sequence = rows.sequences()[i];
        int left = rows.count() - done[i];
        if (left == 0 || sequence.policy() != null) {
            return null;
        }
        var cache = sequence.cache();
        int row = sequence.firstRow() + done[i];
        int position = sequence.position() + done[i];
        int width = shape.kvHeads() * shape.headDim();
        int at = row * width;
        var appended = AppendedRows.append(cache, rows.keys(), at, rows.values(), at, left, width, position);
        done[i] += appended.count();
        return new ChunkRows(cache, rows.queries(), row, appended.count(), position, null, appended);
    }

    private void add(ChunkRows chunk, List<Piece> pieces) {
        var step = new PrefillStep(shape, chunk, results, null);
        int tasks = step.begin();
        for (int task = 0; task < tasks; task++) {
            int number = task;
            pieces.add(new Piece(chunk.cache().length(task % shape.kvHeads()), () -> step.run(number, 0)));
        }
    }
}
