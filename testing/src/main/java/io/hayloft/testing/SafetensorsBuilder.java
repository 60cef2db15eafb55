package io.hayloft.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
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

    /** A file that claims this length of its header, right or wrong. */
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

    /**
     * A tensor of a file.
     *
     * @param type as headers have it, such as {@code F32}
     */
    public record Entry(String name, String type, long[] shape, byte[] data) {
        /** An F32 tensor. */
        public static Entry f32(String name, float[] values, long... shape) {
            var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return new Entry(name, "F32", shape, bytes.array());
        }
    }

    /** A correct file of these tensors. */
    public static byte[] of(List<Entry> tensors) {
        var header = new StringJoiner(", ", "{", "}");
        var data = new ByteArrayOutputStream();
        for (var tensor : tensors) {
            int begin = data.size();
            data.writeBytes(tensor.data);
            header.add("\"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}"
                    .formatted(tensor.name, tensor.type, Arrays.toString(tensor.shape), begin, data.size()));
        }
        var text = header.toString();
        return file(text.length(), text, data.toByteArray());
    }

    /** A correct file with F32 tensors of these shapes, drawn from -0.5 to 0.5 with their names as seeds. */
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
