package io.hayloft.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 checksum that grows with what is added. */
public final class Sha256 {
    private static final int PIECE = 1 << 16;

    private final MessageDigest digest;

    /** The checksum of nothing. */
    public Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Checksum of a file's content as 64 lower-case hex digits.
     *
     * @throws IOException if the file cannot be read
     */
    public static String of(Path file) throws IOException {
        return new Sha256().add(file).hex();
    }

    /** Adds a text in UTF-8. */
    public Sha256 add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Adds what remains in a buffer. */
    public Sha256 add(ByteBuffer bytes) {
        digest.update(bytes);
        return this;
    }

    /**
     * Adds a file's content.
     *
     * @throws IOException if the file cannot be read
     */
    public Sha256 add(Path file) throws IOException {
        var buffer = new byte[PIECE];
        try (var in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return this;
    }

    /** 64 lower-case hex digits; ends the calculation. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
