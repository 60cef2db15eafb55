package io.hayloft.engine.format;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over memory of any size. */
final class ContentHash {
    private static final long PIECE = 1 << 24;

    private final MessageDigest digest;

    ContentHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    ContentHash add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    ContentHash add(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            long length = Math.min(PIECE, bytes.byteSize() - at);
            digest.update(bytes.asSlice(at, length).asByteBuffer());
        }
        return this;
    }

    /** The checksum in lower-case hex; ends the calculation. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
