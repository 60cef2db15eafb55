package io.hayloft.bench.predict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StopwatchTest {
    /** Work says how long it took: after slow runs the middle one of the steady runs counts. */
    @Test
    void slowFirstRunsDoNotCount() {
        var runs = new AtomicInteger();

        double seconds = Stopwatch.brisk(2).typical(() -> {
            pause(35);
            return runs.incrementAndGet() <= 3 ? 10.0 / runs.get() : 1.0 + 0.001 * (runs.get() % 3);
        });

        assertThat(seconds).isBetween(1.0, 1.002);
    }

    /** Runs longer than the time of all rounds are still compared with each other. */
    @Test
    void longRunsAreMeasuredSeveralTimes() {
        var runs = new AtomicInteger();
        var watch = Stopwatch.brisk(2);

        double seconds = watch.typical(() -> {
            pause(1100);
            return runs.incrementAndGet() == 1 ? 5.0 : 2.0;
        });

        assertThat(seconds).isEqualTo(2);
        assertThat(runs.get()).isGreaterThanOrEqualTo(3);
    }

    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
