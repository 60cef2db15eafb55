package io.hayloft.formats.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
    private static final long[] SIZES = {0, 1, 63, 64, 65, 1000, 60_000, 70_000, 1 << 20, (3 << 20) + 5, 2 << 20};

    private static List<MemorySegment> allocate(NativeMemory memory) {
        var pieces = new ArrayList<MemorySegment>();
        for (int round = 0; round < 5; round++) {
            for (long size : SIZES) {
                pieces.add(memory.allocate(size));
            }
        }
        return pieces;
    }

    @Test
    void piecesAreAlignedZeroedAndApart() {
        try (var memory = new NativeMemory("test")) {
            var pieces = allocate(memory);
            for (int i = 0; i < pieces.size(); i++) {
                var piece = pieces.get(i);
                assertThat(piece.byteSize()).isEqualTo(SIZES[i % SIZES.length]);
                assertThat(piece.address() % NativeMemory.ALIGNMENT).isZero();
                assertThat(piece.mismatch(MemorySegment.ofArray(new byte[(int) piece.byteSize()])))
                        .isEqualTo(-1);
                piece.fill((byte) (i + 1));
            }
            for (int i = 0; i < pieces.size(); i++) {
                var piece = pieces.get(i);
                if (piece.byteSize() > 0) {
                    assertThat(piece.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) (i + 1));
                    assertThat(piece.get(ValueLayout.JAVA_BYTE, piece.byteSize() - 1))
                            .isEqualTo((byte) (i + 1));
                }
            }
        }
    }

    @Test
    void countsBytes() {
        long before = NativeMemory.liveBytes();
        try (var memory = new NativeMemory("test")) {
            assertThat(memory.allocatedBytes()).isZero();
            memory.allocate(1);
            memory.allocate(64);
            memory.allocate(5 << 20);
            assertThat(memory.allocatedBytes()).isEqualTo(64 + 64 + (5 << 20));
            assertThat(NativeMemory.liveBytes() - before).isEqualTo(memory.allocatedBytes());
        }
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }

    @Test
    void closedMemoryCannotBeUsed() {
        var memory = new NativeMemory("test");
        var small = memory.allocate(10);
        var big = memory.allocate(3 << 20);
        memory.close();
        memory.close();
        assertThatThrownBy(() -> small.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> big.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> memory.allocate(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void tooMuchIsTheUsersMistake() {
        try (var memory = new NativeMemory("weights of model x")) {
            assertThatThrownBy(() -> memory.allocate(1L << 55))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("weights of model x");
            assertThatThrownBy(() -> memory.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
