package io.hayloft.kernels;

import static io.hayloft.kernels.Panels.ROWS;

import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Packs 32 rows of a quantised tensor into a panel of {@link CodePanels}, in Java arrays that are copied as a whole.
 */
final class CodePacker {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final CodeFormat format;
    private final WeightRows rows;
    private final byte[] source;
    private final byte[] codes;
    private final float[] scales;
    private final float[] minima;

    /** Places in the table by value, for formats that have one. */
    private final byte @Nullable [] places;

    /** The panel in words of 32 bits. */
    private final int[] words;

    CodePacker(CodeFormat format, WeightRows rows) {
        this.format = format;
        this.rows = rows;
        source = new byte[Math.toIntExact(rows.tensor().rowBytes())];
        codes = new byte[rows.tensor().type().blockElements()];
        scales = new float[codes.length / format.block()];
        minima = new float[scales.length];
        places = format.table() == null ? null : format.table().places();
        words = new int[Math.multiplyExact(rows.columns() / format.block(), blockWords())];
    }

    private int blockWords() {
        return format.blockBytes() / Integer.BYTES;
    }

    void pack(int panel, MemorySegment target, long at) {
        var tensor = rows.tensor();
        int present = Math.min(ROWS, rows.rows() - panel * ROWS);
        for (int row = 0; row < present; row++) {
            tensor.copyRow(rows.sourceRow(panel * ROWS + row), source);
            int block = 0;
            for (int i = 0; i < source.length; i += tensor.type().blockBytes()) {
                format.reader().read(source, i, codes, scales, minima);
                for (int part = 0; part < scales.length; part++) {
                    write(block++ * blockWords() + row, part);
                }
            }
        }
        MemorySegment.copy(words, 0, target, INT, at, words.length);
    }

    /** Writes one row of a packed block, whose words are {@link Panels#ROWS} apart. */
    private void write(int at, int part) {
        words[at] = Float.floatToRawIntBits(scales[part]);
        if (format.minimum()) {
            words[at + format.minimaAt() / Integer.BYTES] = Float.floatToRawIntBits(minima[part]);
        }
        int perWord = format.codesPerWord();
        int word = at + format.codesAt() / Integer.BYTES;
        int from = part * format.block();
        for (int j = from; j < from + format.block(); j += perWord, word += ROWS) {
            words[word] = places == null ? word(j, perWord) : wordOfPlaces(places, j);
        }
    }

    private int word(int from, int count) {
        int packed = 0;
        for (int i = 0; i < count; i++) {
            packed |= (codes[from + i] & 0xFF) << (i * format.bits());
        }
        return packed;
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
