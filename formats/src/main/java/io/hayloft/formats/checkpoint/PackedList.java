package io.hayloft.formats.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/** An array of metadata numbers, kept as compactly as in the file; an element becomes an object when it is asked for. */
final class PackedList extends AbstractList<Object> implements RandomAccess {
    private final GgufValueType type;
    private final MemorySegment data;
    private final int size;

    PackedList(GgufValueType type, byte[] data) {
        this.type = type;
        this.data = MemorySegment.ofArray(data);
        this.size = data.length / type.bytes();
    }

    @Override
    public Object get(int index) {
        return type.read(data, (long) Objects.checkIndex(index, size) * type.bytes());
    }

    @Override
    public int size() {
        return size;
    }
}
