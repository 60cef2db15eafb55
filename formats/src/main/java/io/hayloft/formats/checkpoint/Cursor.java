package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads little-endian numbers and strings from front to back; what would lie past the end is a {@link UserError}. */
final class Cursor {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String source;
    private final MemorySegment bytes;
    private long position;
    private byte[] buffer = new byte[256];

    Cursor(String source, MemorySegment bytes) {
        this.source = source;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    long remaining() {
        return bytes.byteSize() - position;
    }

    /** Steps over this many bytes and returns where they begin. */
    long skip(long count, String field) {
        if (count < 0 || count > remaining()) {
            throw error(field + " needs " + Long.toUnsignedString(count) + " bytes at offset " + position
                    + ", but the file ends at " + bytes.byteSize());
        }
        long start = position;
        position += count;
        return start;
    }

    int readInt(String field) {
        return bytes.get(INT, skip(Integer.BYTES, field));
    }

    long readLong(String field) {
        return bytes.get(LONG, skip(Long.BYTES, field));
    }

    /** A count of items that take at least {@code leastBytes} each, so that the rest of the file bounds it. */
    long readCount(String field, int leastBytes) {
        long count = readLong(field);
        if (count < 0 || count > remaining() / leastBytes) {
            throw error(field + " is " + Long.toUnsignedString(count) + ", more than the remaining " + remaining()
                    + " bytes can hold");
        }
        return count;
    }

    /** A string: its length in 8 bytes, then UTF-8. */
    String readString(String field) {
        long length = readCount(field + " length", 1);
        if (length > Integer.MAX_VALUE - 8) {
            throw error(field + " is " + length + " bytes long, too long for a text");
        }
        if (length == 0) {
            return "";
        }
        if (buffer.length < length) {
            buffer = new byte[(int) length];
        }
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, skip(length, field), buffer, 0, (int) length);
        return new String(buffer, 0, (int) length, StandardCharsets.UTF_8);
    }

    UserError error(String message) {
        return FileError.of(source, message);
    }
}
