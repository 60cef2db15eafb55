package io.hayloft.formats.quantised;

/**
 * The scales of a matrix: one for each block of rows and columns.
 *
 * @param values {@code [blocks of rows][blocks of columns]}
 * @param blockRows rows of a block
 * @param blockColumns columns of a block
 * @param perRow blocks of columns
 */
record ScaleTable(RawTensor values, int blockRows, int blockColumns, int perRow) {
    /**
     * The scales of a matrix {@code [rows][columns]}, by their shape: one for all, {@code [rows]} or {@code
     * [rows][1]}, {@code [rows][groups]}, or {@code [blocks][blocks]}.
     *
     * @param blockRows rows of a block as the config says; 0 if it does not
     * @param blockColumns columns of a block or group as the config says; 0 if it does not
     * @throws IllegalArgumentException if there is no such shape
     */
    static ScaleTable of(RawTensor values, int rows, int columns, int blockRows, int blockColumns) {
        if (!values.isFloat() || values.shape().length > 2) {
            throw new IllegalArgumentException("are of type " + values.dtype() + " and " + values.shape().length
                    + " dimensions, expected floats of at most 2");
        }
        if (values.elements() == 1) {
            return new ScaleTable(values, Math.max(1, rows), Math.max(1, columns), 1);
        }
        long down = values.size(0);
        long across = values.size(1);
        int height = down == rows ? 1 : blockRows;
        int width = across == 1 ? columns : blockColumns > 0 ? blockColumns : exactPart(columns, across);
        if (height < 1 || width < 1 || blocks(rows, height) != down || blocks(columns, width) != across) {
            throw new IllegalArgumentException("have the shape [" + down + ", " + across
                    + "], which fits no blocks of [" + rows + ", " + columns + "]");
        }
        return new ScaleTable(values, height, width, (int) across);
    }

    private static int exactPart(int columns, long parts) {
        return parts > 0 && columns % parts == 0 ? (int) (columns / parts) : 0;
    }

    private static long blocks(int size, int block) {
        return ((long) size + block - 1) / block;
    }

    /** The scale of the block of columns with this number, in the block of a row. */
    float get(int row, int block) {
        return values.number((long) (row / blockRows) * perRow + block);
    }
}
