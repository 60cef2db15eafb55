package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("simd")
class ExpTest {
    private static final int COUNT = 4096;

    @Test
    void exponentialsOfScores() {
        var x = new float[COUNT + 3];
        var random = new Random(3);
        for (int i = 0; i < x.length; i++) {
            x[i] = 7 - 87 * random.nextFloat() * random.nextFloat();
        }
        x[5] = 7;
        x[6] = Float.NEGATIVE_INFINITY;
        x[7] = 7 - 87.8f;
        x[8] = -1e30f;
        var scores = x.clone();
        Exp.ofScores(x, 2, COUNT, 7);
        for (int i = 2; i < COUNT + 2; i++) {
            double expected = i >= 6 && i <= 8 ? 0 : Math.exp((double) scores[i] - 7);
            assertThat((double) x[i]).as("exp %s", scores[i] - 7).isCloseTo(expected, within(4e-7 * expected));
        }
        assertThat(x[1]).as("before the range").isEqualTo(scores[1]);
        assertThat(x[COUNT + 2]).as("behind the range").isEqualTo(scores[COUNT + 2]);
    }

    @Test
    void powersOfTwo() {
        var x = new float[COUNT];
        var random = new Random(5);
        for (int i = 0; i < COUNT; i++) {
            x[i] = (float) (i % 2 == 0 ? -126 * random.nextDouble() : -Math.exp(12 * random.nextDouble() - 8));
        }
        float lowest = Float.NEGATIVE_INFINITY;
        float[] edges = {0, -0f, -0.5f, -1.5f, -126, -126.3f, -126.8f, -127, -127.2f, -1e30f, lowest, 127};
        System.arraycopy(edges, 0, x, 0, edges.length);
        var powers = new float[COUNT];
        for (int i = 0; i < COUNT; i += VectorWidth.LANES) {
            Exp.exp2(FloatVector.fromArray(VectorWidth.FLOATS, x, i)).intoArray(powers, i);
        }
        for (int i = 0; i < COUNT; i++) {
            double expected = Math.pow(2, x[i]);
            double error = x[i] < -127 ? expected : x[i] < -126 ? Float.MIN_NORMAL : 2e-7 * expected;
            assertThat((double) powers[i]).as("2 to %s", x[i]).isCloseTo(expected, within(error));
            assertThat(Float.floatToRawIntBits(powers[i]))
                    .as("2 to %s, scalar", x[i])
                    .isEqualTo(Float.floatToRawIntBits(Exp.exp2(x[i])));
            assertThat(x[i] > -127 || powers[i] == 0).as("2 to %s is 0", x[i]).isTrue();
            assertThat(powers[i]).as("2 to %s", x[i]).isNotNegative();
        }
        assertThat(powers[0]).isEqualTo(1);
        assertThat(powers[1]).isEqualTo(1);
    }

    @Test
    void softCapOfScores() {
        var x = new float[COUNT];
        var random = new Random(4);
        for (int i = 0; i < COUNT; i++) {
            x[i] = (float) (random.nextGaussian() * 40);
        }
        x[3] = 0;
        x[4] = 1e20f;
        x[5] = -1e20f;
        var scores = x.clone();
        Exp.capScores(x, 0, COUNT, 30, new float[COUNT]);
        for (int i = 0; i < COUNT; i++) {
            assertThat((double) x[i])
                    .as("cap of %s", scores[i])
                    .isCloseTo(30 * Math.tanh(scores[i] / 30.0), within(1e-5));
        }
    }
}
