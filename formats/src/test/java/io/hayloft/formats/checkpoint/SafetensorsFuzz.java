package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.testing.Refusal;
import io.hayloft.testing.SafetensorsBuilder;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Any bytes as a safetensors file: all entries by all readers. */
public final class SafetensorsFuzz {
    private static final String SOURCE = "fuzz.safetensors";

    private SafetensorsFuzz() {}

    /** Small right files. */
    public static List<byte[]> seeds() {
        var header = "{\"a\": {\"dtype\": \"I64\", \"shape\": [1], \"data_offsets\": [0, 8]},"
                + " \"b\": {\"dtype\": \"U8\", \"shape\": [2, 2], \"data_offsets\": [8, 12]},"
                + " \"c\": {\"dtype\": \"BF16\", \"shape\": [], \"data_offsets\": [12, 14]}}";
        return List.of(
                SafetensorsBuilder.file("{}", 0),
                SafetensorsBuilder.file(header, 14),
                SafetensorsBuilder.f32(TinyFolder.tensors()));
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
        } catch (UserError e) {
            Refusal.check(e, SOURCE);
        }
    }
}
