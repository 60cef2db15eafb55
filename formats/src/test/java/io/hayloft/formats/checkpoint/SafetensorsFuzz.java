package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.quantised.QuantisedFormat;
import io.hayloft.formats.quantised.QuantisedTensors;
import io.hayloft.testing.Refusal;
import io.hayloft.testing.SafetensorsBuilder;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.StringJoiner;

/** Any bytes as a safetensors file: all entries by all readers. */
public final class SafetensorsFuzz {
    private static final String SOURCE = "fuzz.safetensors";

    private static final List<QuantisedFormat> FORMATS = List.of(
            new QuantisedFormat.Float8(2, 2),
            new QuantisedFormat.Gptq(4, 8, true),
            new QuantisedFormat.Gptq(3, 0, false),
            new QuantisedFormat.Awq(8),
            new QuantisedFormat.Compressed(4, new QuantisedFormat.Float8(0, 0), 8),
            new QuantisedFormat.Compressed(8, new QuantisedFormat.Float8(2, 2), 0));

    private SafetensorsFuzz() {}

    /** Small right files. */
    public static List<byte[]> seeds() {
        var header = "{\"a\": {\"dtype\": \"I64\", \"shape\": [1], \"data_offsets\": [0, 8]},"
                + " \"b\": {\"dtype\": \"U8\", \"shape\": [2, 2], \"data_offsets\": [8, 12]},"
                + " \"c\": {\"dtype\": \"BF16\", \"shape\": [], \"data_offsets\": [12, 14]}}";
        return List.of(
                SafetensorsBuilder.file("{}", 0),
                SafetensorsBuilder.file(header, 14),
                quantised("m.qweight I32 1 8, m.qzeros I32 1 1, m.scales F16 1 8, m.g_idx I32 8"),
                quantised("m.qweight I32 8 1, m.qzeros I32 1 1, m.scales F16 1 8"),
                quantised("m.weight_packed I32 2 1, m.weight_scale BF16 2 1, m.weight_zero_point I32 1 1,"
                        + " m.weight_shape I64 2"),
                quantised("m.weight I8 2 4, m.weight_scale F32 2 1, m.weight_zero_point I8 2 1"),
                quantised("m.weight F8_E4M3 4 4, m.weight_scale_inv F32 2 2, n.weight F8_E5M2 2, n.weight_scale F32"),
                SafetensorsBuilder.f32(TinyFolder.tensors()));
    }

    /** A file of zeros with tensors that are written as name, type and sizes. */
    private static byte[] quantised(String tensors) {
        var header = new StringJoiner(", ", "{", "}");
        int end = 0;
        for (var tensor : tensors.split(", ", -1)) {
            var parts = tensor.split(" ", -1);
            var sizes = List.of(parts).subList(2, parts.length);
            int bits = Integer.parseInt(parts[1].replaceFirst("F8.*", "8").replaceAll("\\D", ""));
            int bytes = sizes.stream().mapToInt(Integer::parseInt).reduce(1, (a, b) -> a * b) * bits / 8;
            header.add("\"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
                    .formatted(parts[0], parts[1], sizes, end, end + bytes));
            end += bytes;
        }
        return SafetensorsBuilder.file(header.toString(), end);
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        try (var file = SafetensorsFile.read(SOURCE, MemorySegment.ofArray(data))) {
            for (var tensor : file.tensors().values()) {
                if (tensor.toFloats().length != tensor.elements()) {
                    throw new AssertionError("wrong number of elements");
                }
            }
            for (var name : file.names()) {
                switch (file.dtype(name)) {
                    case "I64" -> file.readLongs(name);
                    case "I32" -> file.readInts(name);
                    case "U8", "I8", "BOOL" -> file.readBytes(name);
                    default -> file.raw(name);
                }
            }
            FORMATS.forEach(format -> readQuantised(file, format));
        } catch (UserError e) {
            Refusal.check(e, SOURCE);
        }
    }

    private static void readQuantised(SafetensorsFile file, QuantisedFormat format) {
        try {
            for (var matrix :
                    QuantisedTensors.of(SOURCE, format, file.entries()).values()) {
                if (matrix.toFloats().length != matrix.elements()) {
                    throw new AssertionError("wrong number of elements");
                }
            }
        } catch (UserError e) {
            Refusal.check(e, SOURCE);
        }
    }
}
