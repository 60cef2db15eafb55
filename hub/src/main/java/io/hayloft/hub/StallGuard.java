package io.hayloft.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that has delivered nothing for too long, so that its reader does not wait for ever. */
final class StallGuard implements AutoCloseable {
    private final Thread watcher;
    private volatile long lastSign = System.nanoTime();
    private volatile boolean stalled;

    StallGuard(InputStream in, Duration limit) {
        watcher = Thread.ofVirtual().name("stall-guard").start(() -> watch(in, limit));
    }

    /** Notes that something arrived. */
    void alive() {
        lastSign = System.nanoTime();
    }

    boolean stalled() {
        return stalled;
    }

    private void watch(InputStream in, Duration limit) {
        try {
            for (long quiet = 0; quiet < limit.toNanos(); quiet = System.nanoTime() - lastSign) {
                Thread.sleep(Duration.ofNanos(limit.toNanos() - quiet).plusMillis(1));
            }
            stalled = true;
            in.close();
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
