package io.hayloft.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of 8 bits, -127 to 127, that stand for themselves times a scale which a run of them shares; and sums of their
 * products, turned back into floats. For backends that multiply such numbers.
 *
 * <p>A run with a float that is not finite has a scale that is not finite, which makes sums with it NaN.
 */
public final class ScaledBytes {
    /** What unsigned numbers lie above those that they stand for. */
    public static final int UNSIGNED_ZERO = 128;

    private static final int LARGEST = 127;

    /** Adding this rounds a float of up to 22 bits to an integer, ties to even, and leaves it in the lowest bits. */
    private static final float ROUNDING = 0x1.8p23f;

    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
    private static final VectorSpecies<Integer> I = VectorWidth.INTS;
    private static final int LANES = VectorWidth.LANES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** As many bytes as a vector has lanes; null where there is no vector as short. */
    private static final @Nullable VectorSpecies<Byte> B =
            VectorWidth.BITS < 256 ? null : VectorSpecies.of(byte.class, VectorShape.forBitSize(VectorWidth.BITS / 4));

    private ScaledBytes() {}

    /** The scale of {@code n} floats: the largest of their magnitudes becomes 127. */
    public static float scale(float[] x, int at, int n) {
        int i = 0;
        var largest = FloatVector.zero(F);
        for (; i <= n - LANES; i += LANES) {
            largest = largest.max(FloatVector.fromArray(F, x, at + i).abs());
        }
        float most = largest.reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            most = Math.max(most, Math.abs(x[at + i]));
        }
        return most / LARGEST;
    }

    /**
     * Writes {@code n} floats as bytes: divided by the scale and rounded to nearest, ties to even.
     *
     * @param zero added to each: 0 for signed bytes, {@link #UNSIGNED_ZERO} for unsigned ones
     * @return sum of the bytes' values, {@code zero} not counted
     */
    public static int quantize(float[] x, int at, int n, float scale, int zero, MemorySegment dst, long dstOffset) {
        float inverse = scale == 0 ? 0 : 1 / scale;
        int i = 0;
        int sum = 0;
        if (B != null) {
            var sums = IntVector.zero(I);
            for (; i <= n - LANES; i += LANES) {
                var values = rounded(FloatVector.fromArray(F, x, at + i), inverse);
                sums = sums.add(values);
                values.add(zero)
                        .convertShape(VectorOperators.I2B, B, 0)
                        .reinterpretAsBytes()
                        .intoMemorySegment(dst, dstOffset + i, ORDER);
            }
            sum = sums.reduceLanes(VectorOperators.ADD);
        }
        for (; i < n; i++) {
            int value = rounded(x[at + i], inverse);
            sum += value;
            dst.set(ValueLayout.JAVA_BYTE, dstOffset + i, (byte) (value + zero));
        }
        return sum;
    }

    private static IntVector rounded(FloatVector x, float inverse) {
        var bits = x.mul(inverse).add(ROUNDING).reinterpretAsInts();
        return bits.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24);
    }

    private static int rounded(float x, float inverse) {
        return (byte) Float.floatToRawIntBits(x * inverse + ROUNDING);
    }

    /**
     * Turns sums of products into floats: {@code (sum - correction) * scale * rowScale}.
     *
     * @param sums 32-bit integers, {@code n} of them from byte {@code offset}
     * @param corrections for each sum, {@code n} 32-bit integers
     * @param scales for each sum, {@code n} floats
     * @param rowScale for all of them
     */
    public static void toFloats(
            MemorySegment sums,
            long offset,
            MemorySegment corrections,
            MemorySegment scales,
            float rowScale,
            float[] y,
            int at,
            int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            scaled(sums, offset, corrections, scales, i).mul(rowScale).intoArray(y, at + i);
        }
        for (; i < n; i++) {
            y[at + i] = scaledOne(sums, offset, corrections, scales, i) * rowScale;
        }
    }

    /** As {@link #toFloats}, added to what is there, with one rounding. */
    public static void addFloats(
            MemorySegment sums,
            long offset,
            MemorySegment corrections,
            MemorySegment scales,
            float rowScale,
            float[] y,
            int at,
            int n) {
        int i = 0;
        var factor = FloatVector.broadcast(F, rowScale);
        for (; i <= n - LANES; i += LANES) {
            scaled(sums, offset, corrections, scales, i)
                    .fma(factor, FloatVector.fromArray(F, y, at + i))
                    .intoArray(y, at + i);
        }
        for (; i < n; i++) {
            y[at + i] = Math.fma(scaledOne(sums, offset, corrections, scales, i), rowScale, y[at + i]);
        }
    }

    private static FloatVector scaled(
            MemorySegment sums, long offset, MemorySegment corrections, MemorySegment scales, int i) {
        var sum = IntVector.fromMemorySegment(I, sums, offset + 4L * i, ORDER)
                .sub(IntVector.fromMemorySegment(I, corrections, 4L * i, ORDER));
        return ((FloatVector) sum.convertShape(VectorOperators.I2F, F, 0))
                .mul(FloatVector.fromMemorySegment(F, scales, 4L * i, ORDER));
    }

    private static float scaledOne(
            MemorySegment sums, long offset, MemorySegment corrections, MemorySegment scales, int i) {
        int sum = sums.get(ValueLayout.JAVA_INT, offset + 4L * i) - corrections.get(ValueLayout.JAVA_INT, 4L * i);
        return sum * scales.get(ValueLayout.JAVA_FLOAT, 4L * i);
    }
}
