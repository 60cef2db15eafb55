package io.hayloft.formats.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Rows of a tensor that form one matrix {@code [rows][columns]}: a whole tensor, a part of a fused one, or rows in
 * another order than the file's. A vector (norm weight, bias) is a matrix of one row.
 *
 * @param tensor where the rows lie
 * @param firstRow row of the tensor at which the part begins
 * @param rows number of rows
 * @param order row {@code i} of the matrix is row {@code firstRow + order[i]} of the tensor; null for file order
 */
public record WeightRows(Tensor tensor, int firstRow, int rows, int @Nullable [] order) {
    /** Checks that the rows lie inside the tensor. */
    public WeightRows {
        if (firstRow < 0 || rows < 0 || (long) firstRow + rows > tensor.rows()) {
            throw new IllegalArgumentException("rows " + firstRow + " + " + rows + " of tensor " + tensor.name()
                    + " with " + tensor.rows() + " rows");
        }
        if (order != null && order.length != rows) {
            throw new IllegalArgumentException("order of " + order.length + " rows for " + rows + " rows");
        }
    }

    /** All rows of a tensor in file order. */
    public static WeightRows all(Tensor tensor) {
        return new WeightRows(tensor, 0, Math.toIntExact(tensor.rows()), null);
    }

    /** Elements of a row. */
    public int columns() {
        return tensor.columns();
    }

    /** The row of the tensor that is row {@code i} of this matrix. */
    public long sourceRow(int i) {
        return (long) firstRow + (order == null ? i : order[i]);
    }

    /** Writes the values of row {@code i} to {@code dst[at ...]}. */
    public void readRow(int i, float[] dst, int at) {
        tensor.readRow(sourceRow(i), dst, at);
    }

    /** All values, row after row. */
    public float[] toFloats() {
        var values = new float[Math.multiplyExact(rows, columns())];
        for (int i = 0; i < rows; i++) {
            readRow(i, values, i * columns());
        }
        return values;
    }
}
