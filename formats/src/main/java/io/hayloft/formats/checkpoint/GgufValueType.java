package io.hayloft.formats.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The types of metadata values of fixed size, with the number of each in a file. */
@SuppressWarnings("ImmutableEnumChecker") // readers hold no state
enum GgufValueType {
    UINT8(0, 1, (data, at) -> (long) (data.get(ValueLayout.JAVA_BYTE, at) & 0xFF)),
    INT8(1, 1, (data, at) -> (long) data.get(ValueLayout.JAVA_BYTE, at)),
    UINT16(2, 2, (data, at) -> (long) (data.get(Layouts.SHORT, at) & 0xFFFF)),
    INT16(3, 2, (data, at) -> (long) data.get(Layouts.SHORT, at)),
    UINT32(4, 4, (data, at) -> data.get(Layouts.INT, at) & 0xFFFF_FFFFL),
    INT32(5, 4, (data, at) -> (long) data.get(Layouts.INT, at)),
    FLOAT32(6, 4, (data, at) -> (double) data.get(Layouts.FLOAT, at)),
    BOOL(7, 1, (data, at) -> data.get(ValueLayout.JAVA_BYTE, at) != 0),
    UINT64(10, 8, (data, at) -> data.get(Layouts.LONG, at)),
    INT64(11, 8, (data, at) -> data.get(Layouts.LONG, at)),
    FLOAT64(12, 8, (data, at) -> data.get(Layouts.DOUBLE, at));

    static final int STRING = 8;
    static final int ARRAY = 9;

    private static final class Layouts {
        static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    }

    @FunctionalInterface
    private interface Reader {
        Object read(MemorySegment data, long at);
    }

    private final int id;
    private final int bytes;
    private final Reader reader;

    GgufValueType(int id, int bytes, Reader reader) {
        this.id = id;
        this.bytes = bytes;
        this.reader = reader;
    }

    int bytes() {
        return bytes;
    }

    /** The value at a byte offset: Long, Double or Boolean. */
    Object read(MemorySegment data, long at) {
        return reader.read(data, at);
    }

    /** Returns the type with a number; null if no type of fixed size has it. */
    static @Nullable GgufValueType of(int id) {
        for (var type : values()) {
            if (type.id == id) {
                return type;
            }
        }
        return null;
    }
}
