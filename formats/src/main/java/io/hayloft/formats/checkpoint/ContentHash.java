package io.hayloft.formats.checkpoint;

import io.hayloft.base.Sha256;
import java.lang.foreign.MemorySegment;

/** SHA-256 over memory of any size. */
final class ContentHash {
    private static final long PIECE = 1 << 24;

    private final Sha256 hash = new Sha256();

    ContentHash add(String text) {
        hash.add(text);
        return this;
    }

    ContentHash add(MemorySegment bytes) {
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            long length = Math.min(PIECE, bytes.byteSize() - at);
            hash.add(bytes.asSlice(at, length).asByteBuffer());
        }
        return this;
    }

    /** The checksum in lower-case hex; ends the calculation. */
    String hex() {
        return hash.hex();
    }
}
