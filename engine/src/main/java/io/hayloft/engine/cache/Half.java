package io.hayloft.engine.cache;

/** 16-bit floats that never become infinite: what is beyond their range is stored as the largest one. */
final class Half {
    static final float LARGEST = 65504;

    private Half() {}

    /** Bits of the nearest 16-bit float, ties to even. */
    static short bits(float value) {
        return Float.floatToFloat16(Math.max(-LARGEST, Math.min(LARGEST, value)));
    }

    /** The value rounded to a 16-bit float. */
    static float round(float value) {
        return Float.float16ToFloat(bits(value));
    }
}
