package io.hayloft.benchmarks.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.LongConsumer;

/** Writes a safetensors file whose tensors are made piece by piece, so that it may be larger than memory. */
final class SafetensorsWriter {
    private static final int PIECE_BYTES = 1 << 20;

    private record Planned(long bytes, GgufWriter.Content content) {}

    private final StringJoiner header = new StringJoiner(",", "{", "}");
    private final List<Planned> tensors = new ArrayList<>();
    private long dataBytes;

    /** Adds a tensor of a type that safetensors have; the shape stands outermost first. */
    void tensor(String name, WeightType type, GgufWriter.Content content, long... shape) {
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        long bytes = type.tensorType().bytes(elements);
        header.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(name, type.name(), Arrays.toString(shape), dataBytes, dataBytes + bytes));
        tensors.add(new Planned(bytes, content));
        dataBytes += bytes;
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
            var unpadded = header.toString();
            var text = (unpadded + " ".repeat(-unpadded.length() & 7)).getBytes(StandardCharsets.UTF_8);
            put(
                    channel,
                    ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(text.length)
                            .flip());
            put(channel, ByteBuffer.wrap(text));
            var piece = ByteBuffer.allocateDirect(PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (var tensor : tensors) {
                for (long left = tensor.bytes; left > 0; left -= piece.limit()) {
                    tensor.content.fill(piece.clear().limit((int) Math.min(left, PIECE_BYTES)));
                    progress.accept(piece.limit());
                    put(channel, piece.flip());
                }
            }
        }
    }

    private static void put(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
