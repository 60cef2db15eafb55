package io.hayloft.formats.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A tensor as it lies in a file, a view of mapped, read-only memory; or one whose rows are computed from other tensors of
 * the file when they are asked for, so that they take no memory.
 *
 * @param name as the file spells it
 * @param type element type
 * @param shape sizes, outermost first; row-major
 * @param data exactly the bytes of the tensor, or none where rows are computed; valid until its file is closed
 * @param computed computes the rows; null for a tensor that lies in the file
 */
public record Tensor(
        String name,
        TensorType type,
        long[] shape,
        MemorySegment data,
        @Nullable RowSource computed) {
    /** Computes rows. Calls of several threads do not disturb each other. */
    @FunctionalInterface
    public interface RowSource {
        /** Writes the {@link #rowBytes()} of a row. */
        void read(long row, byte[] dst);
    }

    /** Checks that the memory has the size that type and shape ask for. */
    public Tensor {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        long bytes = computed == null ? type.bytes(elements) : 0;
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "tensor " + name + " has " + data.byteSize() + " bytes, its shape needs " + bytes);
        }
    }

    /** A tensor that lies in the file. */
    public Tensor(String name, TensorType type, long[] shape, MemorySegment data) {
        this(name, type, shape, data, null);
    }

    /** A tensor whose rows are computed. */
    public static Tensor computed(String name, TensorType type, long[] shape, RowSource rows) {
        return new Tensor(name, type, shape, MemorySegment.NULL, rows);
    }

    /** Elements of a row: the last size; 1 for a scalar. */
    public int columns() {
        return shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
    }

    /** Number of rows: the product of all sizes but the last. */
    public long rows() {
        long rows = 1;
        for (int i = 0; i < shape.length - 1; i++) {
            rows *= shape[i];
        }
        return rows;
    }

    /** Number of elements. */
    public long elements() {
        return rows() * columns();
    }

    /** Bytes of a row. */
    public long rowBytes() {
        return type.bytes(columns());
    }

    /** Writes the {@link #rowBytes()} of a row. */
    public void copyRow(long row, byte[] dst) {
        if (computed != null) {
            computed.read(row, dst);
        } else {
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, row * rowBytes(), dst, 0, Math.toIntExact(rowBytes()));
        }
    }

    /** Writes the values of a row to {@code dst[at ...]}. */
    public void readRow(long row, float[] dst, int at) {
        if (computed != null) {
            var bytes = new byte[Math.toIntExact(rowBytes())];
            computed.read(row, bytes);
            type.dequantize(MemorySegment.ofArray(bytes), 0, columns(), dst, at);
        } else {
            type.dequantize(data, row * rowBytes(), columns(), dst, at);
        }
    }

    /** All values, row after row. */
    public float[] toFloats() {
        int columns = columns();
        var values = new float[Math.toIntExact(elements())];
        for (int row = 0; columns > 0 && row < rows(); row++) {
            readRow(row, values, row * columns);
        }
        return values;
    }
}
