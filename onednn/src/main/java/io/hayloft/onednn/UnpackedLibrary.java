package io.hayloft.onednn;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A native library that comes as a resource: unpacked into a folder on first use, checked before every use.
 *
 * @param resource absolute name of the resource
 * @param file name of the unpacked file
 * @param bytes its size
 * @param sha256 its checksum, 64 lower-case hex digits
 */
record UnpackedLibrary(String resource, String file, long bytes, String sha256) {
    /**
     * The unpacked file, whole and with the right content. A file that is not right is replaced; another process that
     * looks meanwhile sees the old file or the new one.
     *
     * @throws IOException if the resource is missing or damaged, or the folder cannot be written
     */
    Path in(Path folder) throws IOException {
        var target = folder.resolve(file);
        if (Files.isRegularFile(target) && Files.size(target) == bytes && sha256.equals(checksum(target))) {
            return target;
        }
        Files.createDirectories(folder);
        var piece = Files.createTempFile(folder, file, ".part");
        try {
            unpack(piece);
            move(piece, target);
        } finally {
            Files.deleteIfExists(piece);
        }
        return target;
    }

    private void unpack(Path piece) throws IOException {
        try (var in = UnpackedLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("the library " + file + " is not part of this installation");
            }
            Files.copy(in, piece, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!sha256.equals(checksum(piece))) {
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

    private static String checksum(Path path) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(path), MessageDigest.getInstance("SHA-256"))) {
            var buffer = new byte[1 << 16];
            while (in.read(buffer) >= 0) {
                // the stream computes the checksum
            }
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
