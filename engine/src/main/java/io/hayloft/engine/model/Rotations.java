package io.hayloft.engine.model;

import io.hayloft.kv.cache.OutOfWindowStore;
import org.jspecify.annotations.Nullable;

/**
 * The rotations of a batch in one layer: sequences whose prompts differ in length may rotate by different frequencies.
 *
 * @param tables of each row, or one for all rows; empty in layers that do not rotate
 */
record Rotations(Batch batch, Rope.Table[] tables) {
    private static final Rope.Table[] NONE = {};

    /** Tables that reach every position at which the rows, or the same queries for out-of-window tokens, are rotated. */
    static Rotations of(@Nullable Rope rope, Batch batch) {
        if (rope == null) {
            return new Rotations(batch, NONE);
        }
        int rows = batch.rows();
        var tables = new Rope.Table[batch instanceof Batch.Chunk ? 1 : rows];
        int last = 0;
        for (int row = 0; row < rows; row++) {
            var outOfWindow = batch.cache(row).outOfWindow();
            int outOfWindowPosition = outOfWindow == null ? 0 : outOfWindow.queryPosition(batch.position(row));
            // At least the prompt, so that the table grows once for it.
            int own = Math.max(batch.promptLength(row) - 1, Math.max(outOfWindowPosition, batch.position(row)));
            last = tables.length == 1 ? Math.max(last, own) : own;
            if (tables.length == rows || row == rows - 1) {
                tables[Math.min(row, tables.length - 1)] = rope.table(last + 1, batch.promptLength(row));
            }
        }
        return new Rotations(batch, tables);
    }

    /** Rotates rows {@code from .. to-1} of x [rows][heads * headDim] by their positions, in place. */
    void rotate(float[] x, int heads, int headDim, int from, int to) {
        for (int row = from; row < to; row++) {
            rotateRow(x, heads, headDim, row, batch.position(row));
        }
    }

    /** Rotates one row of x [rows][heads * headDim] by a position, in place. */
    void rotateRow(float[] x, int heads, int headDim, int row, int position) {
        if (tables.length > 0) {
            table(row).rotate(x, row * heads * headDim, heads, headDim, position);
        }
    }

    /** Undoes the rotation of keys of a row's sequence, up to the row's own. */
    OutOfWindowStore.InverseRotation inverse(int row) {
        return tables.length == 0 ? (key, at, position) -> {} : table(row)::undo;
    }

    private Rope.Table table(int row) {
        return tables[Math.min(row, tables.length - 1)];
    }
}
