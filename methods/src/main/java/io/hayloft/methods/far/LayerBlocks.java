package io.hayloft.methods.far;

import io.hayloft.kernels.VectorOps;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.StepAttention;
import io.hayloft.kv.cache.TokenMask;
import io.hayloft.methods.score.Scores;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The blocks of one layer: what stands for each, which are chosen, and the attention that tokens got while near. */
public final class LayerBlocks implements TokenMask {
    private final Retrieval.Sizes sizes;
    private final int queryHeads;
    private final int dim;
    private float[] keys = {}; // [blocks][queryHeads * dim]
    private int count;
    private boolean[] chosen = {};
    private float[] mass = {}; // [queryHeads][massTokens], by position
    private int massTokens;
    private int lastShown = -1;

    LayerBlocks(Retrieval.Sizes sizes, int queryHeads, int dim) {
        this.sizes = sizes;
        this.queryHeads = queryHeads;
        this.dim = dim;
    }

    /** Number of blocks. */
    public int count() {
        return count;
    }

    /** What stands for the blocks: [blocks][queryHeads * headDim], for each query head the mean of its own choice of keys. */
    public float[] representatives() {
        return Arrays.copyOf(keys, count * queryHeads * dim);
    }

    /** The blocks that the newest queries see, ascending. */
    public int[] chosen() {
        return IntStream.range(0, count).filter(block -> chosen[block]).toArray();
    }

    /** Makes blocks of the tokens that have left the window of the next token. */
    void formBlocks(LayerCache tokens, int next) {
        while (next - sizes.init() - (count + 1) * sizes.block() >= sizes.local()) {
            addBlock(tokens, sizes.init() + count * sizes.block());
        }
    }

    private void addBlock(LayerCache tokens, int first) {
        int width = queryHeads * dim;
        if (keys.length < (count + 1) * width) {
            keys = Arrays.copyOf(keys, Math.max(2 * keys.length, 16 * width));
            chosen = Arrays.copyOf(chosen, keys.length / width);
        }
        int group = queryHeads / tokens.kvHeads();
        var own = new float[sizes.block() * dim];
        for (int head = 0; head < queryHeads; head++) {
            if (head % group == 0) {
                tokens.readKeys(head / group, first, sizes.block(), own, 0);
            }
            int from = head * massTokens + first;
            var weights = Arrays.copyOfRange(mass, from, from + sizes.block());
            int to = count * width + head * dim;
            for (int token : Scores.top(weights, sizes.representatives())) {
                for (int c = 0; c < dim; c++) {
                    keys[to + c] += own[token * dim + c] / sizes.representatives();
                }
            }
        }
        count++;
    }

    /** Chooses the blocks whose representatives match the mean query best, all heads together. */
    void choose(float[] queries, int at, int rows, int width) {
        Arrays.fill(chosen, count <= sizes.chosen());
        if (count <= sizes.chosen()) {
            return;
        }
        var mean = new float[width];
        for (int row = 0; row < rows; row++) {
            VectorOps.addInPlace(mean, 0, queries, at + row * width, width);
        }
        var scores = new float[count];
        for (int block = 0; block < count; block++) {
            scores[block] = VectorOps.dot(mean, 0, keys, block * width, width);
        }
        for (int block : Scores.top(scores, sizes.chosen())) {
            chosen[block] = true;
        }
    }

    /** Shows no tokens behind this position. */
    void showUpTo(int position) {
        lastShown = position;
    }

    /** Room for the attention of tokens at positions below this. */
    void growMass(int tokens) {
        if (tokens > massTokens) {
            int room = tokens + Math.max(sizes.local(), tokens / 4);
            var grown = new float[queryHeads * room];
            for (int head = 0; head < queryHeads; head++) {
                System.arraycopy(mass, head * massTokens, grown, head * room, massTokens);
            }
            mass = grown;
            massTokens = room;
        }
    }

    /** Attention that tokens got while near [queryHeads][tokens], by position; the array itself. */
    float[] mass() {
        return mass;
    }

    void addMass(LayerCache near, StepAttention attention) {
        int group = queryHeads / near.kvHeads();
        for (int head = 0; head < queryHeads; head++) {
            for (int slot = 0; slot < attention.length(head / group); slot++) {
                mass[head * massTokens + near.position(head / group, slot)] += attention.probability(head, slot);
            }
        }
    }

    private boolean hidden(int position) {
        int block = (position - sizes.init()) / sizes.block();
        return position > lastShown || (position >= sizes.init() && block < count && !chosen[block]);
    }

    /**
     * Hides blocks that are not chosen, and tokens that the last row of the stretch still sees in its window. As in the
     * authors' code, the earlier rows of a stretch see those that leave the window within it twice, near and far.
     */
    @Override
    public void hide(int queryHead, int slot, int tokens, float[] scores, int at) {
        for (int i = 0; i < tokens; i++) {
            if (hidden(slot + i)) { // the memory begins at position 0 and has no gaps
                scores[at + i] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    @Override
    public boolean hidesAll(int slot, int tokens) {
        for (int i = 0; i < tokens; i++) {
            if (!hidden(slot + i)) {
                return false;
            }
        }
        return true;
    }

    /** Tokens of blocks that are not chosen. */
    int hiddenTokens() {
        return (count - chosen().length) * sizes.block();
    }

    /** Bytes of the representatives and of the attention that tokens got. */
    long bytes() {
        return Float.BYTES * ((long) keys.length + mass.length);
    }

    LayerBlocks copy() {
        var copy = new LayerBlocks(sizes, queryHeads, dim);
        copy.keys = keys.clone();
        copy.count = count;
        copy.chosen = chosen.clone();
        copy.mass = mass.clone();
        copy.massTokens = massTokens;
        copy.lastShown = lastShown;
        return copy;
    }
}
