package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.cache.HeadCache;
import io.hayloft.kv.cache.LayerCache;
import org.jspecify.annotations.Nullable;

/**
 * Softmax sums of several known rows of a sequence over the fixed tokens of its cache: those that stay as they are stored while
 * the rows' own tokens are appended. A tile is decoded for all rows at once. {@link DecodeStep} goes on from these sums row by
 * row, and its results have the same bits as without them.
 *
 * <p>Only for caches that nothing but appending changes.
 */
public final class FixedTokenSums implements WorkerPool.Task {
    private static final int SPLIT = DecodeStep.SPLIT;

    /** Queries of a KV head at once, about: their scores stay in the second-level cache. */
    private static final int QUERIES = 96;

    /** Floats of the sums of all rows of the sequences in a step, about: 16 MB. */
    private static final long MOST_FLOATS = 4L << 20;

    private static final ThreadLocal<PrefillScratch> TILES = ThreadLocal.withInitial(PrefillScratch::new);
    private static final ThreadLocal<DecodeScratch> BLOCKS = ThreadLocal.withInitial(DecodeScratch::new);

    private final AttentionShape shape;
    private final LayerCache cache;
    private final float[] q;
    private final int firstRow;
    private final int position; // of the first row
    private final int perHead; // queries of a KV head: rows times group
    private final boolean floats;
    private final int firstSplit; // the first that a row sees
    private final int splits;
    private final int[] ends; // of each KV head: where its tiles of fixed tokens end
    private final int stride; // of a query's sums
    private final float[] sums; // of the splits whose tokens are all fixed [kvHeads][splits][rows][group][stride]
    private final float[] @Nullable [] states; // of each KV head's split that goes on [rows][group][floats of a state]

    /**
     * Sums still to be computed, by {@link #run}.
     *
     * @param cache does not hold the rows' tokens yet
     * @param q rotated queries [rows][queryHeads * headDim], of which these begin at {@code firstRow}
     * @param rows number of rows
     * @param position of the first row
     */
    public FixedTokenSums(AttentionShape shape, LayerCache cache, float[] q, int firstRow, int rows, int position) {
        this.shape = shape;
        this.cache = cache;
        this.q = q;
        this.firstRow = firstRow;
        this.position = position;
        this.perHead = rows * shape.group();
        this.floats = cache.codec().storesFloats();
        this.stride = 2 + shape.headDim();
        this.ends = new int[shape.kvHeads()];
        int first = Integer.MAX_VALUE;
        int last = 0;
        for (int head = 0; head < ends.length; head++) {
            ends[head] = cache.head(head).fixedEnd() / TILE * TILE;
            first = Math.min(first, firstTile(cache.head(head)));
            last = Math.max(last, ends[head]);
        }
        this.firstSplit = first / SPLIT;
        this.splits = Math.max(0, (last + SPLIT - 1) / SPLIT - firstSplit);
        this.sums = new float[Math.multiplyExact(ends.length * splits, perHead * stride)];
        this.states = new float[ends.length][];
    }

    /** How many rows' sums are to be computed at once, where so many sequences are read together. */
    public static int rowsTogether(AttentionShape shape, LayerCache cache, int sequences) {
        long ofRow = 0;
        for (int head = 0; head < shape.kvHeads(); head++) {
            long splitsOfHead = cache.length(head) / SPLIT + 1L;
            ofRow += splitsOfHead * shape.group() * (2 + shape.headDim());
        }
        return Math.clamp(MOST_FLOATS / (ofRow * sequences), 1, Math.max(8, QUERIES / shape.group()));
    }

    private int firstTile(HeadCache head) {
        return Visibility.firstToken(head, Visibility.low(shape, cache, position)) / TILE * TILE;
    }

    /** How many tasks there are to {@link #run}. */
    public int tasks() {
        return ends.length * splits;
    }

    /** Computes one KV head's sums over a split, for all rows. */
    @Override
    public void run(int task, int worker) {
        int kvHead = task / splits;
        int from = (firstSplit + task % splits) * SPLIT;
        int to = Math.min(from + SPLIT, ends[kvHead]);
        if (to <= from) {
            return;
        }
        var head = cache.head(kvHead);
        int first = Math.max(from, firstTile(head));
        var softmax = floats ? byTiles(kvHead, head, first, to) : byBlocks(kvHead, head, first, to);
        if (to < from + SPLIT) {
            states[kvHead] = softmax.saved(perHead);
            return;
        }
        for (int query = 0; query < perHead; query++) {
            head.finishValues(softmax.out(), query * softmax.stride());
            softmax.write(query, shape.headDim(), sums, (task * perHead + query) * stride);
        }
    }

    /** With the kernels of prefill. */
    private TileSoftmax byTiles(int kvHead, HeadCache head, int from, int to) {
        var scratch = TILES.get();
        scratch.begin(shape, perHead);
        scratch.loadQueries(head, q, firstRow, perHead, kvHead);
        for (int tile = from; tile < to; tile += TILE) {
            scratch.loadTile(head, tile);
            for (int at = 0; at < perHead; at += RowTile.ROWS) {
                int count = Math.min(RowTile.ROWS, perHead - at);
                scratch.scores(at, TILE);
                for (int i = 0; i < count; i++) {
                    int own = position + (at + i) / shape.group();
                    scratch.hide(head, tile, Visibility.low(shape, cache, own), own, i);
                }
                scratch.values(at, count, TILE);
            }
        }
        return scratch.softmax;
    }

    /** With the kernels of decoding, which multiply quantised numbers before they are scaled. */
    private TileSoftmax byBlocks(int kvHead, HeadCache head, int from, int to) {
        var scratch = BLOCKS.get();
        scratch.begin(shape, head, gathered(kvHead), 0, perHead);
        for (int tile = from; tile < to; tile += TILE) {
            scratch.scores(head, tile);
            for (int query = 0; query < perHead; query++) {
                int own = position + query / shape.group();
                Visibility.hide(head, tile, Visibility.low(shape, cache, own), own, scratch.scores, query * TILE);
            }
            scratch.values(head, tile);
        }
        return scratch.softmax;
    }

    /** The queries of a KV head [rows][group][headDim]. */
    private float[] gathered(int kvHead) {
        int width = shape.group() * shape.headDim();
        var gathered = new float[perHead * shape.headDim()];
        for (int to = 0, from = firstRow * shape.rowSize() + kvHead * width;
                to < gathered.length;
                to += width, from += shape.rowSize()) {
            System.arraycopy(q, from, gathered, to, width);
        }
        return gathered;
    }

    /** Copies a row's sums over the split that begins at a token to [group][stride], if all its tokens are fixed and were seen. */
    boolean copy(int row, int kvHead, int split, float[] to, int at) {
        if (split < firstSplit * SPLIT || split + SPLIT > ends[kvHead]) {
            return false;
        }
        int task = kvHead * splits + split / SPLIT - firstSplit;
        int group = shape.group();
        System.arraycopy(sums, (task * perHead + row * group) * stride, to, at, group * stride);
        return true;
    }

    /** Gives a softmax that has begun a row's state in the split that begins at a token; returns where that state ends. */
    int resume(int row, int kvHead, int split, TileSoftmax softmax) {
        var state = states[kvHead];
        if (state == null || ends[kvHead] <= split) {
            return split;
        }
        softmax.resume(state, state.length / perHead, row * shape.group(), shape.group());
        return ends[kvHead];
    }
}
