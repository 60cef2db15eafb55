package io.hayloft.formats.quantised;

import io.hayloft.formats.tensor.Float8;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@linkplain Float8 floats of 8 bits} times their scales, as 32-bit floats.
 *
 * @param scales null for none
 */
record Float8Rows(RawTensor weight, int columns, @Nullable ScaleTable scales) implements Tensor.RowSource {
    /** The values of all bytes by element type. */
    private static final Map<String, float[]> TABLES =
            Map.of("F8_E4M3", table(Float8::e4m3), "F8_E5M2", table(Float8::e5m2));

    /** Whether a tensor has elements of 8 bits that are floats. */
    static boolean reads(String dtype) {
        return TABLES.containsKey(dtype);
    }

    Tensor tensor() {
        return Tensor.computed(weight.name(), TensorType.F32, weight.shape(), this);
    }

    @FunctionalInterface
    private interface Reader {
        float read(int bits);
    }

    private static float[] table(Reader reader) {
        var table = new float[256];
        for (int i = 0; i < table.length; i++) {
            table[i] = reader.read(i);
        }
        return table;
    }

    @Override
    public void read(long row, byte[] dst) {
        var table = TABLES.get(weight.dtype());
        if (table == null) {
            throw new IllegalStateException(weight.name() + " has no floats of 8 bits");
        }
        var bytes = new byte[columns];
        MemorySegment.copy(weight.data(), ValueLayout.JAVA_BYTE, row * columns, bytes, 0, columns);
        var floats = ByteBuffer.wrap(dst).order(ByteOrder.LITTLE_ENDIAN);
        if (scales == null) {
            for (byte b : bytes) {
                floats.putFloat(table[b & 0xFF]);
            }
            return;
        }
        for (int k = 0, block = 0; k < columns; block++) {
            float scale = scales.get((int) row, block);
            for (int end = Math.min(columns, k + scales.blockColumns()); k < end; k++) {
                floats.putFloat(table[bytes[k] & 0xFF] * scale);
            }
        }
    }
}
