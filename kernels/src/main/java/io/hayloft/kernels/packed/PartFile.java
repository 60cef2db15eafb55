package io.hayloft.kernels.packed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that has a temporary name until it is complete. It is locked meanwhile, so that others can see whether the process
 * that writes it still lives; numbers of processes would not say so where several containers share the folder.
 */
final class PartFile implements PackedWriter.Output {
    /** The end of a temporary name. */
    static final String ENDING = ".part";

    /** After such a time nobody writes a file any more that cannot be locked. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** Those that this process writes: asking for their locks would release them. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path temporary;
    private @Nullable FileChannel channel;

    /** @param file the name that it is to have */
    PartFile(Path file) {
        this.file = file;
        var own = Long.toHexString(ThreadLocalRandom.current().nextLong());
        temporary = file.resolveSibling(file.getFileName() + "." + own + ENDING);
    }

    @Override
    public void write(ByteBuffer bytes, long at) throws IOException {
        var to = channel;
        if (to == null) {
            to = open();
        }
        while (bytes.hasRemaining()) {
            at += to.write(bytes, at);
        }
    }

    private FileChannel open() throws IOException {
        OWN.add(temporary);
        var opened = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        channel = opened;
        try {
            var _ = opened.tryLock(); // released with the channel
        } catch (IOException e) {
            // a file system without locks: the file's time has to do
        }
        return opened;
    }

    @Override
    public void complete() throws IOException {
        close();
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        OWN.remove(temporary);
    }

    @Override
    public void discard() {
        try {
            close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // the next start removes it
        }
        OWN.remove(temporary);
    }

    private void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    /** Whether somebody still writes a temporary file; if not, it was left by a process that was killed. */
    static boolean isWritten(Path temporary) {
        if (OWN.contains(temporary)) {
            return true;
        }
        try {
            boolean fresh = Files.getLastModifiedTime(temporary)
                    .toInstant()
                    .isAfter(Instant.now().minus(ABANDONED));
            // An empty one may have been made just now, and its lock is still to come.
            return Files.size(temporary) == 0 ? fresh : isLocked(temporary, fresh);
        } catch (IOException e) {
            return true; // it has just got its name, or cannot be looked at
        }
    }

    private static boolean isLocked(Path temporary, boolean unknown) {
        try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
                var lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (IOException e) {
            return unknown;
        }
    }
}
