package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.ROWS;

import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packs panels of {@link CodePanels}, 32 rows of a quantised tensor each. Rows are taken apart a few blocks at a time, all
 * rows of these together, so that what is written lies in the nearest cache. Not for several threads at once.
 */
final class CodePacker {
    /** Elements of a row that are taken apart before the next row's. */
    private static final int PIECE = 1024;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FOUR = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final CodeFormat format;
    private final WeightRows rows;

    /** The rows of a panel as the file has them. */
    private final byte[][] source;

    private final int block;
    private final int blockWords;
    private final int minimaAt;
    private final int codesAt;
    private final byte[] codes;
    private final float[] scales;
    private final float[] minima;

    /** Places in the table by value, for formats that have one. */
    private final byte @Nullable [] places;

    /** A piece of the panel, in words of 32 bits. */
    private final int[] words;

    CodePacker(CodeFormat format, WeightRows rows) {
        this.format = format;
        this.rows = rows;
        block = format.block();
        blockWords = format.blockBytes() / Integer.BYTES;
        minimaAt = format.minimum() ? format.minimaAt() / Integer.BYTES : 0;
        codesAt = format.codesAt() / Integer.BYTES;
        source = new byte[ROWS][Math.toIntExact(rows.tensor().rowBytes())];
        codes = new byte[rows.tensor().type().blockElements()];
        scales = new float[codes.length / block];
        minima = new float[scales.length];
        places = format.table() == null ? null : format.table().places();
        words = new int[piece() * scales.length * blockWords];
    }

    /** Blocks of the file in a piece. */
    private int piece() {
        return Math.max(1, PIECE / codes.length);
    }

    void pack(int panel, MemorySegment target, long at) {
        var tensor = rows.tensor();
        int present = Math.min(ROWS, rows.rows() - panel * ROWS);
        for (int row = 0; row < present; row++) {
            tensor.copyRow(rows.sourceRow(panel * ROWS + row), source[row]);
        }
        if (present < ROWS) {
            Arrays.fill(words, 0); // rows beyond the last
        }
        int blocks = rows.columns() / codes.length;
        for (int from = 0; from < blocks; from += piece()) {
            int count = Math.min(piece(), blocks - from);
            for (int row = 0; row < present; row++) {
                packPiece(row, from, count);
            }
            int written = count * scales.length * blockWords;
            MemorySegment.copy(words, 0, target, INT, at, written);
            at += (long) Integer.BYTES * written;
        }
    }

    /** Takes apart some of a row's blocks. */
    private void packPiece(int row, int from, int count) {
        int blockBytes = rows.tensor().type().blockBytes();
        int at = row;
        for (int i = from; i < from + count; i++) {
            format.reader().read(source[row], i * blockBytes, codes, scales, minima);
            for (int part = 0; part < scales.length; part++, at += blockWords) {
                write(at, part);
            }
        }
    }

    /** Writes one row of a packed block, whose words are {@link Panels#ROWS} apart. */
    private void write(int at, int part) {
        words[at] = Float.floatToRawIntBits(scales[part]);
        if (minimaAt > 0) {
            words[at + minimaAt] = Float.floatToRawIntBits(minima[part]);
        }
        int word = at + codesAt;
        int from = part * block;
        int to = from + block;
        if (places != null) {
            for (int j = from; j < to; j += 8, word += ROWS) {
                words[word] = wordOfPlaces(places, j);
            }
        } else if (format.bits() == 4) {
            for (int j = from; j < to; j += 8, word += ROWS) {
                words[word] = wordOfHalves(SmallBlockReader.eight(codes, j));
            }
        } else {
            for (int j = from; j < to; j += 4, word += ROWS) {
                words[word] = (int) FOUR.get(codes, j);
            }
        }
    }

    /** The low halves of eight bytes side by side. */
    private static int wordOfHalves(long apart) {
        long pairs = (apart | (apart >>> 4)) & 0x00FF00FF00FF00FFL;
        long fours = (pairs | (pairs >>> 8)) & 0x0000FFFF0000FFFFL;
        return (int) (fours | (fours >>> 16));
    }

    /** The places of eight values, as {@link TableFormat} has them in a word. */
    private int wordOfPlaces(byte[] places, int from) {
        int packed = 0;
        for (int i = 0; i < 4; i++) {
            packed |= (places[codes[from + i] & 0xFF] | places[codes[from + 4 + i] & 0xFF] << 4) << (8 * i);
        }
        return packed;
    }
}
