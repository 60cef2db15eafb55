package io.hayloft.kv.cache;

import org.jspecify.annotations.Nullable;

/**
 * Consecutive known tokens that were appended to a layer's cache at once, so that their queries can be answered together.
 *
 * <p>Row by row, the cache would have packed values in between: a query sees a value unpacked as long as only so many tokens
 * are newer. For such values this has the difference between both forms.
 */
public final class AppendedRows {
    private final int count;
    private final @Nullable Packed[] heads;

    private AppendedRows(int count, int kvHeads) {
        this.count = count;
        this.heads = new @Nullable Packed[kvHeads];
    }

    /** Values of one head that were packed while rows were appended, by their numbers (see {@link HeadCache}). */
    public static final class Packed {
        private final int first;
        private final int end;
        private final int unpackedOfFirstRow; // number of the first value that the first row sees unpacked
        private final int channels;
        private final float[] differences; // [end - first][channels]: unpacked less packed

        private Packed(HeadCache head, int end, int channels) {
            this.first = head.valuesPacked();
            this.end = end;
            this.unpackedOfFirstRow = head.end() - head.unpackedValues();
            this.channels = channels;
            this.differences = new float[(end - first) * channels];
            for (int token = first; token < end; token++) {
                head.loadValue(token, differences, (token - first) * channels);
            }
        }

        private void subtractPacked(HeadCache head) {
            var packed = new float[channels];
            for (int token = first; token < end; token++) {
                head.loadValue(token, packed, 0);
                for (int c = 0; c < channels; c++) {
                    differences[(token - first) * channels + c] -= packed[c];
                }
            }
        }

        /** Number of the first of these values. */
        public int first() {
            return first;
        }

        /** Number behind the last one. */
        public int end() {
            return end;
        }

        /** Number of the first value that a row sees unpacked; it may lie before or behind these. */
        public int firstUnpacked(int row) {
            return unpackedOfFirstRow + row;
        }

        /** Copies what a value was less what it is now [channels]. */
        public void copyDifference(int token, float[] to, int at) {
            System.arraycopy(differences, (token - first) * channels, to, at, channels);
        }
    }

    /**
     * Appends as many of the rows as leave the keys that the others see as they are: at least one.
     *
     * @param k keys: row r of head h begins at {@code kAt + r * rowStride + h * headDim}
     * @param v values, likewise
     */
    public static AppendedRows append(
            LayerCache cache, float[] k, int kAt, float[] v, int vAt, int rows, int rowStride, int firstPosition) {
        cache.flush();
        int count = rows;
        for (int head = 0; head < cache.kvHeads(); head++) {
            var own = cache.head(head);
            count = Math.min(count, Math.min(own.keysBeforePacking(), own.unpackedValues()));
        }
        var appended = new AppendedRows(count, cache.kvHeads());
        for (int head = 0; head < cache.kvHeads(); head++) {
            var own = cache.head(head);
            int end = own.end() + count - 1 - own.unpackedValues();
            appended.heads[head] = end > own.valuesPacked() ? new Packed(own, end, cache.headDim()) : null;
        }
        cache.append(k, kAt, v, vAt, count, rowStride, firstPosition);
        for (int head = 0; head < cache.kvHeads(); head++) {
            var packed = appended.heads[head];
            if (packed != null) {
                packed.subtractPacked(cache.head(head));
            }
        }
        return appended;
    }

    /** Rows that were appended. */
    public int count() {
        return count;
    }

    /** The values of a head that were packed meanwhile, if some have numbers {@code from .. to-1}; else null. */
    public @Nullable Packed packed(int head, int from, int to) {
        var packed = heads[head];
        return packed == null || packed.end <= from || packed.first >= to ? null : packed;
    }
}
