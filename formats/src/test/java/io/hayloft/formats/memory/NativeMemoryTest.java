package io.hayloft.formats.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

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
    void reservedBytesAreThoseOfTheMappings() {
        long before = NativeMemory.mappedBytes();
        long live = NativeMemory.liveBytes();
        try (var memory = new NativeMemory("test")) {
            assertThat(memory.reservedBytes()).isZero();
            var pieces = allocate(memory);
            pieces.add(memory.reserve(1));
            pieces.add(memory.reserve((5 << 20) + 1));
            long handedOut = pieces.stream().mapToLong(MemorySegment::byteSize).sum();
            assertThat(memory.reservedBytes())
                    .isEqualTo(NativeMemory.mappedBytes() - before)
                    .isEqualTo(NativeMemory.liveBytes() - live)
                    .isBetween(handedOut, handedOut + (3 << 20)); // slabs of up to 2 MB, and last pages
            assertThat(memory.allocatedBytes()).isBetween(handedOut, memory.reservedBytes());
        }
        assertThat(NativeMemory.mappedBytes()).isEqualTo(before);
        assertThat(NativeMemory.liveBytes()).isEqualTo(live);
    }

    @Test
    void aReservationTakesItsSizeInPages() {
        for (long size : new long[] {1, 4096, 4097, 100_000, (2 << 20) - 1, 2 << 20, (7 << 20) + 5}) {
            long before = NativeMemory.mappedBytes();
            try (var memory = new NativeMemory("test")) {
                memory.reserve(size);
                assertThat(NativeMemory.mappedBytes() - before).isBetween(size, size + (64 << 10) - 1);
            }
        }
    }

    /** What the system holds in memory for this process, not what any counter here says. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void filledMemoryIsResident() throws IOException {
        long before = residentBytes();
        try (var memory = new NativeMemory("test")) {
            for (int i = 0; i < 40; i++) {
                memory.reserve((5 << 20) + 4096).fill((byte) 1);
            }
            double resident = residentBytes() - before;
            assertThat(resident / memory.reservedBytes()).isBetween(0.95, 1.05);
        }
        assertThat(residentBytes() - before).isLessThan(20 << 20);
    }

    private static long residentBytes() throws IOException {
        var statm = Files.readString(Path.of("/proc/self/statm")).split(" ");
        return Long.parseLong(statm[1]) * 4096;
    }

    @Test
    void aLimitFailsTheReservationsBehindIt() {
        long live = NativeMemory.liveBytes();
        long mapped = NativeMemory.mappedBytes();
        try (var limit = MemoryLimit.reservations(2);
                var memory = new NativeMemory("test")) {
            memory.reserve(10);
            memory.allocate(3 << 20);
            assertThat(limit.reached()).isFalse();
            assertThatThrownBy(() -> memory.allocate(10))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("no memory for test");
            assertThat(limit.reached()).isTrue();
            assertThatThrownBy(() -> MemoryLimit.reservations(5)).isInstanceOf(IllegalStateException.class);
        }
        assertThat(NativeMemory.liveBytes()).isEqualTo(live);
        assertThat(NativeMemory.mappedBytes()).isEqualTo(mapped);
        try (var memory = new NativeMemory("test")) {
            memory.allocate(10);
        }
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
