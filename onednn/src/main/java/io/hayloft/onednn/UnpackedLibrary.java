package io.hayloft.onednn;

import io.hayloft.base.Sha256;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;

/**
 * A native library that comes as a resource: unpacked into a folder on first use, checked before every use.
 *
 * @param resource absolute name of the resource
 * @param file name of the unpacked file
 * @param bytes its size
 * @param sha256 its checksum, 64 lower-case hex digits
 */
record UnpackedLibrary(String resource, String file, long bytes, String sha256) {
    private static final String PIECE = ".part";

    /** Unpacking takes seconds; a piece that has not grown for so long is nobody's. */
    private static final Duration STALE = Duration.ofMinutes(5);

    /**
     * The unpacked file, whole and with the right content. A file that is not right is replaced; another process that
     * looks meanwhile sees the old file or the new one.
     *
     * @throws IOException if the resource is missing or damaged, or the folder cannot be written
     */
    Path in(Path folder) throws IOException {
        var target = folder.resolve(file);
        boolean right = Files.isRegularFile(target) && Files.size(target) == bytes && sha256.equals(Sha256.of(target));
        deleteStalePieces(folder);
        if (right) {
            return target;
        }
        Files.createDirectories(folder);
        var piece = Files.createTempFile(folder, file, PIECE);
        try {
            unpack(piece);
            move(piece, target);
        } finally {
            Files.deleteIfExists(piece);
        }
        return target;
    }

    /** Deletes files that killed processes left behind, where this user may delete them. */
    private void deleteStalePieces(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var pieces = Files.newDirectoryStream(folder, file + "*" + PIECE)) {
            pieces.forEach(UnpackedLibrary::deleteIfStale);
        } catch (IOException | DirectoryIteratorException e) {
            // Pieces only take room: what counts is the file.
        }
    }

    /** A piece that grows right now belongs to another process. */
    private static void deleteIfStale(Path piece) {
        try {
            var grown = Files.getLastModifiedTime(piece).toInstant();
            if (grown.isBefore(Instant.now().minus(STALE))) {
                Files.deleteIfExists(piece);
            }
        } catch (IOException e) {
            // another process was faster, or it belongs to another user
        }
    }

    private void unpack(Path piece) throws IOException {
        try (var in = UnpackedLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the library " + file + " is not part of this installation");
            }
            Files.copy(in, piece, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!sha256.equals(Sha256.of(piece))) {
            throw new IOException("the library " + file + " of this installation is damaged");
        }
    }

    private static void move(Path piece, Path target) throws IOException {
        try {
            Files.move(piece, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(piece, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
