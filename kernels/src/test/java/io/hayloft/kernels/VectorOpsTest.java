package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against double precision, and lanes against the elements left over. */
@Tag("simd")
class VectorOpsTest {
    private static final int AT = 3;

    private static float[] gaussian(int n, double scale, long seed) {
        var random = new Random(seed);
        var x = new float[AT + n];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (random.nextGaussian() * scale);
        }
        return x;
    }

    private static double silu(double x) {
        return x / (1 + Math.exp(-x));
    }

    private static double gelu(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    private static void assertClose(double actual, double expected, double relative) {
        assertThat(actual).isCloseTo(expected, within(Math.abs(expected) * relative + 1e-37));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 30, 64, 128})
    void dotsEqualEachDot(int n) {
        int count = 11;
        var x = gaussian(n, 3, n);
        var y = gaussian(count * n, 1, n + 1);
        var out = new float[1 + count];
        VectorOps.dots(x, AT, y, AT, n, count, out, 1);
        for (int i = 0; i < count; i++) {
            assertThat(Float.valueOf(out[1 + i])).isEqualTo(Float.valueOf(VectorOps.dot(x, AT, y, AT + i * n, n)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 48, 333})
    void rmsNorm(int n) {
        var x = gaussian(n, 3, n);
        var weight = gaussian(n, 1, n + 1);
        var out = new float[AT + n];
        VectorOps.rmsNorm(x, AT, weight, 1e-5, out, 1, n);
        double squares = 0;
        for (int i = 0; i < n; i++) {
            squares += (double) x[AT + i] * x[AT + i];
        }
        for (int i = 0; i < n; i++) {
            assertClose(out[1 + i], x[AT + i] / Math.sqrt(squares / n + 1e-5) * weight[i], 3e-7);
        }
    }

    @Test
    void rmsNormOfHugeValuesDoesNotOverflow() {
        var x = new float[40];
        Arrays.fill(x, 1e25f);
        var weight = new float[40];
        Arrays.fill(weight, 2);
        VectorOps.rmsNorm(x, 0, weight, 1e-6, x, 0, 40);
        assertThat(x).containsOnly(2f);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 100})
    void addAndScale(int n) {
        var a = gaussian(n, 1, 1);
        var before = a.clone();
        var b = gaussian(n, 1, 2);
        VectorOps.addInPlace(a, AT, b, AT, n);
        VectorOps.scale(b, AT, n, 0.5f);
        var other = gaussian(n, 1, 2);
        for (int i = AT; i < AT + n; i++) {
            assertThat(a[i]).isEqualTo(before[i] + other[i]);
            assertThat(b[i]).isEqualTo(0.5f * other[i]);
        }
        assertThat(a[AT - 1]).isEqualTo(before[AT - 1]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 48, 333})
    void addScaled(int n) {
        var a = gaussian(n, 1, 3);
        var b = gaussian(n, 1, 4);
        var before = a.clone();
        VectorOps.addScaled(a, AT, b, AT, n, 0.3f);
        double squares = 0;
        for (int i = AT; i < AT + n; i++) {
            assertThat(a[i]).isEqualTo(before[i] + 0.3f * b[i]);
            squares += (double) b[i] * b[i];
        }
        assertThat(a[AT - 1]).isEqualTo(before[AT - 1]);
        assertThat(VectorOps.rootMeanSquare(b, AT, n)).isCloseTo(Math.sqrt(squares / n), within(1e-12));
    }

    /** All magnitudes from denormal results to saturation, with both signs, in every lane and left over. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-4, 0.1, 1, 4, 30})
    void activationsAreAccurate(double scale) {
        int n = 5000 + 7;
        var gate = gaussian(n, scale, 5);
        var up = gaussian(n, 1, 6);
        var silu = new float[n];
        var gelu = new float[n];
        VectorOps.siluMultiply(gate, AT, up, AT, silu, 0, n);
        VectorOps.geluTanhMultiply(gate, AT, up, AT, gelu, 0, n);
        var capped = gate.clone();
        VectorOps.softCap(capped, AT, n, 5);
        for (int i = 0; i < n; i++) {
            double x = gate[AT + i];
            if (x > -80) {
                assertClose(silu[i], silu(x) * up[AT + i], 1e-6);
            }
            // The argument of exp has an error of one part in 10^7, which its size multiplies.
            if (x > -5) {
                assertClose(gelu[i], gelu(x) * up[AT + i], 5e-6);
            } else {
                assertThat((double) gelu[i]).isCloseTo(0, within(1e-5));
            }
            assertClose(capped[AT + i], 5 * Math.tanh(x / 5), 1e-6);
        }
    }

    @Test
    void exponentialOverItsWholeRange() {
        assertAccurate(Math::exp, 3e-7, -87.3, 88.6, (x, out) -> RowOps.expOfDifference(x, 0, x.length, 0, out, 0));
        var x = new float[] {Float.NEGATIVE_INFINITY, -1000, -88, 0, Float.NaN, 1000};
        var wide = new float[6 * VectorWidth.LANES];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = x[i / VectorWidth.LANES];
        }
        RowOps.expOfDifference(wide, 0, wide.length, 0, wide, 0);
        for (int i = 0; i < wide.length; i++) {
            assertThat(Float.valueOf(wide[i])).isEqualTo(Float.valueOf(Exp.exp(x[i / VectorWidth.LANES])));
        }
        assertThat(Exp.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(Exp.exp(-1000f)).isZero();
        assertThat(Exp.exp(0f)).isEqualTo(1);
        assertThat(Exp.exp(Float.NaN)).isNaN();
        assertThat(Exp.exp(1000f)).isGreaterThan(3e38f);
    }

    private interface ArrayFunction {
        void apply(float[] x, float[] out);
    }

    private static void assertAccurate(
            DoubleUnaryOperator exact, double relative, double from, double to, ArrayFunction f) {
        int n = 100_003;
        var x = new float[n];
        var out = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (from + (to - from) * i / (n - 1));
        }
        f.apply(x, out);
        for (int i = 0; i < n; i++) {
            assertThat(Math.abs(out[i] / exact.applyAsDouble(x[i]) - 1)).isLessThan(relative);
        }
    }

    /** What is left over after the last full vector must have the bits that a lane would have given it. */
    @Test
    void leftoversEqualLanes() {
        int n = 64;
        var gate = gaussian(n, 3, 8);
        var up = gaussian(n, 1, 9);
        for (int count = 1; count < 40; count++) {
            var whole = new float[n];
            var part = new float[n];
            VectorOps.siluMultiply(gate, 0, up, 0, whole, 0, n);
            VectorOps.siluMultiply(gate, 0, up, 0, part, 0, count);
            assertThat(Arrays.copyOf(part, count)).isEqualTo(Arrays.copyOf(whole, count));
            VectorOps.geluTanhMultiply(gate, 0, up, 0, whole, 0, n);
            VectorOps.geluTanhMultiply(gate, 0, up, 0, part, 0, count);
            assertThat(Arrays.copyOf(part, count)).isEqualTo(Arrays.copyOf(whole, count));
            var capped = gate.clone();
            var cappedPart = gate.clone();
            VectorOps.softCap(capped, 0, n, 2);
            VectorOps.softCap(cappedPart, 0, count, 2);
            assertThat(Arrays.copyOf(cappedPart, count)).isEqualTo(Arrays.copyOf(capped, count));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 16, 700, 5003})
    void softmaxAndLogSumExp(int n) {
        var x = gaussian(n, 20, 10);
        double max = IntStream.range(AT, AT + n).mapToDouble(i -> x[i]).max().orElseThrow();
        double sum = 0;
        for (int i = AT; i < AT + n; i++) {
            sum += Math.exp(x[i] - max);
        }
        assertThat(VectorOps.logSumExp(x, AT, n)).isCloseTo(max + Math.log(sum), within(1e-5));
        var p = x.clone();
        VectorOps.softmax(p, AT, n);
        for (int i = AT; i < AT + n; i++) {
            assertThat((double) p[i]).isCloseTo(Math.exp(x[i] - max) / sum, within(1e-6));
        }
        assertThat(RowOps.sum(p, AT, n)).isCloseTo(1, within(1e-6));
    }

    @Test
    void maskedScoresHaveNoProbability() {
        var x = new float[] {1, Float.NEGATIVE_INFINITY, 1};
        VectorOps.softmax(x, 0, 3);
        assertThat(x).containsExactly(0.5f, 0f, 0.5f);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 50, 3000})
    void largestElements(int k) {
        int n = 2011;
        var random = new Random(k);
        var x = new float[AT + n];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextInt(300); // many equals
        }
        var order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -x[AT + i]).thenComparing(i -> i))
                .limit(k)
                .toList();
        var indices = new int[k];
        var values = new float[k];
        assertThat(VectorOps.topK(x, AT, n, k, indices, values)).isEqualTo(order.size());
        for (int i = 0; i < order.size(); i++) {
            assertThat(indices[i]).isEqualTo(order.get(i));
            assertThat(values[i]).isEqualTo(x[AT + indices[i]]);
        }
        assertThat(VectorOps.argMax(x, AT, n)).isEqualTo(order.getFirst());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 1000, 2011})
    void weightedDifferencesAreAddedUpInAFixedOrder(int n) {
        var random = new Random(n);
        var p = new float[n];
        var x = new float[n];
        var y = new float[AT + n];
        var sums = new double[8];
        for (int i = 0; i < n; i++) {
            p[i] = i % 3 == 0 ? 0 : random.nextFloat();
            x[i] = p[i] == 0 ? Float.NEGATIVE_INFINITY : random.nextFloat();
            y[AT + i] = p[i] == 0 ? Float.NEGATIVE_INFINITY : random.nextFloat();
            double summand = p[i] == 0 ? 0 : p[i] * ((double) x[i] - y[AT + i] + 0.25);
            sums[i % 8] += i < n / 8 * 8 ? summand : 0;
        }
        double sum = (sums[0] + sums[4] + (sums[1] + sums[5])) + (sums[2] + sums[6] + (sums[3] + sums[7]));
        for (int i = n / 8 * 8; i < n; i++) {
            sum += p[i] == 0 ? 0 : p[i] * ((double) x[i] - y[AT + i] + 0.25);
        }
        assertThat(VectorOps.weightedDifference(p, x, y, AT, 0.25, n)).isEqualTo(sum);
    }

    @Test
    void largestOfNegativeInfinitiesAndOfEquals() {
        float least = Float.NEGATIVE_INFINITY;
        assertThat(VectorOps.argMax(new float[] {0, least, least}, 1, 2)).isZero();
        var x = new float[100];
        Arrays.fill(x, 3f);
        x[0] = Math.nextDown(3f);
        assertThat(VectorOps.argMax(x, 0, 100)).isEqualTo(1);
        assertThat(VectorOps.argMax(new float[] {-1, -0f, 0f}, 0, 3)).isEqualTo(1);
    }

    @Test
    void largestElementsOfFewOrNone() {
        var indices = new int[3];
        var values = new float[3];
        assertThat(VectorOps.topK(new float[] {Float.NaN, 2, 5}, 0, 3, 3, indices, values))
                .isEqualTo(2);
        assertThat(indices).startsWith(2, 1);
        assertThat(VectorOps.topK(new float[0], 0, 0, 3, indices, values)).isZero();
        assertThatThrownBy(() -> VectorOps.argMax(new float[0], 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VectorOps.argMax(new float[] {Float.NaN}, 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
