package io.hayloft.kernels.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.VectorWidth;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The loops do the work that is counted; how fast is not for a test to say. */
@Tag("simd")
class MachineLimitsTest {
    /** A chain of a = 0.5 a + 1 from c is 2 + (c - 2) / 2^rounds; the twelve begin at 0 to 11. */
    @Test
    void everyLaneOfEveryChainIsMultipliedInEveryRound() {
        for (int rounds : new int[] {0, 1, 2, 5}) {
            double expected = 0;
            for (int chain = 0; chain < 12; chain++) {
                expected += 2 + (chain - 2) / Math.pow(2, rounds);
            }
            assertThat(FmaLoop.run(rounds)).isCloseTo((float) (expected * VectorWidth.LANES), within(1e-3f));
        }
        assertThat(FmaLoop.FLOPS_OF_ROUND).isEqualTo(24L * VectorWidth.LANES);
    }

    @Test
    void everyWordOfAStretchIsRead() {
        try (var memory = new NativeMemory("test")) {
            var data = memory.allocate(8 * ReadLoop.STEP);
            var random = new SplittableRandom(7);
            int sum = 0;
            for (long at = 0; at < data.byteSize(); at += Integer.BYTES) {
                int word = random.nextInt();
                data.set(ValueLayout.JAVA_INT, at, word);
                boolean inside = at >= 2 * ReadLoop.STEP && at < 5 * ReadLoop.STEP;
                sum += inside ? word : 0;
            }

            assertThat(ReadLoop.sum(data, 2 * ReadLoop.STEP, 3 * ReadLoop.STEP)).isEqualTo(sum);
        }
    }

    @Test
    void bothLimitsAreFound() {
        var limits = MachineLimits.measure(2, 4 << 20, 20_000_000);

        assertThat(limits.threads()).isEqualTo(2);
        assertThat(limits.gflops()).isPositive();
        assertThat(limits.gigabytesPerSecond()).isPositive();
    }
}
