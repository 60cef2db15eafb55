package io.hayloft.engine.cache;

/**
 * Codes a group of numbers by its minimum and a step: min + code * scale, scale = (max - min) / (2^bits - 1), codes
 * rounded half to even (KIVI, arXiv 2402.02750). With 16-bit scales every operation is rounded to a 16-bit float, as the
 * method's published form computes. A group of equal numbers has scale 0 and codes 0.
 */
final class GroupQuantizer {
    private final int levels;
    private final boolean wide;
    private float scale;
    private float min;

    GroupQuantizer(int bits, boolean wide) {
        this.levels = (1 << bits) - 1;
        this.wide = wide;
    }

    /** Codes count numbers of x, {@code stride} apart. */
    void quantize(float[] x, int at, int count, int stride, int[] codes) {
        float max = x[at];
        min = x[at];
        for (int i = 1; i < count; i++) {
            max = Math.max(max, x[at + i * stride]);
            min = Math.min(min, x[at + i * stride]);
        }
        scale = rounded(rounded(max - min) / levels);
        for (int i = 0; i < count; i++) {
            codes[i] = scale == 0 ? 0 : code(x[at + i * stride]);
        }
    }

    private int code(float x) {
        float steps = rounded(rounded(x - min) / scale);
        return (int) Math.rint(Math.clamp(steps, 0, levels));
    }

    private float rounded(float x) {
        return wide ? x : Half.round(x);
    }

    /** Step of the group coded last. */
    float scale() {
        return scale;
    }

    /** Minimum of the group coded last. */
    float min() {
        return min;
    }
}
