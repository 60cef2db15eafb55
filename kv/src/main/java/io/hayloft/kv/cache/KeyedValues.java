package io.hayloft.kv.cache;

import static io.hayloft.kv.cache.BlockFormat.TOKENS;

import io.hayloft.kernels.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Values that are the keys of the same tokens, read from their store: latent attention keeps one row a token for both
 * (DeepSeek-AI, arXiv 2405.04434, section 2.1). It takes no memory, and whatever changes the keys changes it.
 */
final class KeyedValues implements ValueStore {
    private static final VectorSpecies<Float> FLOATS = VectorWidth.FLOATS;
    private static final int LANES = VectorWidth.LANES;

    private static final ThreadLocal<Columns> COLUMNS = ThreadLocal.withInitial(Columns::new);

    private final KeyStore keys;
    private final int channels;
    private final int stride; // of a decoded row

    /** A decoded block of keys, kept from call to call. */
    private static final class Columns {
        private float[] floats = {};

        float[] ofSize(int size) {
            if (floats.length < size) {
                floats = new float[size];
            }
            return floats;
        }
    }

    /**
     * @param keys of a codec that stores them as they come, not rotated
     */
    KeyedValues(KeyStore keys, int channels) {
        if (keys.preparesQueries()) {
            throw new IllegalArgumentException("rotated keys cannot be values");
        }
        this.keys = keys;
        this.channels = channels;
        this.stride = BlockFormat.paddedChannels(channels);
    }

    @Override
    public void addValues(BlockScratch scratch, int block, int tokens) {
        var rows = scratch.rows(TOKENS * stride);
        expand(block, rows, 0, stride);
        var w = scratch.weights();
        for (int head = 0; head < w.heads; head++) {
            int p = w.xAt + head * w.xStride;
            int to = w.outAt + head * w.outStride;
            for (int c = 0; c < stride; c += LANES) {
                var sum = FloatVector.fromArray(FLOATS, w.out, to + c);
                for (int token = 0; token < tokens; token++) {
                    sum = FloatVector.fromArray(FLOATS, rows, token * stride + c)
                            .fma(FloatVector.broadcast(FLOATS, w.x[p + token]), sum);
                }
                sum.intoArray(w.out, to + c);
            }
        }
    }

    @Override
    public void expand(int block, float[] dst, int at, int rowStride) {
        var columns = COLUMNS.get().ofSize(TOKENS * channels); // [channels][32]
        keys.expand(block, columns, 0, TOKENS);
        for (int token = 0; token < TOKENS; token++) {
            for (int c = 0; c < channels; c++) {
                dst[at + token * rowStride + c] = columns[c * TOKENS + token];
            }
        }
    }

    @Override
    public void load(int token, float[] dst, int at) {
        keys.load(token, dst, at);
    }

    @Override
    public int sumGroups() {
        return 0;
    }

    @Override
    public int sumGroupChannels() {
        return 0;
    }

    @Override
    public int end() {
        return keys.end();
    }

    @Override
    public int packed() {
        return keys.packed();
    }

    @Override
    public int fixedEnd() {
        return keys.fixedEnd();
    }

    @Override
    public int droppable(int tokens) {
        return tokens;
    }

    @Override
    public void append(float[] src, int at) {}

    @Override
    public void appendFrom(TokenStore source, int token) {}

    @Override
    public void flush() {}

    @Override
    public void reserve(int end) {}

    @Override
    public long growth(int tokens) {
        return 0;
    }

    @Override
    public long bytesOf(int tokens) {
        return 0;
    }

    @Override
    public void moveLastTo(int token) {}

    @Override
    public void removeFirst(int tokens) {}

    @Override
    public void truncate(int end) {}

    /** Not of its own keys, but of those of a fork, which come with it. */
    @Override
    public KeyedValues fork(BlockMemory memory) {
        throw new UnsupportedOperationException("a fork has keys of its own");
    }

    @Override
    public KeyedValues copy(BlockMemory memory) {
        throw new UnsupportedOperationException("a copy has keys of its own");
    }

    /** The same of other keys. */
    KeyedValues of(KeyStore otherKeys) {
        return new KeyedValues(otherKeys, channels);
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public long tableBytes() {
        return 0;
    }
}
