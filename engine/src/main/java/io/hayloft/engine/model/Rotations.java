package io.hayloft.engine.model;

import io.hayloft.kv.cache.OutOfWindowStore;
import org.jspecify.annotations.Nullable;

/**
 * The rotations of a batch in one layer: sequences that differ in length may rotate by different frequencies.
 *
 * @param rope null in layers that do not rotate
 * @param tables of each row by its prompt, or one for all rows; empty in layers that do not rotate
 * @param decoded of each row that has frequencies of its own, its position alone; null for the others, empty if no row can
 */
record Rotations(Batch batch, @Nullable Rope rope, Rope.Table[] tables, Rope.@Nullable Table[] decoded) {
    private static final Rope.Table[] NONE = {};

    /** Tables that reach every position at which the rows, or the same queries for out-of-window tokens, are rotated. */
    static Rotations of(@Nullable Rope rope, Batch batch) {
        if (rope == null) {
            return new Rotations(batch, null, NONE, NONE);
        }
        int rows = batch.rows();
        var tables = new Rope.Table[batch instanceof Batch.Chunk ? 1 : rows];
        var decoded = rope.mayFollowLength() ? new Rope.@Nullable Table[rows] : NONE;
        int last = 0;
        for (int row = 0; row < rows; row++) {
            if (decoded.length > 0 && rope.followsLength(batch.position(row), batch.promptLength(row))) {
                decoded[row] = rope.decoded(batch.position(row));
            }
            var outOfWindow = batch.cache(row).outOfWindow();
            int outOfWindowPosition = outOfWindow == null ? 0 : outOfWindow.queryPosition(batch.position(row));
            // At least the prompt, so that the table grows once for it.
            int own = Math.max(batch.promptLength(row) - 1, Math.max(outOfWindowPosition, batch.position(row)));
            last = tables.length == 1 ? Math.max(last, own) : own;
            if (tables.length == rows || row == rows - 1) {
                tables[Math.min(row, tables.length - 1)] = rope.table(last + 1, batch.promptLength(row));
            }
        }
        return new Rotations(batch, rope, tables, decoded);
    }

    /** Rotates rows {@code from .. to-1} of x [rows][heads * headDim] by their positions, in place. */
    void rotate(float[] x, int heads, int headDim, int from, int to) {
        for (int row = from; row < to; row++) {
            rotateRow(x, heads, headDim, row, batch.position(row));
        }
    }

    /** Rotates one row of x [rows][heads * headDim] as at a position, by its sequence's frequencies, in place. */
    void rotateRow(float[] x, int heads, int headDim, int row, int position) {
        if (rope == null) {
            return;
        }
        int at = row * heads * headDim;
        int own = batch.position(row);
        var single = decoded.length == 0 ? null : decoded[row];
        if (single == null) {
            table(row).rotate(x, at, heads, headDim, position);
        } else if (position == own) {
            single.rotate(x, at, heads, headDim, 0);
        } else { // the query of out-of-window tokens, by the same frequencies at another distance
            rope.single(position, own + 1).rotate(x, at, heads, headDim, 0);
        }
    }

    /** Undoes the rotation of keys of a row's sequence, up to the row's own, by the frequencies that each had. */
    OutOfWindowStore.InverseRotation inverse(int row) {
        if (rope == null) {
            return (key, at, position) -> {};
        }
        var rotation = rope;
        int promptLength = batch.promptLength(row);
        return (key, at, position) -> {
            if (rotation.followsLength(position, promptLength)) {
                rotation.single(position, position + 1).undo(key, at, 0);
            } else {
                table(row).undo(key, at, position);
            }
        };
    }

    private Rope.Table table(int row) {
        return tables[Math.min(row, tables.length - 1)];
    }
}
