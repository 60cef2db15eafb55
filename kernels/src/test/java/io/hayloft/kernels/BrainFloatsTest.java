package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Rounding to bfloat16 against its definition: the nearest of the two neighbours, the even one when both are as near. */
@Tag("simd")
class BrainFloatsTest {
    private static final float[] EDGES = {
        0f,
        -0f,
        1f,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        Float.intBitsToFloat(0x3F80_8000),
        Float.intBitsToFloat(0x3F81_8000),
        Float.intBitsToFloat(0x3F80_8001),
        Float.intBitsToFloat(0x3F80_7FFF),
        Float.intBitsToFloat(0x7F80_0001),
        Float.intBitsToFloat(0xBF81_8000),
        Float.intBitsToFloat(0x0000_8000),
        Float.intBitsToFloat(0x0001_8000)
    };

    @Test
    void roundsToTheNearestNeighbour() {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            float value = i < EDGES.length ? EDGES[i] : Float.intBitsToFloat(random.nextInt());
            short rounded = BrainFloats.round(value);
            if (Float.isNaN(value)) {
                assertThat(widened(rounded)).isNaN();
            } else if (Float.isFinite(value) && Math.abs(value) < 0x1.FEp127f) {
                assertNearest(value, rounded);
            }
        }
        assertThat(widened(BrainFloats.round(Float.POSITIVE_INFINITY))).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(widened(BrainFloats.round(Float.MAX_VALUE))).isEqualTo(Float.POSITIVE_INFINITY);
    }

    private static void assertNearest(float value, short rounded) {
        var distance = distance(value, rounded);
        for (int step = -1; step <= 1; step += 2) {
            short neighbour = (short) (rounded + step);
            if ((neighbour ^ rounded) < 0 || !Float.isFinite(widened(neighbour))) {
                continue; // past zero or infinity
            }
            int order = distance.compareTo(distance(value, neighbour));
            assertThat(order).as("%s to %s", value, widened(rounded)).isLessThanOrEqualTo(0);
            if (order == 0) {
                assertThat(rounded & 1).as("tie %s", value).isZero();
            }
        }
    }

    private static BigDecimal distance(float value, short rounded) {
        return new BigDecimal(value).subtract(new BigDecimal(widened(rounded))).abs();
    }

    private static float widened(short brain) {
        return Float.intBitsToFloat(brain << 16);
    }

    @Test
    void everyLengthAndPlaceGivesTheSameAsOneByOne() {
        var random = new Random(4);
        var values = new float[120];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < EDGES.length ? EDGES[i] : Float.intBitsToFloat(random.nextInt());
        }
        try (var arena = Arena.ofConfined()) {
            for (int n = 0; n <= 70; n++) {
                int at = n % 7;
                var target = arena.allocate(2L * n + 8, 2);
                BrainFloats.round(values, at, target, 4, n);
                for (int i = 0; i < n; i++) {
                    assertThat(target.get(ValueLayout.JAVA_SHORT_UNALIGNED, 4 + 2L * i))
                            .as("element %s of %s", i, n)
                            .isEqualTo(BrainFloats.round(values[at + i]));
                }
                assertThat(target.get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isZero();
                assertThat(target.get(ValueLayout.JAVA_INT_UNALIGNED, 4 + 2L * n))
                        .isZero();
            }
        }
    }
}
