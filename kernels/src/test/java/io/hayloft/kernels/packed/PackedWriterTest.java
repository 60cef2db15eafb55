package io.hayloft.kernels.packed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writing that fails or takes too long, and files that a killed process left. */
class PackedWriterTest {
    private static final long SECOND = 1_000_000_000;

    @TempDir
    Path folder;

    private final List<String> shown = new ArrayList<>();
    private long now;

    private final PackedFolder.Listener listener = new PackedFolder.Listener() {
        @Override
        public void note(String line) {
            throw new AssertionError("a writer has no notes");
        }

        @Override
        public void writing(long done, long all) {
            shown.add(done + " of " + all);
        }
    };

    /** A disk of a size, each of whose chunks takes a time. */
    private final class Disk implements PackedWriter.Output {
        private final PartFile file = new PartFile(folder.resolve("model.packed"));
        private final Throwable failure;
        private volatile long free;
        private final long nanos;

        Disk(long free, long nanos, Throwable failure) {
            this.free = free;
            this.nanos = nanos;
            this.failure = failure;
        }

        @Override
        public void write(ByteBuffer bytes, long at) throws IOException {
            long left = free - bytes.remaining();
            free = left;
            now += nanos;
            if (left < 0) {
                switch (failure) {
                    case IOException e -> throw e;
                    case Error e -> throw e;
                    default -> throw (RuntimeException) failure;
                }
            }
            file.write(bytes, at);
        }

        @Override
        public void complete() throws IOException {
            file.complete();
        }

        @Override
        public void discard() {
            file.discard();
        }
    }

    /** A writer of 1000 chunks of 100 bytes. */
    private PackedWriter writer(PackedWriter.Output output) {
        var part = new PackedWriter.Part("matrix", "form", 100, MemorySegment.ofArray(new byte[100_000]));
        return new PackedWriter(output, "0123456789abcdef", "source", List.of(part), () -> now);
    }

    private List<Disk> failing() {
        return List.of(
                new Disk(5000, 0, new IOException("No space left on device")),
                new Disk(5000, 0, new IllegalStateException("broken")),
                new Disk(5000, 0, new OutOfMemoryError("of the heap")));
    }

    @Test
    void aFullDiskLeavesNothingAndSaysWhy() {
        var reasons = new ArrayList<String>();
        for (var disk : failing()) {
            reasons.add(writer(disk).finish(5 * SECOND, listener));
            assertThat(folder).isEmptyDirectory();
        }
        assertThat(reasons)
                .containsExactly(
                        "No space left on device",
                        "java.lang.IllegalStateException: broken",
                        "java.lang.OutOfMemoryError: of the heap");
    }

    @Test
    void aFullDiskIsFreedWhileTheRunGoesOn() throws InterruptedException {
        for (var disk : failing()) {
            var writer = writer(disk);
            writer.start();
            for (int i = 0; i < 2000 && (disk.free >= 0 || !isEmpty(folder)); i++) {
                Thread.sleep(1);
            }
            assertThat(folder).isEmptyDirectory();
            var reason = writer.finish(5 * SECOND, listener);
            assertThat(reason).isNotEmpty();
            long left = disk.free;
            assertThat(writer.finish(5 * SECOND, listener)).as("no second try").isEqualTo(reason);
            assertThat(disk.free).isEqualTo(left);
        }
    }

    private static boolean isEmpty(Path folder) {
        return Objects.requireNonNull(folder.toFile().list()).length == 0;
    }

    @Test
    void aDiskThatIsTooSlowIsGivenUpAtOnce() {
        var slow = new Disk(Long.MAX_VALUE, SECOND / 50, new IOException());
        assertThat(writer(slow).finish(5 * SECOND, listener)).isEqualTo("writing them would take about 20 s");
        assertThat(now).isBetween(SECOND / 2, SECOND);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whoWaitsSeesHowFarItIs() {
        var disk = new Disk(Long.MAX_VALUE, SECOND / 500, new IOException());
        assertThat(writer(disk).finish(5 * SECOND, listener)).isEmpty();
        assertThat(folder.resolve("model.packed")).exists();
        assertThat(shown).contains("50000 of 100000").hasSizeBetween(10, 25);
    }

    @Test
    void aFileOfAKilledProcessIsRemovedAndOneThatIsWrittenIsNot() throws IOException {
        var left = Files.writeString(folder.resolve("a.packed.1.part"), "half of it");
        var written = Files.writeString(folder.resolve("b.packed.2.part"), "half of it");
        var begun = Files.createFile(folder.resolve("c.packed.3.part"));
        var own = new PartFile(folder.resolve("d.packed"));
        own.write(ByteBuffer.wrap(new byte[10]), 0);
        var where = new PackedFolder(folder, 0, PackedFolder.Writing.NEVER, listener);
        try (var channel = FileChannel.open(written, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThat(PackedFolder.list(folder))
                    .containsExactly(new PackedFolder.Kept(left, Path.of(""), 10, "unfinished"));
            new PackedModel(where, "0123456789abcdef", folder).close();
            assertThat(left).doesNotExist();
            assertThat(written).exists();
        }
        own.complete();
        assertThat(PackedFolder.remove(folder, kept -> kept.file().endsWith("d.packed")))
                .isEqualTo(10);
        assertThat(folder).isDirectoryContaining(begun::equals).isDirectoryNotContaining(written::equals);
    }
}
