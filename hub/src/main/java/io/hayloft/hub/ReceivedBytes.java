package io.hayloft.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response as a stream that gives all that arrived before it reports that the connection broke off. The
 * client's own stream throws as soon as it learns of the break, and what was waiting to be read is lost: a download
 * that breaks off often would fetch the same bytes again, or seem to make no progress.
 */
final class ReceivedBytes extends InputStream implements BodySubscriber<InputStream> {
    private static final int AHEAD = 4;

    /** Takes the place of a subscription when the stream is closed: a later one is cancelled. */
    private static final Flow.Subscription CLOSED = new Flow.Subscription() {
        @Override
        public void request(long n) {
            // nothing is to come
        }

        @Override
        public void cancel() {
            // nothing is to come
        }
    };

    /** Buffers in the order of their arrival; the last event has none. */
    private record Event(List<ByteBuffer> buffers, @Nullable Throwable failure, boolean last) {}

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
    private Event now = new Event(List.of(), null, false);
    private int at;

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (!subscription.compareAndSet(null, given)) {
            given.cancel();
            return;
        }
        given.request(AHEAD);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        events.add(new Event(buffers, null, false));
    }

    @Override
    public void onError(Throwable failure) {
        events.add(new Event(List.of(), failure, true));
    }

    @Override
    public void onComplete() {
        events.add(new Event(List.of(), null, true));
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        while (!now.last()) {
            if (at == now.buffers().size()) {
                await();
                continue;
            }
            var buffer = now.buffers().get(at);
            if (buffer.hasRemaining()) {
                int bytes = Math.min(length, buffer.remaining());
                buffer.get(into, offset, bytes);
                return bytes;
            }
            at++;
        }
        if (now.failure() != null) {
            throw new IOException("the connection broke off", now.failure());
        }
        return -1;
    }

    private void await() throws IOException {
        try {
            now = events.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        at = 0;
        if (!now.last()) {
            Objects.requireNonNull(subscription.get()).request(1);
        }
    }

    /** Gives the connection up; a reader that waits for more gets an error. */
    @Override
    public void close() {
        var given = subscription.getAndSet(CLOSED);
        if (given != null) {
            given.cancel();
        }
        events.add(new Event(List.of(), new IOException("closed"), true));
    }
}
