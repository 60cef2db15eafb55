package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against scalar definitions, to the bit, and against double precision. */
@Tag("simd")
class RwkvOpsTest {
    private static final int AT = 3;
    private static final WorkerPool POOL = new WorkerPool(2);

    @AfterAll
    static void closePool() {
        POOL.close();
    }

    private static float[] random(int n, long seed) {
        return RandomTensors.activations(n, seed);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 33, 100})
    void rowOperationsEqualTheScalarDefinition(int n) {
        var x = random(AT + n, n);
        var before = random(1 + n, n + 1);
        var mix = random(n, n + 2);
        var shifted = new float[2 + n];
        RwkvOps.shift(x, AT, before, 1, mix, shifted, 2, n);
        var gated = new float[AT + n];
        var gate = random(AT + n, n + 3);
        RwkvOps.sigmoidMultiply(gate, x, gated, AT, n);
        var squared = x.clone();
        ActivationOps.reluSquared(squared, AT, n);
        for (int i = 0; i < n; i++) {
            float expected = Math.fma(x[AT + i], mix[i], before[1 + i] * (1 - mix[i]));
            assertThat(shifted[2 + i]).isEqualTo(expected);
            assertThat(gated[AT + i]).isEqualTo(x[AT + i] / (Exp.exp(-gate[AT + i]) + 1));
            assertThat((double) gated[AT + i]).isCloseTo(x[AT + i] * sigmoid(gate[AT + i]), within(1e-6));
            assertThat(squared[AT + i]).isEqualTo(x[AT + i] < 0 ? 0 : x[AT + i] * x[AT + i]);
        }
        assertThat(Arrays.copyOf(squared, AT)).isEqualTo(Arrays.copyOf(x, AT));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void groupNormNormalisesEachHead(int heads) {
        int size = 24;
        var x = random(AT + heads * size, 1);
        var before = x.clone();
        var weight = random(heads * size, 2);
        var bias = random(heads * size, 3);
        RwkvOps.groupNorm(x, AT, heads, weight, bias, 6.4e-4);
        for (int head = 0; head < heads; head++) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < size; i++) {
                mean += before[AT + head * size + i] / (double) size;
            }
            for (int i = 0; i < size; i++) {
                variance += Math.pow(before[AT + head * size + i] - mean, 2) / size;
            }
            for (int i = head * size; i < (head + 1) * size; i++) {
                double expected = (before[AT + i] - mean) / Math.sqrt(variance + 6.4e-4) * weight[i] + bias[i];
                assertThat((double) x[AT + i]).isCloseTo(expected, within(2e-6));
            }
        }
    }

    private record Case(int heads, int size, int rows) {
        int width() {
            return heads * size;
        }

        float[] input(int seed) {
            return random(width() * rows, seed);
        }

        float[] decay() {
            var decay = random(width(), 4);
            for (int i = 0; i < decay.length; i++) {
                decay[i] = (float) Math.exp(-Math.exp(decay[i]));
            }
            return decay;
        }

        /** Runs some rows of all heads. */
        void run(RwkvOps.TimeMix inputs, float[] state, int first, int rows) {
            var weights = new RwkvOps.Heads(heads, size, decay(), random(width(), 5));
            var sequence = new StateRows(state, first, rows);
            RwkvOps.timeMix(weights, inputs, List.of(sequence), 0, POOL);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 16, 32, 64, 75})
    void timeMixEqualsTheScalarDefinition(int size) {
        var shape = new Case(2, size, 5);
        var r = shape.input(1);
        var k = shape.input(2);
        var v = shape.input(3);
        var out = new float[r.length];
        var state = random(2 * size * size, 6);
        var expectedState = state.clone();
        var exact = new double[state.length];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = state[i];
        }
        shape.run(new RwkvOps.TimeMix(r, k, v, out), state, 0, 5);
        var w = shape.decay();
        var u = random(shape.width(), 5);
        for (int row = 0; row < 5; row++) {
            for (int head = 0; head < 2; head++) {
                int at = row * shape.width() + head * size;
                for (int j = 0; j < size; j++) {
                    double sum = 0;
                    for (int i = 0; i < size; i++) {
                        int channel = head * size + i;
                        int cell = (channel * size) + j;
                        double product = (double) k[at + i] * v[at + j];
                        sum += r[at + i] * (u[channel] * product + exact[cell]);
                        exact[cell] = w[channel] * exact[cell] + product;
                        expectedState[cell] = Math.fma(expectedState[cell], w[channel], v[at + j] * k[at + i]);
                    }
                    assertThat((double) out[at + j]).isCloseTo(sum, within(1e-5 * size));
                }
            }
        }
        assertThat(state).isEqualTo(expectedState);
    }

    /** The sums of a result, in the order that every width keeps. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6, 16, 64, 75})
    void timeMixSumsInOneOrder(int size) {
        var shape = new Case(1, size, 1);
        var r = shape.input(1);
        var k = shape.input(2);
        var v = shape.input(3);
        var out = new float[size];
        var state = random(size * size, 6);
        var before = state.clone();
        shape.run(new RwkvOps.TimeMix(r, k, v, out), state, 0, 1);
        var u = random(size, 5);
        var parts = new float[4];
        for (int i = 0; i < size; i++) {
            int part = i < size / 4 * 4 ? i % 4 : 0;
            parts[part] = Math.fma(r[i] * u[i], k[i], parts[part]);
        }
        float own = (parts[0] + parts[1]) + (parts[2] + parts[3]);
        for (int j = 0; j < size; j++) {
            float sum = v[j] * own;
            for (int i = 0; i < size; i++) {
                sum = Math.fma(before[i * size + j], r[i], sum);
            }
            assertThat(out[j]).isEqualTo(sum);
        }
    }

    @Test
    void anyChunksGiveTheSameBits() {
        var shape = new Case(3, 64, 23);
        var r = shape.input(1);
        var k = shape.input(2);
        var v = shape.input(3);
        var atOnce = new float[r.length];
        var stateAtOnce = new float[3 * 64 * 64];
        shape.run(new RwkvOps.TimeMix(r, k, v, atOnce), stateAtOnce, 0, 23);
        for (int chunk : new int[] {1, 7, 16}) {
            var out = new float[r.length];
            var state = new float[stateAtOnce.length];
            for (int first = 0; first < 23; first += chunk) {
                int rows = Math.min(chunk, 23 - first);
                shape.run(new RwkvOps.TimeMix(r, k, v, out), state, first, rows);
            }
            assertThat(out).isEqualTo(atOnce);
            assertThat(state).isEqualTo(stateAtOnce);
        }
    }
}
