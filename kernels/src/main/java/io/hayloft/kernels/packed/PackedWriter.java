package io.hayloft.kernels.packed;

import io.hayloft.kernels.threads.Scheduling;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes packed weights to a file beside the run, in a thread that gets a processor when nobody else wants it; what is left at the
 * end is written by the caller.
 *
 * <p>The file has a temporary name until it is complete, one of its own for every writer: of two that write the same, the
 * later one replaces the other's file with equal bytes. Nothing is forced to the disk: what a failing machine loses, the
 * checksums find.
 */
final class PackedWriter {
    /** Sections begin at multiples of this: a page. */
    private static final long ALIGNMENT = 4096;

    private final Path file;
    private final Path temporary;
    private final String identity;
    private final String source;
    private final List<Part> parts;
    private final Thread thread = new Thread(this::beside, "hayloft-packed-weights");
    private volatile boolean handedOver;

    // Of the thread, and of the caller when it has ended.
    private final int[][] checksums;
    private @Nullable FileChannel channel;
    private int part;
    private int chunk;
    private long at;
    private boolean written;
    private String failure = "";

    /**
     * The packed weights of one matrix.
     *
     * @param chunkBytes bytes with a checksum of their own
     */
    record Part(String matrix, String form, int chunkBytes, MemorySegment data) {
        int chunks() {
            return Math.toIntExact((data.byteSize() + chunkBytes - 1) / chunkBytes);
        }

        ByteBuffer chunk(int i) {
            long from = (long) i * chunkBytes;
            return data.asSlice(from, Math.min(chunkBytes, data.byteSize() - from))
                    .asByteBuffer();
        }
    }

    PackedWriter(Path file, String identity, String source, List<Part> parts) {
        this.file = file;
        this.identity = identity;
        this.source = source;
        this.parts = List.copyOf(parts);
        temporary = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + "-" + thread.threadId() + ".part");
        checksums = new int[parts.size()][];
        for (int i = 0; i < checksums.length; i++) {
            checksums[i] = new int[parts.get(i).chunks()];
        }
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void beside() {
        Scheduling.lowestPriority();
        boolean more = true;
        while (more && !handedOver) {
            more = step();
        }
    }

    /** Writes the next chunk; false if nothing is left to do. */
    private boolean step() {
        try {
            if (channel == null) {
                channel = FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                at = aligned(header().limit());
            }
            if (part == parts.size()) {
                // The chunks' checksums are known only now.
                writeFully(channel, header(), 0);
                channel.close();
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                written = true;
                return false;
            }
            var now = parts.get(part);
            if (chunk < now.chunks()) {
                var bytes = now.chunk(chunk);
                checksums[part][chunk] = PackedFile.checksum(bytes.duplicate());
                writeFully(channel, bytes, at + (long) chunk * now.chunkBytes);
                chunk++;
            } else {
                at = aligned(at + now.data.byteSize());
                part++;
                chunk = 0;
            }
            return true;
        } catch (IOException e) {
            failure = e.getMessage() == null ? e.toString() : e.getMessage();
            return false;
        }
    }

    /**
     * Writes what is left, for at most so long, and gives up the file if it is not complete then.
     *
     * @return why there is no file; empty if there is one
     */
    String finish(long nanos) {
        long begin = System.nanoTime();
        handedOver = true;
        join();
        boolean more = !written && failure.isEmpty();
        while (more && System.nanoTime() - begin < nanos) {
            more = step();
        }
        if (!written) {
            discard();
        }
        return written ? "" : failure.isEmpty() ? "the run was too short to write them" : failure;
    }

    private void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void discard() {
        try (var _ = channel) {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // the next process that writes removes it
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** The header, equally long whatever the checksums are. */
    private ByteBuffer header() throws IOException {
        long length = aligned(PackedFile.PREFIX + content(0).length);
        var content = content(length);
        var header = ByteBuffer.allocate(PackedFile.PREFIX + content.length);
        header.put(PackedFile.MAGIC.getBytes(StandardCharsets.US_ASCII));
        header.putInt(content.length).putInt(PackedFile.checksum(ByteBuffer.wrap(content)));
        return header.put(content).flip();
    }

    private byte[] content(long firstSection) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeUTF(identity);
        out.writeUTF(source);
        out.writeInt(parts.size());
        long begin = firstSection;
        for (int i = 0; i < parts.size(); i++) {
            var one = parts.get(i);
            out.writeUTF(one.matrix);
            out.writeUTF(one.form);
            out.writeLong(begin);
            out.writeLong(one.data.byteSize());
            out.writeInt(one.chunkBytes);
            out.writeInt(checksums[i].length);
            for (int checksum : checksums[i]) {
                out.writeInt(checksum);
            }
            begin = aligned(begin + one.data.byteSize());
        }
        return bytes.toByteArray();
    }

    private static long aligned(long at) {
        return (at + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
