package io.hayloft.kernels.packed;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file of packed weights, open for reading: a header, then one section a matrix, in the order of loading.
 *
 * <p>The header is {@link #MAGIC}, the length and the CRC-32C of the rest of it, and then what the weights were packed from and the
 * sections, each with a CRC-32C of every chunk. These are compared when a chunk is read, so no byte is trusted unchecked.
 */
final class PackedFile implements AutoCloseable {
    /** The first bytes of a file; the last digits are the version of the layout, of the file and of the panels in it. */
    static final String MAGIC = "HAYPACK1";

    /** Bytes before the part of the header that has a checksum. */
    static final int PREFIX = MAGIC.length() + 2 * Integer.BYTES;

    private static final int LONGEST_HEADER = 64 << 20;

    /** A file that does not hold what was written to it, or is of another version: no later try can read it. */
    static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1;

        DamagedException(String message) {
            super(message);
        }
    }

    private final FileChannel channel;
    private final String identity;
    private final String source;
    private final List<Section> sections;
    private final long bytes;

    private PackedFile(FileChannel channel, DataInputStream header) throws IOException {
        this.channel = channel;
        this.bytes = channel.size();
        identity = header.readUTF();
        source = header.readUTF();
        int count = header.readInt();
        sections = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < count; i++) {
            var section = new Section(header);
            sections.add(section);
            end = section.offset + section.bytes;
        }
        if (end != bytes) {
            throw new DamagedException("it has " + bytes + " bytes in place of " + end);
        }
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws DamagedException if it is cut off, damaged or of another version; the message says which
     * @throws IOException if it cannot be read
     */
    static PackedFile open(Path file) throws IOException {
        var channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            var header = header(channel);
            try {
                return new PackedFile(channel, new DataInputStream(new ByteArrayInputStream(header)));
            } catch (EOFException | UTFDataFormatException e) {
                throw new DamagedException("its header is damaged");
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static byte[] header(FileChannel channel) throws IOException {
        var prefix = ByteBuffer.allocate(PREFIX);
        readFully(channel, prefix, 0);
        var magic = new byte[MAGIC.length()];
        prefix.flip().get(magic);
        int length = prefix.getInt();
        int expected = prefix.getInt();
        if (!MAGIC.equals(new String(magic, StandardCharsets.US_ASCII)) || length < 0 || length > LONGEST_HEADER) {
            throw new DamagedException("it is not a file of packed weights of this version");
        }
        var header = ByteBuffer.allocate(length);
        readFully(channel, header, PREFIX);
        if (checksum(header.flip()) != expected) {
            throw new DamagedException("its header is damaged");
        }
        return header.array();
    }

    private static void readFully(FileChannel channel, ByteBuffer to, long at) throws IOException {
        while (to.hasRemaining()) {
            int read = channel.read(to, at);
            if (read < 0) {
                throw new DamagedException("it is cut off");
            }
            at += read;
        }
    }

    /** CRC-32C of what remains in a buffer. */
    static int checksum(ByteBuffer bytes) {
        var checksum = new CRC32C();
        checksum.update(bytes);
        return (int) checksum.getValue();
    }

    /** The identity of the files that the weights were packed from; see {@link PackedModel}. */
    String identity() {
        return identity;
    }

    /** The model's file or folder, as an absolute path. */
    String source() {
        return source;
    }

    List<Section> sections() {
        return sections;
    }

    /** Bytes of the file. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** The packed weights of one matrix, in chunks that can be read in any order and by several threads. */
    final class Section implements PackedSection {
        private final String matrix;
        private final String form;
        private final long offset;
        private final long bytes;
        private final int chunkBytes;
        private final int[] checksums;

        private Section(DataInputStream header) throws IOException {
            matrix = header.readUTF();
            form = header.readUTF();
            offset = header.readLong();
            bytes = header.readLong();
            chunkBytes = header.readInt();
            int chunks = header.readInt();
            if (chunkBytes < 1 || chunks < 0 || chunks != (bytes + chunkBytes - 1) / chunkBytes) {
                throw new DamagedException("its header is damaged");
            }
            checksums = new int[chunks];
            for (int i = 0; i < checksums.length; i++) {
                checksums[i] = header.readInt();
            }
        }

        String matrix() {
            return matrix;
        }

        @Override
        public String form() {
            return form;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public int chunkBytes() {
            return chunkBytes;
        }

        @Override
        public boolean read(int chunk, MemorySegment target) throws IOException {
            long from = (long) chunk * chunkBytes;
            var piece = target.asSlice(from, Math.min(chunkBytes, bytes - from)).asByteBuffer();
            try {
                readFully(channel, piece, offset + from);
            } catch (DamagedException e) {
                return false; // cut off since it was opened
            }
            return checksum(piece.flip()) == checksums[chunk];
        }
    }
}
