package io.hayloft.bench.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Where the lines of a run go: a file, or in tests something that fails on purpose. */
interface Output extends AutoCloseable {
    /** Appends all bytes and forces them to the disk. */
    void append(ByteBuffer bytes) throws IOException;

    /** Cuts everything after this many bytes. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;

    /** Appends to a file that is open for writing. */
    static Output to(FileChannel channel) {
        return new Output() {
            @Override
            public void append(ByteBuffer bytes) throws IOException {
                channel.position(channel.size());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(false);
            }

            @Override
            public void truncate(long size) throws IOException {
                channel.truncate(size);
                channel.force(false);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
