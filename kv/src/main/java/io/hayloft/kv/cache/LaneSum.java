package io.hayloft.kv.cache;

import io.hayloft.kernels.VectorWidth;

/**
 * The sum of a vector's lanes, which lie in an array, in one fixed order. (The order of the vector library's own sum may
 * change when a method is compiled, and with it the result.)
 */
final class LaneSum {
    private LaneSum() {}

    static float of(float[] x, int at) {
        return switch (VectorWidth.LANES) {
            case 16 -> eight(x, at) + eight(x, at + 8);
            case 8 -> eight(x, at);
            default -> four(x, at);
        };
    }

    private static float eight(float[] x, int at) {
        return four(x, at) + four(x, at + 4);
    }

    private static float four(float[] x, int at) {
        return (x[at] + x[at + 1]) + (x[at + 2] + x[at + 3]);
    }
}
