package io.hayloft.kernels.packed;

import io.hayloft.base.FileError;
import io.hayloft.kernels.threads.Scheduling;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes packed weights to a file beside the run, in a thread that gets a processor when nobody else wants it; what is left at the
 * end is written by the caller.
 *
 * <p>Of two that write the same, the later one replaces the other's file with equal bytes. Nothing is forced to the disk: what a
 * failing machine loses, the checksums find.
 */
final class PackedWriter {
    /** The file that is written. */
    interface Output {
        /** Writes all remaining bytes to this place. */
        void write(ByteBuffer bytes, long at) throws IOException;

        /** Makes the file one that is read: all is written. */
        void complete() throws IOException;

        /** Removes the file. */
        void discard();
    }

    /** Sections begin at multiples of this: a page. */
    private static final long ALIGNMENT = 4096;

    /** Writing for so long shows how fast the disk is. */
    private static final long TRIAL_NANOS = 500_000_000;

    private static final long BETWEEN_REPORTS_NANOS = 100_000_000;

    private final Output output;
    private final LongSupplier clock;
    private final String identity;
    private final String source;
    private final List<Part> parts;
    private final Thread thread = new Thread(this::beside, "hayloft-packed-weights");
    private volatile boolean handedOver;

    // Of the thread, and of the caller when it has ended.
    private final int[][] checksums;
    private int part;
    private int chunk;
    private long at; // of the part in the file; 0 before the first
    private long done; // bytes
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

    /** @param clock nanoseconds since any moment */
    PackedWriter(Output output, String identity, String source, List<Part> parts, LongSupplier clock) {
        this.output = output;
        this.identity = identity;
        this.source = source;
        this.parts = List.copyOf(parts);
        this.clock = clock;
        checksums = new int[parts.size()][];
        for (int i = 0; i < checksums.length; i++) {
            checksums[i] = new int[parts.get(i).chunks()];
        }
        thread.setDaemon(true);
    }

    /** Bytes of these weights. */
    static long bytes(List<Part> parts) {
        return parts.stream().mapToLong(part -> part.data().byteSize()).sum();
    }

    void start() {
        thread.start();
    }

    private void beside() {
        try {
            Scheduling.lowestPriority();
        } catch (RuntimeException | Error e) {
            return; // what cannot run beside the others is left for the end
        }
        boolean more = true;
        while (more && !handedOver) {
            more = step();
        }
    }

    /** Writes the next chunk; false if nothing is left to do, or nothing can be done. Never throws: the run goes on without. */
    private boolean step() {
        try {
            return writeNext();
        } catch (IOException e) {
            failure = FileError.reason(e);
        } catch (RuntimeException | Error e) {
            failure = e.toString();
        }
        output.discard(); // now and not at the end: others may need the disk
        return false;
    }

    private boolean writeNext() throws IOException {
        if (part == parts.size()) {
            // The chunks' checksums are known only now.
            output.write(header(), 0);
            output.complete();
            written = true;
            return false;
        }
        if (at == 0) {
            at = aligned(header().limit());
        }
        var now = parts.get(part);
        if (chunk < now.chunks()) {
            var bytes = now.chunk(chunk);
            done += bytes.remaining();
            checksums[part][chunk] = PackedFile.checksum(bytes.duplicate());
            output.write(bytes, at + (long) chunk * now.chunkBytes);
            chunk++;
        } else {
            at = aligned(at + now.data.byteSize());
            part++;
            chunk = 0;
        }
        return true;
    }

    /**
     * Writes what is left, and gives up the file as soon as that turns out to take longer than it may.
     *
     * @param nanos the longest time that it may take
     * @param listener hears how far it is
     * @return why there is no file; empty if there is one
     */
    String finish(long nanos, PackedFolder.Listener listener) {
        handedOver = true;
        join();
        long all = bytes(parts);
        long before = done;
        long begin = clock.getAsLong();
        long reported = begin;
        boolean more = !written && failure.isEmpty();
        while (more) {
            more = step();
            long now = clock.getAsLong();
            double expected = (double) (now - begin) / Math.max(1, done - before) * (all - before);
            if (more && now - begin >= Math.min(TRIAL_NANOS, nanos) && expected > nanos) {
                failure = "writing them would take about " + Math.round(expected * 1e-9) + " s";
                output.discard();
                more = false;
            } else if (now - reported >= BETWEEN_REPORTS_NANOS) {
                listener.writing(done, all);
                reported = now;
            }
        }
        return failure;
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
