package io.hayloft.formats.tensor;

/** Floats of 8 bits (OCP 8-bit Floating Point Specification, revision 1.0). */
public final class Float8 {
    private Float8() {}

    /** Sign, 4 bits of exponent, 3 of fraction: there are no infinities, and the largest magnitude is NaN. */
    public static float e4m3(int bits) {
        float magnitude = (bits & 0x7F) == 0x7F ? Float.NaN : e4m3Magnitude(bits);
        return (bits & 0x80) == 0 ? magnitude : -magnitude;
    }

    /** The same without the sign, for formats in which the largest magnitude is a number, too: 480. */
    static float e4m3Magnitude(int bits) {
        int exponent = (bits >> 3) & 15;
        int fraction = bits & 7;
        return exponent == 0 ? fraction * 0x1p-9f : (8 + fraction) * Math.scalb(1f, exponent - 10);
    }

    /** Sign, 5 bits of exponent, 2 of fraction: the upper half of an f16. */
    public static float e5m2(int bits) {
        return Float.float16ToFloat((short) (bits << 8));
    }
}
