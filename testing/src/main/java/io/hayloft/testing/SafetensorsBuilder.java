package io.hayloft.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;

/** Writes small safetensors files for tests. */
public final class SafetensorsBuilder {
    private SafetensorsBuilder() {}

    /** A file with this header text and that many zero bytes of data. */
    public static byte[] file(String header, int dataBytes) {
        return file(header.getBytes(StandardCharsets.UTF_8).length, header, new byte[dataBytes]);
    }

    /** A file that claims a header length. */
    public static byte[] file(long claimedLength, String header, byte[] data) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(claimedLength)
                .array());
        out.writeBytes(header.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(data);
        return out.toByteArray();
    }

    /** A right file with F32 tensors; values depend on the names only. */
    public static byte[] f32(Map<String, long[]> shapes) {
        var header = new StringJoiner(", ", "{", "}");
        header.add("\"__metadata__\": {\"format\": \"test\"}");
        var data = new ByteArrayOutputStream();
        shapes.forEach((name, shape) -> {
            int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            int begin = data.size();
            var random = new Random(name.hashCode());
            var bytes = ByteBuffer.allocate(elements * 4).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < elements; i++) {
                bytes.putFloat(random.nextFloat() - 0.5f);
            }
            data.writeBytes(bytes.array());
            header.add("\"%s\": {\"dtype\": \"F32\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
                    .formatted(name, Arrays.toString(shape), begin, data.size()));
        });
        var text = header.toString();
        return file(text.length(), text, data.toByteArray());
    }
}
