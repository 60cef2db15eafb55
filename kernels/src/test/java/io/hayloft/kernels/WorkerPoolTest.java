package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void runsEveryTaskOnce(int threads) {
        try (var pool = new WorkerPool(threads)) {
            assertThat(pool.threads()).isEqualTo(threads);
            for (int round = 0; round < 3000; round++) {
                int tasks = round % 17;
                var runs = new AtomicIntegerArray(Math.max(1, tasks));
                pool.run(tasks, (index, worker) -> {
                    assertThat(worker).isBetween(0, threads - 1);
                    runs.incrementAndGet(index);
                });
                for (int i = 0; i < tasks; i++) {
                    assertThat(runs.get(i)).isOne();
                }
            }
        }
    }

    /** Plain writes of the workers must be visible to the caller, and those of the caller to the workers. */
    @Test
    void resultsAreVisible() {
        var values = new int[64];
        try (var pool = new WorkerPool(3)) {
            for (int round = 0; round < 5000; round++) {
                pool.run(values.length, (index, worker) -> values[index]++);
            }
        }
        assertThat(values).containsOnly(5000);
    }

    @Test
    void aWorkerDoesOneThingAtATime() {
        var busy = new AtomicIntegerArray(4);
        try (var pool = new WorkerPool(4)) {
            for (int round = 0; round < 200; round++) {
                pool.run(40, (index, worker) -> {
                    assertThat(busy.incrementAndGet(worker)).isOne();
                    Thread.onSpinWait();
                    busy.decrementAndGet(worker);
                });
            }
        }
    }

    @Test
    void parkedWorkersWakeUp() throws InterruptedException {
        var together = new AtomicReference<>(new CountDownLatch(2));
        try (var pool = new WorkerPool(2)) {
            for (int round = 0; round < 5; round++) {
                Thread.sleep(20); // long enough to park
                together.set(new CountDownLatch(2));
                // Ends only if two threads take part.
                pool.run(2, (index, worker) -> {
                    together.get().countDown();
                    try {
                        together.get().await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void carriesTheFirstExceptionToTheCaller(int threads) {
        try (var pool = new WorkerPool(threads)) {
            for (int round = 0; round < 100; round++) {
                assertThatThrownBy(() -> pool.run(10, (index, worker) -> {
                            if (index == 3) {
                                throw new IllegalArgumentException("task " + index);
                            }
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("task 3");
                var done = new AtomicInteger();
                pool.run(10, (index, worker) -> done.incrementAndGet());
                assertThat(done).hasValue(10);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aTaskMayNotStartARun(int threads) {
        try (var pool = new WorkerPool(threads)) {
            assertThatThrownBy(() -> pool.run(4, (index, worker) -> pool.run(1, (i, w) -> {})))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already running");
            var done = new AtomicInteger();
            pool.run(4, (index, worker) -> done.incrementAndGet());
            assertThat(done).hasValue(4);
        }
    }

    @Test
    void aClosedPoolRunsNothing() {
        var pool = new WorkerPool(2);
        pool.close();
        assertThatThrownBy(() -> pool.run(1, (index, worker) -> {})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new WorkerPool(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
