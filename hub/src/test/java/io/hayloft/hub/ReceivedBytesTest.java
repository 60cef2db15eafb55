package io.hayloft.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

/** A body that breaks off, ends, or is given up. */
class ReceivedBytesTest {
    private final Asked asked = new Asked();
    private final ReceivedBytes bytes = new ReceivedBytes();

    @Test
    void givesWhatArrivedBeforeItReportsTheBreak() throws IOException {
        bytes.onSubscribe(asked);
        bytes.onNext(List.of(buffer(1, 2), buffer(), buffer(3)));
        bytes.onNext(List.of(buffer(4)));
        bytes.onError(new IOException("reset"));

        assertThat(bytes.readNBytes(4)).containsExactly(1, 2, 3, 4);
        assertThatThrownBy(bytes::read).isInstanceOf(IOException.class).hasMessage("the connection broke off");
        assertThatThrownBy(bytes::read).isInstanceOf(IOException.class);
    }

    @Test
    void endsWithTheLastByte() throws IOException {
        bytes.onSubscribe(asked);
        bytes.onNext(List.of(buffer(7, 255)));
        bytes.onComplete();

        assertThat(bytes.read()).isEqualTo(7);
        assertThat(bytes.read()).isEqualTo(255);
        assertThat(bytes.read()).isEqualTo(-1);
        assertThat(bytes.read()).isEqualTo(-1);
    }

    @Test
    void asksForAsMuchAsIsTaken() throws IOException {
        bytes.onSubscribe(asked);
        long ahead = asked.buffers;
        bytes.onNext(List.of(buffer(1)));
        assertThat(asked.buffers).isEqualTo(ahead);
        assertThat(bytes.read()).isEqualTo(1);
        assertThat(asked.buffers).isEqualTo(ahead + 1);
    }

    @Test
    void closingGivesTheConnectionUpAndFreesAReader() {
        bytes.onSubscribe(asked);
        bytes.close();

        assertThat(asked.cancelled).isTrue();
        assertThatThrownBy(bytes::read).isInstanceOf(IOException.class);
    }

    @Test
    void closedBeforeTheConnectionBeganItAsksForNothing() {
        bytes.close();
        bytes.onSubscribe(asked);

        assertThat(asked.cancelled).isTrue();
        assertThat(asked.buffers).isZero();
        bytes.close();
        assertThatThrownBy(bytes::read).isInstanceOf(IOException.class);
    }

    private static ByteBuffer buffer(int... values) {
        var buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static final class Asked implements Flow.Subscription {
        private long buffers;
        private boolean cancelled;

        @Override
        public void request(long n) {
            buffers += n;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
