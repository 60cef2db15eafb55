package io.hayloft.formats.quantised;

import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Rows of an {@link IntegerMatrix} in the smallest type that holds its weights exactly: blocks of whole numbers, or 32-bit
 * floats where the columns of a block have several scales, or long ones.
 */
final class IntegerRows implements Tensor.RowSource {
    private static final int BLOCK = 32;

    private final IntegerMatrix matrix;
    private final int columns;
    private final TensorType type;
    private final int[] groups;

    private IntegerRows(IntegerMatrix matrix, int columns, TensorType type) {
        this.matrix = matrix;
        this.columns = columns;
        this.type = type;
        this.groups = matrix.groups();
    }

    /**
     * The weights of a matrix as a tensor {@code [rows][columns]}.
     *
     * @param bits of a number, 8 at most
     */
    static Tensor tensor(String name, IntegerMatrix matrix, int bits, int rows, int columns) {
        var type = !matrix.exact() || !blocksHaveOneScale(matrix, columns)
                ? TensorType.F32
                : bits <= 4 ? TensorType.INT4 : TensorType.INT8;
        return Tensor.computed(name, type, new long[] {rows, columns}, new IntegerRows(matrix, columns, type));
    }

    private static boolean blocksHaveOneScale(IntegerMatrix matrix, int columns) {
        var groups = matrix.groups();
        if (groups.length == 0) {
            return columns % BLOCK == 0 && (matrix.group() % BLOCK == 0 || matrix.group() >= columns);
        }
        for (int k = 1; k < columns; k++) {
            if (k % BLOCK != 0 && groups[k] != groups[k - 1]) {
                return false;
            }
        }
        return columns % BLOCK == 0;
    }

    private int group(int column) {
        return groups.length == 0 ? column / matrix.group() : groups[column];
    }

    @Override
    public void read(long row, byte[] dst) {
        var numbers = new int[columns];
        matrix.numbers((int) row, numbers);
        var out = ByteBuffer.wrap(dst).order(ByteOrder.LITTLE_ENDIAN);
        if (type == TensorType.F32) {
            writeFloats((int) row, numbers, out);
        } else {
            writeBlocks((int) row, numbers, out);
        }
    }

    private void writeFloats(int row, int[] numbers, ByteBuffer out) {
        int last = -1;
        float scale = 0;
        int zero = 0;
        for (int k = 0; k < columns; k++) {
            int group = group(k);
            if (group != last) {
                scale = matrix.scale(row, group);
                zero = matrix.zero(row, group);
                last = group;
            }
            out.putFloat(scale * (numbers[k] - zero));
        }
    }

    private void writeBlocks(int row, int[] numbers, ByteBuffer out) {
        for (int k = 0; k < columns; k += BLOCK) {
            int group = group(k);
            float scale = matrix.scale(row, group);
            out.putFloat(scale).putFloat(-scale * matrix.zero(row, group));
            if (type == TensorType.INT8) {
                for (int j = 0; j < BLOCK; j++) {
                    out.put((byte) numbers[k + j]);
                }
            } else {
                for (int j = 0; j < BLOCK / 2; j++) {
                    out.put((byte) (numbers[k + j] | (numbers[k + j + BLOCK / 2] << 4)));
                }
            }
        }
    }
}
