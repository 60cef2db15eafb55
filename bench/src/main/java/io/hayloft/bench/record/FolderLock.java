package io.hayloft.bench.record;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps other processes out of a folder. The system frees it when the process ends, however it ends. */
final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    static FolderLock take(Path folder) {
        var file = folder.resolve(RunFiles.LOCK);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UserError(
                    "cannot write into the output folder " + folder + ": " + FileError.reason(e)
                            + ". Name another with --out",
                    e);
        }
        var lock = new FolderLock(channel);
        try {
            if (channel.tryLock() != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process: reported below
        } catch (IOException e) {
            lock.close();
            throw new UserError("cannot lock " + file + ": " + FileError.reason(e) + ". Name a local --out folder", e);
        }
        lock.close();
        throw new UserError("another run is writing " + folder + ": wait for its end or name another --out folder");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UserError("cannot release the lock of a run folder: " + FileError.reason(e), e);
        }
    }
}
