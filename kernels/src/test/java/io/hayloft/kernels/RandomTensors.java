package io.hayloft.kernels;

import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;

/** Tensors of any type with random codes and sane scales. */
final class RandomTensors {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RandomTensors() {}

    static WeightRows rows(TensorType type, int rows, int columns, long seed) {
        return WeightRows.all(tensor(type, rows, columns, seed));
    }

    static Tensor tensor(TensorType type, int rows, int columns, long seed) {
        var random = new Random(seed);
        long elements = (long) rows * columns;
        var data = Arena.ofAuto().allocate(type.bytes(elements), 8);
        var bytes = new byte[type.blockBytes()];
        for (long at = 0; at < data.byteSize(); at += bytes.length) {
            random.nextBytes(bytes);
            MemorySegment.copy(bytes, 0, data, ValueLayout.JAVA_BYTE, at, bytes.length);
            setFloats(type, data, at, random);
        }
        return new Tensor("random " + type, type, new long[] {rows, columns}, data);
    }

    /** Puts sane numbers where the format has floats. */
    private static void setFloats(TensorType type, MemorySegment data, long at, Random random) {
        switch (type) {
            case F32 -> data.set(FLOAT, at, (float) random.nextGaussian());
            case BF16 -> data.set(SHORT, at, (short) (Float.floatToIntBits((float) random.nextGaussian()) >>> 16));
            case F16, Q8_0, Q4_0, Q5_0, Q1_0, IQ4_NL, IQ4_XS, IQ3_S, IQ3_XXS, IQ2_S, IQ2_XS, IQ2_XXS, IQ1_S ->
                setHalf(data, at, random);
            case Q4_1, Q5_1, Q4_K, Q5_K -> {
                setHalf(data, at, random);
                setHalf(data, at + 2, random);
            }
            case Q2_K -> {
                setHalf(data, at + 80, random);
                setHalf(data, at + 82, random);
            }
            case Q3_K -> setHalf(data, at + 108, random);
            case Q6_K -> setHalf(data, at + 208, random);
            case TQ1_0 -> setHalf(data, at + 52, random);
            case TQ2_0 -> setHalf(data, at + 64, random);
            case INT4, INT8 -> {
                data.set(FLOAT, at, (float) random.nextGaussian() * 0.1f);
                data.set(FLOAT, at + 4, (float) random.nextGaussian());
            }
            case IQ1_M -> setQuarters(data, at + 49, random);
            case NVFP4 -> {
                for (int i = 0; i < 4; i++) {
                    data.set(ValueLayout.JAVA_BYTE, at + i, (byte) random.nextInt(16, 64));
                }
            }
            case MXFP4 -> data.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt(116, 126));
        }
    }

    private static void setHalf(MemorySegment data, long at, Random random) {
        // Some are subnormal in f16.
        double magnitude = random.nextInt(8) == 0 ? 0x1p-16 : 0.1;
        data.set(SHORT, at, Float.floatToFloat16((float) (random.nextGaussian() * magnitude)));
    }

    /** An f16 number, four of its bits in the upper half of every other byte. */
    private static void setQuarters(MemorySegment data, long at, Random random) {
        int bits = Float.floatToFloat16((float) (random.nextGaussian() * 0.1));
        for (int i = 0; i < 4; i++) {
            int low = data.get(ValueLayout.JAVA_BYTE, at + 2L * i) & 15;
            data.set(ValueLayout.JAVA_BYTE, at + 2L * i, (byte) (low | (bits >> (4 * i) & 15) << 4));
        }
    }

    static float[] activations(int count, long seed) {
        var random = new Random(seed);
        var x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
