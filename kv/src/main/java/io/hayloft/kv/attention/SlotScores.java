package io.hayloft.kv.attention;

import static io.hayloft.kv.attention.TileSoftmax.TILE;

import io.hayloft.kernels.Exp;
import io.hayloft.kernels.Maximum;
import io.hayloft.kernels.VectorWidth;
import io.hayloft.kv.cache.LayerCache;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scores of several rows of one sequence, while tokens come and leave from row to row.
 *
 * <p>Tokens have numbers: first those that were there before, by their slots, then those of the rows. A row that is still to
 * come has the scores of the tokens that are there by slot, and those of tokens to come by number. A row that is done has
 * probabilities by number, 0 for all that it did not see.
 */
final class SlotScores {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;
    private static final int SUM_LANES = VectorWidth.SUM_LANES;

    private AttentionShape shape = new AttentionShape(1, 1, 1, 1, 0, 0);
    private int rows;
    private int stride;
    private int next; // the row to come
    private float[] scores = {}; // [rows][queryHeads][stride]
    private int[] before = {}; // tokens of each head that were there before
    private int[] lengths = {}; // slots of each head
    private int[] stepLengths = {}; // likewise, during the row's step
    private Moved[] moved = {};
    private float[] saved = {};
    private final float[] laneSums = new float[SUM_LANES];

    /** The slots of a head whose token is not the one with the slot's number. */
    private static final class Moved {
        int[] tokens = {}; // of each slot
        int[] slots = new int[64]; // those that have ever held another one
        int count;
        int[] seen = new int[64]; // tokens of these slots when a row was normalised; -1 for slots that were empty
        int seenCount;

        void begin(int size) {
            if (tokens.length < size) {
                tokens = new int[size + size / 4];
            }
            for (int slot = 0; slot < size; slot++) {
                tokens[slot] = slot;
            }
            count = 0;
        }

        void set(int slot, int token) {
            if (tokens[slot] == slot && token != slot) {
                if (count == slots.length) {
                    slots = Arrays.copyOf(slots, 2 * count);
                    seen = Arrays.copyOf(seen, 2 * count);
                }
                slots[count++] = slot;
            }
            tokens[slot] = token;
        }

        void remember(int length) {
            seenCount = count;
            for (int i = 0; i < count; i++) {
                seen[i] = slots[i] < length ? tokens[slots[i]] : -1;
            }
        }
    }

    /** Begins with the tokens of a cache, to which those of the rows will come. */
    void begin(AttentionShape shape, LayerCache cache, int rows) {
        this.shape = shape;
        this.rows = rows;
        next = 0;
        int heads = shape.kvHeads();
        if (moved.length != heads) {
            before = new int[heads];
            lengths = new int[heads];
            stepLengths = new int[heads];
            moved = new Moved[heads];
            Arrays.setAll(moved, head -> new Moved());
        }
        int longest = 0;
        for (int head = 0; head < heads; head++) {
            before[head] = cache.length(head);
            lengths[head] = before[head];
            longest = Math.max(longest, before[head] + rows);
            moved[head].begin(before[head] + rows);
        }
        stride = (longest + TILE - 1) / TILE * TILE;
        int size = Math.multiplyExact(Math.multiplyExact(rows, shape.queryHeads()), stride);
        scores = scores.length < size ? new float[size] : scores;
    }

    float[] scores() {
        return scores;
    }

    /** Floats from query head to query head. */
    int stride() {
        return stride;
    }

    /** Slots of each KV head during the step of the row that was normalised last. */
    int[] lengths() {
        return stepLengths;
    }

    /** All tokens of a KV head, those of the rows included. */
    int tokens(int kvHead) {
        return before[kvHead] + rows;
    }

    /** Where the scores of a row and query head are. */
    int at(int row, int queryHead) {
        return (row * shape.queryHeads() + queryHead) * stride;
    }

    private int ofQuery(int kvHead, int query) {
        return at(query / shape.group(), kvHead * shape.group() + query % shape.group());
    }

    /** Sets the scores of a tile of tokens [count][128] for queries of a KV head, which are numbered row by row. */
    void set(int kvHead, int tile, int first, int count, float[] source) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(source, i * TILE, scores, ofQuery(kvHead, first + i) + tile, TILE);
        }
    }

    /** Reads a tile, as {@link #set} wrote it. */
    void get(int kvHead, int tile, int first, int count, float[] target) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(scores, ofQuery(kvHead, first + i) + tile, target, i * TILE, TILE);
        }
    }

    /** The next row's token has come; its scores become probabilities of the slots, 0 behind the last one. */
    void normalise(int row) {
        next = row;
        for (int head = 0; head < shape.kvHeads(); head++) {
            int slot = lengths[head]++;
            copyScores(head, row, before[head] + row, slot);
            moved[head].set(slot, before[head] + row);
            moved[head].remember(lengths[head]);
            stepLengths[head] = lengths[head];
            for (int g = 0; g < shape.group(); g++) {
                int queryHead = head * shape.group() + g;
                softmax(queryHead, at(row, queryHead), lengths[head]);
            }
        }
    }

    private void softmax(int queryHead, int at, int length) {
        int used = (length + SUM_LANES - 1) / SUM_LANES * SUM_LANES;
        Arrays.fill(scores, at + length, at + used, Float.NEGATIVE_INFINITY);
        Arrays.fill(scores, at + used, at + stride, 0);
        var most = FloatVector.broadcast(FLOATS, TileSoftmax.LOWEST);
        for (int i = at; i < at + used; i += LANES) {
            most = Maximum.ofEach(most, FloatVector.fromArray(FLOATS, scores, i));
        }
        float largest = shape.largestWithSink(queryHead, Maximum.ofLanes(most));
        Exp.ofScores(scores, at, used, largest);
        float factor = 1 / (sum(at, used) + shape.exponentialOfSink(queryHead, largest)); // a row sees its own token
        for (int i = at; i < at + used; i += LANES) {
            FloatVector.fromArray(FLOATS, scores, i).mul(factor).intoArray(scores, i);
        }
    }

    /** A sum that does not depend on the width of vectors. */
    private float sum(int at, int count) {
        for (int lane = 0; lane < SUM_LANES; lane += LANES) {
            var sum = FloatVector.zero(FLOATS);
            for (int i = at + lane; i < at + count; i += SUM_LANES) {
                sum = sum.add(FloatVector.fromArray(FLOATS, scores, i));
            }
            sum.intoArray(laneSums, lane);
        }
        float sum = 0;
        for (float lane : laneSums) {
            sum += lane;
        }
        return sum;
    }

    /** A token has left its slot, to which the one of the last slot came; concerns the rows to come. */
    void evicted(int kvHead, int slot, int last) {
        if (slot != last) {
            copyScores(kvHead, next + 1, last, slot);
            moved[kvHead].set(slot, moved[kvHead].tokens[last]);
        }
        lengths[kvHead] = last;
    }

    private void copyScores(int kvHead, int firstRow, int from, int to) {
        for (int row = firstRow; row < rows && from != to; row++) {
            for (int g = 0; g < shape.group(); g++) {
                int at = at(row, kvHead * shape.group() + g);
                scores[at + to] = scores[at + from];
            }
        }
    }

    /** Brings the probabilities of a row that is done from slots to the tokens that they held at its step. */
    void orderByToken(int row) {
        for (int head = 0; head < shape.kvHeads(); head++) {
            var own = moved[head];
            saved = saved.length < own.seenCount ? new float[own.seen.length] : saved;
            for (int g = 0; g < shape.group(); g++) {
                int at = at(row, head * shape.group() + g);
                for (int i = 0; i < own.seenCount; i++) {
                    saved[i] = scores[at + own.slots[i]];
                    scores[at + own.slots[i]] = 0;
                }
                for (int i = 0; i < own.seenCount; i++) {
                    if (own.seen[i] >= 0) {
                        scores[at + own.seen[i]] = saved[i];
                    }
                }
            }
        }
    }
}
