package io.hayloft.hub;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Lets one process at a time change the files of a model: two must not write the same partial file. */
final class PullLock {
    private PullLock() {}

    /** Work on files. */
    interface Work {
        void run() throws IOException;
    }

    /**
     * Works in a folder, which is made if need be, while no other process does.
     *
     * @throws UserError if another process does, or the folder cannot be written
     */
    static void run(Path folder, String model, Work work) {
        try {
            Files.createDirectories(folder);
            var file = folder.resolve(".lock");
            try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = channel.tryLock()) {
                if (lock == null) {
                    throw inUse(model);
                }
                work.run();
            }
        } catch (OverlappingFileLockException e) {
            throw inUse(model);
        } catch (IOException e) {
            throw notWritable(model, folder, e);
        } catch (UncheckedIOException e) {
            throw notWritable(model, folder, Objects.requireNonNull(e.getCause()));
        }
    }

    static UserError notWritable(String model, Path folder, IOException cause) {
        return new UserError(
                "cannot write model '" + model + "' to " + folder + " (" + FileError.reason(cause)
                        + "): make room there, or name another folder in HAYLOFT_HOME",
                cause);
    }

    private static UserError inUse(String model) {
        return new UserError("another hayloft is pulling '" + model + "' right now: wait for it to end");
    }
}
