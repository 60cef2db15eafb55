package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.quantised.RawTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The JSON header of a safetensors file, checked: {@code header length (8 bytes) | JSON | tensor data}. Offsets count
 * from the end of the header.
 */
final class SafetensorsHeader {
    private static final String METADATA = "__metadata__";
    private static final long LONGEST = 100_000_000; // the limit of the format's own library

    /** Bits of an element by type name. */
    private static final Map<String, Integer> ELEMENT_BITS = new TreeMap<>(Map.ofEntries(
            Map.entry("F64", 64),
            Map.entry("F32", 32),
            Map.entry("F16", 16),
            Map.entry("BF16", 16),
            Map.entry("F8_E4M3", 8),
            Map.entry("F8_E5M2", 8),
            Map.entry("F8_E8M0", 8),
            Map.entry("F8_E4M3FNUZ", 8),
            Map.entry("F8_E5M2FNUZ", 8),
            Map.entry("F6_E3M2", 6),
            Map.entry("F6_E2M3", 6),
            Map.entry("F4", 4),
            Map.entry("C64", 64),
            Map.entry("I64", 64),
            Map.entry("I32", 32),
            Map.entry("I16", 16),
            Map.entry("I8", 8),
            Map.entry("U64", 64),
            Map.entry("U32", 32),
            Map.entry("U16", 16),
            Map.entry("U8", 8),
            Map.entry("BOOL", 8)));

    private record Range(String name, long begin, long end) {}

    private final String source;
    private final Fields fields;
    private final MemorySegment data;

    SafetensorsHeader(String source, MemorySegment bytes) {
        var cursor = new Cursor(source, bytes);
        ForeignFile.describe(bytes, ForeignFile.Kind.SAFETENSORS).ifPresent(what -> {
            throw cursor.error(what);
        });
        long length = cursor.readLong("header length");
        if (length < 2 || length > Math.min(LONGEST, cursor.remaining())) {
            throw cursor.error("header length is " + Long.toUnsignedString(length) + ", but the file has "
                    + cursor.remaining() + " bytes left: it is cut off or no safetensors file");
        }
        long start = cursor.skip(length, "header");
        this.source = source;
        this.fields = Json.object(source, bytes.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE));
        this.data = bytes.asSlice(cursor.position());
    }

    /** The texts that a writer left in the header. */
    Map<String, String> metadata() {
        var metadata = new LinkedHashMap<String, String>();
        fields.object(METADATA).ifPresent(texts -> {
            for (var name : texts.names()) {
                metadata.put(name, texts.text(name));
            }
        });
        return metadata;
    }

    /** All tensors by name, in the order of the header. */
    Map<String, RawTensor> entries() {
        var entries = new LinkedHashMap<String, RawTensor>();
        var ranges = new ArrayList<Range>();
        for (var name : fields.names()) {
            if (!name.equals(METADATA)) {
                entries.put(name, entry(name, ranges));
            }
        }
        checkOverlaps(ranges);
        return entries;
    }

    private RawTensor entry(String name, List<Range> ranges) {
        var entry = fields.object(name).orElseThrow(() -> error(name, "has no description"));
        var dtype = entry.text("dtype");
        var elementBits = ELEMENT_BITS.get(dtype);
        if (elementBits == null) {
            throw error(name, "has the unknown type '" + dtype + "'; known are " + ELEMENT_BITS.keySet());
        }
        var shape = entry.wholes("shape");
        var offsets = entry.wholes("data_offsets");
        if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > data.byteSize()) {
            throw error(name, "has data_offsets outside the " + data.byteSize() + " bytes of tensor data");
        }
        long length = offsets[1] - offsets[0];
        if (length != bytes(name, shape, elementBits)) {
            throw error(name, "has a shape that does not agree with its " + length + " bytes of " + dtype);
        }
        ranges.add(new Range(name, offsets[0], offsets[1]));
        return new RawTensor(name, dtype, shape, data.asSlice(offsets[0], length));
    }

    private long bytes(String name, long[] shape, int elementBits) {
        try {
            long bits = elementBits;
            for (long size : shape) {
                bits = Math.multiplyExact(bits, size);
            }
            if (shape.length > 0) {
                Math.toIntExact(shape[shape.length - 1]);
            }
            return (bits + Byte.SIZE - 1) / Byte.SIZE;
        } catch (ArithmeticException e) {
            throw error(name, "has an impossible shape");
        }
    }

    private void checkOverlaps(List<Range> ranges) {
        ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
        long end = 0;
        for (var range : ranges) {
            if (range.begin < end) {
                throw error(range.name, "overlaps the tensor before it");
            }
            end = range.end;
        }
    }

    private UserError error(String tensor, String what) {
        return FileError.of(source, "tensor '" + tensor + "' " + what);
    }
}
