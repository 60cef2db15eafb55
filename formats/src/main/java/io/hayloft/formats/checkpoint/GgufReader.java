package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Takes a GGUF file apart: {@code "GGUF" | version | tensor count | value count | values | tensor headers | padding |
 * tensor data}. Sizes of a tensor stand innermost first.
 */
final class GgufReader {
    private static final int MAGIC = 0x46554747; // "GGUF" read as a little-endian number
    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_ALIGNMENT = 1 << 20;
    private static final int LEAST_VALUE_BYTES = 8 + 4 + 1; // key length, type, one byte
    private static final int LEAST_HEADER_BYTES = 8 + 4 + 8 + 4 + 8; // name length, dimensions, one size, type, offset
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    /** A tensor header: where its data lies, relative to the data section. */
    private record Header(String name, GgufTensorTypes.Layout type, long[] shape, long offset, long bytes) {}

    /**
     * The content of a file, in file order.
     *
     * @param unread types of tensors that no weight can be, by tensor name
     */
    record Content(Map<String, Object> metadata, Map<String, Tensor> tensors, Map<String, String> unread) {}

    private final Cursor cursor;
    private final MemorySegment bytes;
    private final boolean headers; // without the tensors' data

    private GgufReader(String source, MemorySegment bytes, boolean headers) {
        this.cursor = new Cursor(source, bytes);
        this.bytes = bytes;
        this.headers = headers;
    }

    /**
     * Reads a whole file.
     *
     * @param source what to call it in messages
     * @throws UserError naming the field that is wrong
     */
    static Content read(String source, MemorySegment bytes) {
        return new GgufReader(source, bytes, false).read();
    }

    /** Reads metadata and tensor headers of a file whose data may be missing: the values of all tensors are made up. */
    static Content readHeaders(String source, MemorySegment bytes) {
        return new GgufReader(source, bytes, true).read();
    }

    private Content read() {
        checkMagicAndVersion();
        long tensorCount = cursor.readCount("tensor count", LEAST_HEADER_BYTES);
        long valueCount = cursor.readCount("metadata count", LEAST_VALUE_BYTES);
        var metadata = readMetadata(valueCount);
        return readTensors(metadata, tensorCount, alignment(metadata));
    }

    private void checkMagicAndVersion() {
        if (cursor.remaining() < 4 || cursor.readInt("magic") != MAGIC) {
            throw cursor.error(ForeignFile.describe(bytes, ForeignFile.Kind.GGUF)
                    .orElse("is not a GGUF file: it does not begin with 'GGUF'"));
        }
        int version = cursor.readInt("version");
        if (version == 2 || version == 3) { // version 3 only added the big-endian form
            return;
        }
        int reversed = Integer.reverseBytes(version);
        if (reversed > 0 && reversed < 1 << 16) {
            throw cursor.error("is a big-endian GGUF file (version " + reversed
                    + "), which is not supported: get the model as a little-endian one");
        }
        throw cursor.error("GGUF version " + Integer.toUnsignedString(version)
                + " is not supported, only versions 2 and 3" + (version == 1 ? ": get the model as a newer file" : ""));
    }

    private Map<String, Object> readMetadata(long valueCount) {
        var metadata = new LinkedHashMap<String, Object>();
        for (long i = 0; i < valueCount; i++) {
            var key = cursor.readString("metadata key " + i);
            if (metadata.containsKey(key)) {
                throw cursor.error("metadata key '" + key + "' appears twice");
            }
            metadata.put(key, readValue(key));
        }
        return metadata;
    }

    private Object readValue(String key) {
        int type = cursor.readInt("type of '" + key + "'");
        return switch (type) {
            case GgufValueType.STRING -> cursor.readString("'" + key + "'");
            case GgufValueType.ARRAY -> readArray(key);
            default -> {
                var fixed = valueType(type, key);
                yield fixed.read(bytes, cursor.skip(fixed.bytes(), "'" + key + "'"));
            }
        };
    }

    private List<?> readArray(String key) {
        int type = cursor.readInt("element type of '" + key + "'");
        if (type == GgufValueType.ARRAY) {
            throw cursor.error("'" + key + "' is an array of arrays, which is not supported");
        }
        var field = "'" + key + "' array length";
        if (type == GgufValueType.STRING) {
            var texts = new String[checkedLength(cursor.readCount(field, Long.BYTES), key)];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = cursor.readString(key);
            }
            return Collections.unmodifiableList(Arrays.asList(texts));
        }
        var fixed = valueType(type, key);
        var packed = new byte[checkedLength(cursor.readCount(field, fixed.bytes()) * fixed.bytes(), key)];
        long start = cursor.skip(packed.length, key);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, start, packed, 0, packed.length);
        return new PackedList(fixed, packed);
    }

    private int checkedLength(long length, String key) {
        if (length > LONGEST_ARRAY) {
            throw cursor.error("'" + key + "' is too long an array: " + length);
        }
        return (int) length;
    }

    private GgufValueType valueType(int id, String key) {
        var type = GgufValueType.of(id);
        if (type == null) {
            throw cursor.error("'" + key + "' has the unknown value type " + Integer.toUnsignedString(id));
        }
        return type;
    }

    /** Reads the tensor headers and finds the data of each. */
    private Content readTensors(Map<String, Object> metadata, long tensorCount, int alignment) {
        var headers = new ArrayList<Header>();
        var names = new HashSet<String>();
        for (long i = 0; i < tensorCount; i++) {
            headers.add(readHeader(i, names, alignment));
        }
        long padding = -cursor.position() & (alignment - 1);
        long start = Math.min(cursor.position() + padding, bytes.byteSize());
        var data = bytes.asSlice(start);
        if (!this.headers) {
            checkRanges(headers, data.byteSize());
        }
        var tensors = new LinkedHashMap<String, Tensor>();
        var unread = new LinkedHashMap<String, String>();
        for (var header : headers) {
            var type = header.type.weights();
            if (type == null) {
                unread.put(header.name, header.type.name());
            } else if (this.headers) {
                tensors.put(header.name, madeUp(header, type));
            } else {
                var slice = data.asSlice(header.offset, header.bytes);
                tensors.put(header.name, new Tensor(header.name, type, header.shape, slice));
            }
        }
        return new Content(metadata, tensors, unread);
    }

    /** Ones where that is easily written, since factors of the rotation are above 0; zeros for all else. */
    private static Tensor madeUp(Header header, TensorType type) {
        boolean ones = type == TensorType.F32 && !header.name.endsWith(".bias");
        return Tensor.computed(header.name, type, header.shape, (row, dst) -> {
            var rest = ByteBuffer.wrap(dst).order(ByteOrder.LITTLE_ENDIAN);
            while (rest.hasRemaining()) {
                if (ones) {
                    rest.putFloat(1);
                } else {
                    rest.put((byte) 0);
                }
            }
        });
    }

    private int alignment(Map<String, Object> metadata) {
        var value = metadata.getOrDefault("general.alignment", 32L);
        if (value instanceof Long alignment
                && alignment > 0
                && alignment <= MAX_ALIGNMENT
                && Long.bitCount(alignment) == 1) {
            return alignment.intValue();
        }
        throw cursor.error("general.alignment must be a power of two up to " + MAX_ALIGNMENT + ", not " + value);
    }

    private Header readHeader(long index, Set<String> names, int alignment) {
        var name = cursor.readString("name of tensor " + index);
        if (!names.add(name)) {
            throw cursor.error("tensor '" + name + "' appears twice");
        }
        int dimensions = cursor.readInt("dimensions of '" + name + "'");
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw cursor.error("tensor '" + name + "' has " + Integer.toUnsignedString(dimensions)
                    + " dimensions, expected 1 to " + MAX_DIMENSIONS);
        }
        var shape = new long[dimensions];
        for (int i = dimensions - 1; i >= 0; i--) {
            shape[i] = cursor.readLong("shape of '" + name + "'");
        }
        var type = tensorType(cursor.readInt("type of '" + name + "'"), name);
        long size = checkedBytes(name, type, shape);
        long offset = cursor.readLong("offset of '" + name + "'");
        if (offset < 0 || offset % alignment != 0) {
            throw cursor.error("tensor '" + name + "' begins at offset " + Long.toUnsignedString(offset)
                    + ", which is not a multiple of " + alignment);
        }
        return new Header(name, type, shape, offset, size);
    }

    private GgufTensorTypes.Layout tensorType(int id, String name) {
        try {
            return GgufTensorTypes.of(id);
        } catch (UserError e) {
            throw cursor.error("tensor '" + name + "': " + e.getMessage());
        }
    }

    private long checkedBytes(String name, GgufTensorTypes.Layout type, long[] shape) {
        long columns = shape[shape.length - 1];
        if (columns > Integer.MAX_VALUE || columns % type.blockElements() != 0) {
            throw cursor.error("tensor '" + name + "' has rows of " + Long.toUnsignedString(columns)
                    + " elements, expected a multiple of " + type.blockElements() + " for " + type.name());
        }
        try {
            long elements = 1;
            for (long size : shape) {
                if (size <= 0) {
                    throw cursor.error("tensor '" + name + "' has a size of " + Long.toUnsignedString(size));
                }
                elements = Math.multiplyExact(elements, size);
            }
            return type.bytes(elements);
        } catch (ArithmeticException e) {
            throw cursor.error("tensor '" + name + "' has the impossible shape " + Arrays.toString(shape));
        }
    }

    private void checkRanges(List<Header> headers, long available) {
        var sorted = new ArrayList<>(headers);
        sorted.sort(Comparator.comparingLong(Header::offset));
        long end = 0;
        for (var header : sorted) {
            if (header.offset < end) {
                throw cursor.error("tensor '" + header.name + "' overlaps the tensor before it");
            }
            if (header.bytes > available || header.offset > available - header.bytes) {
                throw cursor.error("tensor '" + header.name + "' needs " + header.bytes + " bytes at offset "
                        + header.offset + " of the tensor data, but there are only " + available
                        + ": the file is cut off or broken");
            }
            end = header.offset + header.bytes;
        }
    }
}
