package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The largest numbers, against the same found one by one. */
@Tag("simd")
class MaximumTest {
    private static final int LANES = VectorWidth.LANES;
    private static final float[] EDGES = {
        Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -Float.MAX_VALUE, Float.MIN_VALUE, -Float.MIN_VALUE, 0, -1e30f
    };

    @Test
    void isTheLargestOfEachAndOfAllLanes() {
        var random = new Random(4);
        for (int round = 0; round < 5000; round++) {
            var x = numbers(random, round);
            var y = numbers(random, round);
            var a = FloatVector.fromArray(VectorWidth.FLOATS, x, 0);
            var both = Maximum.ofEach(a, FloatVector.fromArray(VectorWidth.FLOATS, y, 0));
            float most = Float.NEGATIVE_INFINITY;
            for (int lane = 0; lane < LANES; lane++) {
                assertThat(both.lane(lane)).isEqualTo(Math.max(x[lane], y[lane]));
                most = Math.max(most, x[lane]);
            }
            assertThat(Maximum.ofLanes(a)).isEqualTo(most);
        }
    }

    /** Of both signs, all of one sign, or with the ends of the range among them. */
    private static float[] numbers(Random random, int round) {
        var x = new float[LANES];
        for (int i = 0; i < LANES; i++) {
            float size = random.nextFloat() * 100;
            x[i] = switch (round % 4) {
                case 0 -> size;
                case 1 -> -size;
                case 2 -> random.nextBoolean() ? size : -size;
                default -> random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : -size;
            };
        }
        return x;
    }
}
