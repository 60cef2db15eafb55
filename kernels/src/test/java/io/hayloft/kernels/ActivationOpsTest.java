package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against double precision, and lanes against the elements left over. */
@Tag("simd")
class ActivationOpsTest {
    private static final int AT = 3;

    interface InPlace {
        void apply(float[] x, int at, int n);
    }

    /** A kernel and its definition. */
    record Kernel(String name, InPlace kernel, DoubleUnaryOperator exact) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Kernel> kernels() {
        return List.of(
                new Kernel(
                        "silu", (x, at, n) -> ActivationOps.sigmoidMultiply(x, at, n, 1), x -> x / (1 + Math.exp(-x))),
                new Kernel(
                        "quick gelu",
                        (x, at, n) -> ActivationOps.sigmoidMultiply(x, at, n, 1.702f),
                        x -> x / (1 + Math.exp(-1.702 * x))),
                new Kernel(
                        "gelu tanh",
                        ActivationOps::geluTanh,
                        x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))),
                new Kernel("sigmoid", ActivationOps::sigmoid, x -> 1 / (1 + Math.exp(-x))),
                new Kernel(
                        "clamped swiglu of a row and itself",
                        (x, at, n) -> ActivationOps.clampedSwiglu(x, at, x.clone(), at, n),
                        x -> Math.min(x, 7) / (1 + Math.exp(-1.702 * Math.min(x, 7))) * (Math.clamp(x, -7, 7) + 1)),
                new Kernel("relu", ActivationOps::relu, x -> Math.max(x, 0)),
                new Kernel("relu squared", ActivationOps::reluSquared, x -> Math.max(x, 0) * Math.max(x, 0)));
    }

    private static float[] gaussian(int n, double scale) {
        var random = new Random(n);
        var x = new float[AT + n + 2];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (random.nextGaussian() * scale);
        }
        return x;
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void isAccurate(Kernel kernel) {
        for (double scale : new double[] {1e-4, 0.1, 1, 4, 30}) {
            int n = 3000 + 7;
            var before = gaussian(n, scale);
            var x = before.clone();
            kernel.kernel.apply(x, AT, n);
            for (int i = 0; i < n; i++) {
                double exact = kernel.exact.applyAsDouble(before[AT + i]);
                // The argument of exp has an error of one part in 10^7, which its size multiplies.
                double tolerance = before[AT + i] > -5 ? Math.abs(exact) * 5e-6 + 1e-37 : 1e-5;
                assertThat((double) x[AT + i]).isCloseTo(exact, within(tolerance));
            }
            assertThat(Arrays.copyOf(x, AT)).isEqualTo(Arrays.copyOf(before, AT));
            assertThat(x[AT + n]).isEqualTo(before[AT + n]);
        }
    }

    /** What is left over after the last full vector must have the bits that a lane would have given it. */
    @ParameterizedTest
    @MethodSource("kernels")
    void leftoversEqualLanes(Kernel kernel) {
        var whole = gaussian(64, 3);
        kernel.kernel.apply(whole, 0, 64);
        for (int count = 1; count < 40; count++) {
            var part = gaussian(64, 3);
            kernel.kernel.apply(part, 0, count);
            assertThat(Arrays.copyOf(part, count)).isEqualTo(Arrays.copyOf(whole, count));
        }
    }

    /** By itself and multiplied, the same bits: a gated part may use either. */
    @Test
    void geluAndSiluEqualTheirMultipliedForms() {
        var ones = new float[100];
        Arrays.fill(ones, 1);
        var x = gaussian(95, 3);
        var gelu = x.clone();
        var silu = x.clone();
        VectorOps.geluTanhMultiply(x, 0, ones, 0, gelu, 0, x.length);
        VectorOps.siluMultiply(x, 0, ones, 0, silu, 0, x.length);
        var geluAlone = x.clone();
        ActivationOps.geluTanh(geluAlone, 0, x.length);
        ActivationOps.sigmoidMultiply(x, 0, x.length, 1);
        assertThat(geluAlone).isEqualTo(gelu);
        assertThat(x).isEqualTo(silu);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 48, 333})
    void cutOff(int n) {
        var before = gaussian(n, 3);
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += before[AT + i] / (double) n;
        }
        double variance = 0;
        for (int i = 0; i < n; i++) {
            variance += (before[AT + i] - mean) * (before[AT + i] - mean) / n;
        }
        for (double cutoff : new double[] {-0.5, 0, 1.2815516}) {
            var x = before.clone();
            ActivationOps.cutOff(x, AT, n, cutoff);
            for (int i = 0; i < n; i++) {
                double exact = Math.max(0, before[AT + i] - (mean + cutoff * Math.sqrt(variance)));
                assertThat((double) x[AT + i]).isCloseTo(exact, within(1e-5));
            }
            assertThat(x[AT - 1]).isEqualTo(before[AT - 1]);
            assertThat(x[AT + n]).isEqualTo(before[AT + n]);
        }
    }

    @Test
    void reluKeepsWhatIsNoNumber() {
        var x = new float[2 * VectorWidth.LANES + 1];
        Arrays.fill(x, Float.NaN);
        ActivationOps.relu(x, 0, x.length);
        assertThat(x).containsOnly(Float.NaN);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 48, 333})
    void layerNorm(int n) {
        var x = gaussian(n, 3);
        var weight = gaussian(n, 1);
        var bias = gaussian(n + 1, 1);
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += x[AT + i] / (double) n;
        }
        double variance = 0;
        for (int i = 0; i < n; i++) {
            variance += (x[AT + i] - mean) * (x[AT + i] - mean) / n;
        }
        var out = new float[n + 1];
        var withoutBias = x.clone(); // in place
        VectorOps.layerNorm(x, AT, weight, bias, 2, 1e-5, out, 1, n);
        VectorOps.layerNorm(withoutBias, AT, weight, null, 2, 1e-5, withoutBias, AT, n);
        for (int i = 0; i < n; i++) {
            double exact = (x[AT + i] - mean) / Math.sqrt(variance + 1e-5) * weight[2 + i];
            assertThat((double) withoutBias[AT + i]).isCloseTo(exact, within(2e-6));
            assertThat((double) out[1 + i]).isCloseTo(exact + bias[2 + i], within(2e-6));
        }
    }

    /** The norm of a constant row is its bias: the mean is taken away before anything is squared. */
    @Test
    void layerNormOfAConstantRow() {
        var x = new float[40];
        Arrays.fill(x, 1000.25f);
        var weight = new float[40];
        Arrays.fill(weight, 3);
        var bias = new float[40];
        Arrays.fill(bias, 0.5f);
        VectorOps.layerNorm(x, 0, weight, bias, 0, 1e-5, x, 0, 40);
        assertThat(x).containsOnly(0.5f);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 100})
    void multiplies(int n) {
        var a = gaussian(n, 1);
        var before = a.clone();
        var b = gaussian(n + 1, 1);
        VectorOps.multiplyInPlace(a, AT, b, 1, n);
        for (int i = 0; i < n; i++) {
            assertThat(a[AT + i]).isEqualTo(before[AT + i] * b[1 + i]);
        }
        assertThat(a[AT + n]).isEqualTo(before[AT + n]);
    }
}
