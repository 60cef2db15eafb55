package io.hayloft.tasks.longbench;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a file as bytes, without the line feeds that end them. */
final class Lines implements AutoCloseable {
    private final InputStream in;
    private byte[] buffer = new byte[1 << 16];
    private int from;
    private int to;

    Lines(InputStream in) {
        this.in = in;
    }

    /** The next line; null at the end of the file. */
    byte @Nullable [] next() throws IOException {
        for (int at = from; ; at++) {
            if (at == to) {
                at -= makeRoom();
                int read = in.read(buffer, to, buffer.length - to);
                if (read < 0) {
                    return from == to ? null : line(to);
                }
                to += read;
            }
            if (buffer[at] == '\n') {
                return line(at);
            }
        }
    }

    private byte[] line(int end) {
        var line = Arrays.copyOfRange(buffer, from, end);
        from = Math.min(to, end + 1);
        return line;
    }

    /** Moves what is left to the front, or makes the buffer longer; returns by how much the bytes moved. */
    private int makeRoom() {
        int moved = from;
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        } else if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        return moved;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
