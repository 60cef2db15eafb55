package io.hayloft.benchmarks.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Writes a GGUF file (version 3, little-endian). Metadata and the list of tensors are gathered first; the tensors' content
 * is then made and written piece by piece, so a file may be larger than memory.
 */
final class GgufWriter {
    private static final int ALIGNMENT = 32;
    private static final int PIECE_BYTES = 1 << 20;

    private static final int VERSION = 3;
    private static final int FIXED_HEAD_BYTES = 24;

    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    /** Makes the next bytes of a tensor: fills the buffer, which holds whole blocks, to its limit. */
    @FunctionalInterface
    interface Content {
        void fill(ByteBuffer out);
    }

    private record PlannedTensor(WeightType type, long bytes, Content content) {}

    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final ByteArrayOutputStream headers = new ByteArrayOutputStream();
    private final List<PlannedTensor> tensors = new ArrayList<>();
    private long valueCount;
    private long dataBytes;

    GgufWriter text(String key, String text) {
        key(key, STRING);
        string(values, text);
        return this;
    }

    GgufWriter whole(String key, int number) {
        key(key, UINT32);
        values.writeBytes(buffer(4).putInt(number).array());
        return this;
    }

    GgufWriter number(String key, double number) {
        key(key, FLOAT32);
        values.writeBytes(buffer(4).putFloat((float) number).array());
        return this;
    }

    GgufWriter flag(String key, boolean flag) {
        key(key, BOOL);
        values.write(flag ? 1 : 0);
        return this;
    }

    GgufWriter texts(String key, List<String> texts) {
        key(key, ARRAY);
        values.writeBytes(buffer(12).putInt(STRING).putLong(texts.size()).array());
        texts.forEach(text -> string(values, text));
        return this;
    }

    GgufWriter wholes(String key, int[] numbers) {
        key(key, ARRAY);
        values.writeBytes(buffer(12).putInt(INT32).putLong(numbers.length).array());
        for (int number : numbers) {
            values.writeBytes(buffer(4).putInt(number).array());
        }
        return this;
    }

    GgufWriter numbers(String key, double[] numbers) {
        key(key, ARRAY);
        values.writeBytes(buffer(12).putInt(FLOAT32).putLong(numbers.length).array());
        for (double number : numbers) {
            values.writeBytes(buffer(4).putFloat((float) number).array());
        }
        return this;
    }

    GgufWriter flags(String key, boolean[] flags) {
        key(key, ARRAY);
        values.writeBytes(buffer(12).putInt(BOOL).putLong(flags.length).array());
        for (boolean flag : flags) {
            values.write(flag ? 1 : 0);
        }
        return this;
    }

    /** Adds a tensor; the shape stands outermost first. */
    GgufWriter tensor(String name, WeightType type, Content content, long... shape) {
        string(headers, name);
        headers.writeBytes(buffer(4).putInt(shape.length).array());
        long elements = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            headers.writeBytes(buffer(8).putLong(shape[i]).array());
            elements *= shape[i];
        }
        headers.writeBytes(buffer(12).putInt(type.number()).putLong(dataBytes).array());
        long bytes = type.tensorType().bytes(elements);
        tensors.add(new PlannedTensor(type, bytes, content));
        dataBytes += bytes + padding(bytes);
        return this;
    }

    /** Bytes that the tensors will take. */
    long dataBytes() {
        return dataBytes;
    }

    /**
     * Writes the file, replacing one of this name.
     *
     * @param progress gets the bytes of tensors written since it was called last
     */
    void write(Path file, LongConsumer progress) throws IOException {
        try (var channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            put(channel, head());
            var piece = ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (var tensor : tensors) {
                write(channel, tensor, piece, progress);
            }
        }
    }

    private ByteBuffer head() {
        int bytes = FIXED_HEAD_BYTES + values.size() + headers.size();
        return buffer(bytes + padding(bytes))
                .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(VERSION)
                .putLong(tensors.size())
                .putLong(valueCount)
                .put(values.toByteArray())
                .put(headers.toByteArray())
                .rewind();
    }

    private static void write(FileChannel channel, PlannedTensor tensor, ByteBuffer piece, LongConsumer progress)
            throws IOException {
        int block = tensor.type.tensorType().blockBytes();
        int most = PIECE_BYTES / block * block;
        for (long left = tensor.bytes; left > 0; ) {
            int bytes = (int) Math.min(left, most);
            tensor.content.fill(piece.clear().limit(bytes));
            put(channel, piece.flip());
            progress.accept(bytes);
            left -= bytes;
        }
        put(channel, ByteBuffer.allocate(padding(tensor.bytes)));
    }

    private static void put(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static int padding(long bytes) {
        return (int) (-bytes & (ALIGNMENT - 1));
    }

    private void key(String key, int type) {
        string(values, key);
        values.writeBytes(buffer(4).putInt(type).array());
        valueCount++;
    }

    private static void string(ByteArrayOutputStream out, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(buffer(8).putLong(bytes.length).array());
        out.writeBytes(bytes);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
