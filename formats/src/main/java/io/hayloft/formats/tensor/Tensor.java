package io.hayloft.formats.tensor;

import java.lang.foreign.MemorySegment;

/**
 * A tensor as it lies in a file: a view of mapped, read-only memory.
 *
 * @param name as the file spells it
 * @param type element type
 * @param shape sizes, outermost first; row-major
 * @param data exactly the bytes of the tensor; valid until its file is closed
 */
public record Tensor(String name, TensorType type, long[] shape, MemorySegment data) {
    /** Checks that the memory has the size that type and shape ask for. */
    public Tensor {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, size);
        }
        if (data.byteSize() != type.bytes(elements)) {
            throw new IllegalArgumentException(
                    "tensor " + name + " has " + data.byteSize() + " bytes, its shape needs " + type.bytes(elements));
        }
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

    /** Writes the values of a row to {@code dst[at ...]}. */
    public void readRow(long row, float[] dst, int at) {
        type.dequantize(data, row * rowBytes(), columns(), dst, at);
    }

    /** All values, row after row. */
    public float[] toFloats() {
        int columns = columns();
        var values = new float[Math.toIntExact(elements())];
        for (int row = 0; row < rows(); row++) {
            readRow(row, values, row * columns);
        }
        return values;
    }
}
