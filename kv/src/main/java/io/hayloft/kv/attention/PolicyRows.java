package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kv.cache.CachePolicy;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import java.util.Arrays;

/**
 * Known tokens of one sequence in one layer whose policy may change the cache after each of them.
 *
 * <p>All of some rows' tokens are appended for a moment, so that scores come of one product of the rows with all tokens that
 * any of them sees. Then the tokens are appended again one by one: the policy gets each row's probabilities by slot, and what
 * it evicts is followed in the scores of later rows. The weighted sums of values are one product again.
 */
final class PolicyRows {
    /** Rows that are read together: each sees tokens that have left before the last one. */
    private static final int TOGETHER = 32;

    /** Floats of scores and values that a thread may hold: 64 MB. */
    private static final long MOST_FLOATS = 16L << 20;

    private static final ThreadLocal<PolicyRows> SCRATCH = ThreadLocal.withInitial(PolicyRows::new);
    private static final float[] NONE = {};

    private final PrefillScratch tiles = new PrefillScratch();
    private final SlotScores scores = new SlotScores();
    private float[] values = {}; // [kvHeads][all tokens][stride]
    private float[] sums = {}; // [rows of a tile][stride]

    private PolicyRows() {}

    /** Whether the memory for scores and values is enough for a cache of this length. */
    static boolean fits(AttentionShape shape, LayerCache cache) {
        long ofToken = (long) TOGETHER * shape.queryHeads() + (long) shape.kvHeads() * shape.headDim();
        long longest = 0;
        for (int head = 0; head < shape.kvHeads(); head++) {
            longest = Math.max(longest, cache.length(head));
        }
        return (longest + TOGETHER + TILE) * ofToken <= MOST_FLOATS;
    }

    /** Appends and attends for all rows of a sequence. */
    static void attend(AttentionShape shape, int layer, KnownRows rows, KnownRows.Sequence sequence, float[] out) {
        var policy = sequence.policy();
        if (policy == null) {
            throw new IllegalArgumentException("a sequence without a policy");
        }
        var scratch = SCRATCH.get();
        for (int from = 0; from < rows.count(); from += TOGETHER) {
            int count = Math.min(TOGETHER, rows.count() - from);
            scratch.new Part(shape, rows, sequence, from, count).run(layer, policy, out);
        }
    }

    /** Rows {@code from .. from + count - 1} of a sequence. */
    private final class Part {
        private final AttentionShape shape;
        private final KnownRows rows;
        private final LayerCache cache;
        private final int from;
        private final int count;
        private final int firstRow;
        private final int position;
        private final int[] valuesAt; // of each KV head
        private int stride; // of a token's values

        Part(AttentionShape shape, KnownRows rows, KnownRows.Sequence sequence, int from, int count) {
            this.shape = shape;
            this.rows = rows;
            this.cache = sequence.cache();
            this.from = from;
            this.count = count;
            this.firstRow = sequence.firstRow() + from;
            this.position = sequence.position() + from;
            this.valuesAt = new int[shape.kvHeads()];
        }

        void run(int layer, CachePolicy policy, float[] out) {
            scores.begin(shape, cache, count);
            append(0, count);
            computeScores();
            cache.truncate(position);
            try {
                for (int head = 0; head < shape.kvHeads(); head++) {
                    int own = head;
                    cache.head(head).listen((slot, last) -> scores.evicted(own, slot, last));
                }
                for (int row = 0; row < count; row++) {
                    step(row, layer, policy);
                }
            } finally {
                for (int head = 0; head < shape.kvHeads(); head++) {
                    cache.head(head).listen(null);
                }
            }
            for (int head = 0; head < shape.kvHeads(); head++) {
                sumValues(head, out);
            }
        }

        private void append(int row, int tokens) {
            int width = shape.kvHeads() * shape.headDim();
            int at = (firstRow + row) * width;
            cache.append(rows.keys(), at, rows.values(), at, tokens, width, position + row);
        }

        /** Scores of all rows with all tokens, hidden ones too; keeps the tokens' values. */
        private void computeScores() {
            int queries = count * shape.group();
            int used = 0;
            for (int head = 0; head < shape.kvHeads(); head++) {
                var own = cache.head(head);
                tiles.begin(shape, queries);
                stride = tiles.softmax.stride();
                tiles.loadQueries(own, rows.queries(), firstRow, queries, head);
                valuesAt[head] = used;
                int needed = used + (own.end() + TILE) * stride;
                values = values.length < needed ? Arrays.copyOf(values, needed + needed / 4) : values;
                for (int tile = 0; tile < own.end(); tile += TILE) {
                    tiles.loadTile(own, tile);
                    used += tiles.copyValues(values, used) * stride;
                    for (int at = 0; at < queries; at += RowTile.ROWS) {
                        tiles.scores(at, TILE);
                        scores.set(head, tile, at, Math.min(RowTile.ROWS, queries - at), tiles.scores);
                    }
                }
            }
        }

        /** Reads one row's token: the state of the cache is that of a single step. */
        private void step(int row, int layer, CachePolicy policy) {
            append(row, 1);
            scores.normalise(row);
            boolean wanted = policy.wantsProbabilities();
            var probabilities = wanted ? scores.scores() : NONE;
            int at = scores.at(row, 0);
            policy.afterStep(
                    layer,
                    cache,
                    new StepAttention(shape.queryHeads(), scores.lengths(), at, scores.stride(), probabilities));
            scores.orderByToken(row);
            if (from + row < rows.count() - 1) {
                cache.advance(position + row + 1); // what follows the last token is for the whole sequence
            }
        }

        /** Weighted sums of values for all rows of a KV head. */
        private void sumValues(int kvHead, float[] out) {
            var head = cache.head(kvHead);
            int group = shape.group();
            int dim = shape.headDim();
            int tokens = scores.tokens(kvHead);
            sums = sums.length < RowTile.ROWS * stride ? new float[RowTile.ROWS * stride] : sums;
            for (int at = 0; at < count * group; at += RowTile.ROWS) {
                int queries = Math.min(RowTile.ROWS, count * group - at);
                Arrays.fill(sums, 0);
                for (int tile = 0; tile < tokens; tile += TILE) {
                    scores.get(kvHead, tile, at, queries, tiles.scores);
                    int depth = Math.min(TILE, tokens - tile);
                    RowTile.values(depth, tiles.scores, values, valuesAt[kvHead] + tile * stride, stride, sums, 0);
                }
                for (int i = 0; i < queries; i++) {
                    int row = firstRow + (at + i) / group;
                    int to = row * shape.rowSize() + (kvHead * group + (at + i) % group) * dim;
                    System.arraycopy(sums, i * stride, out, to, dim);
                    head.finishOutputs(out, to, 1);
                }
            }
        }
    }
}
