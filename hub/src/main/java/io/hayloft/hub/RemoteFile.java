package io.hayloft.hub;

import io.hayloft.base.FileError;
import io.hayloft.base.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A file as its server describes it.
 *
 * @param name path in its repository
 * @param bytes size; -1 if not known
 * @param sha256 checksum of a large file; empty if not known
 * @param gitBlob checksum of a small one as Git counts it, SHA-1 of a header and the content; empty if not known
 */
record RemoteFile(String name, long bytes, String sha256, String gitBlob) {
    /** The files in the Hub's description of a repository, by their names. */
    static Map<String, RemoteFile> of(JsonNode description) {
        var files = new LinkedHashMap<String, RemoteFile>();
        for (var file : description.path("siblings")) {
            var name = file.path("rfilename").asString("");
            var large = file.path("lfs");
            long bytes = large.path("size").asLong(file.path("size").asLong(-1));
            boolean isLarge = large.isObject();
            files.put(
                    name,
                    new RemoteFile(
                            name,
                            bytes,
                            isLarge ? large.path("sha256").asString("") : "",
                            isLarge ? "" : file.path("blobId").asString("")));
        }
        files.remove("");
        return files;
    }

    /** Returns the fault of a file on this machine that should be this one; empty if there is none. */
    Optional<String> problem(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.of("the file is missing");
            }
            if (bytes >= 0 && Files.size(file) != bytes) {
                return Optional.of("the file has " + Files.size(file) + " bytes, expected are " + bytes);
            }
            if (!sha256.isEmpty()) {
                return compare("SHA-256", Sha256.of(file), sha256);
            }
            return gitBlob.isEmpty() ? Optional.empty() : compare("Git's SHA-1", gitBlob(file), gitBlob);
        } catch (IOException e) {
            return Optional.of("the file cannot be read (" + FileError.reason(e) + ")");
        }
    }

    private static Optional<String> compare(String kind, String found, String expected) {
        return found.equals(expected)
                ? Optional.empty()
                : Optional.of("wrong checksum: " + kind + " is " + found + ", expected is " + expected);
    }

    private static String gitBlob(Path file) throws IOException {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            try (var in = new DigestInputStream(Files.newInputStream(file), sha1)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha1.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
