package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolution and scans: against double precision, vectors against single channels, chunks and threads against each other. */
@Tag("simd")
class ScanTest {
    private static final int ROWS = 45;
    private static final int TAPS = 4;

    private static float[] gaussian(int n, double mean, double scale, long seed) {
        var random = new Random(seed);
        var x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (mean + random.nextGaussian() * scale);
        }
        return x;
    }

    private static void assertClose(float[] actual, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-5 * Math.max(1, Math.abs(expected[i]))));
        }
    }

    private static double softplus(double x) {
        return Math.log1p(Math.exp(x));
    }

    private static double silu(double x) {
        return x / (1 + Math.exp(-x));
    }

    /** Cuts of the rows at which states are handed on. */
    private static final int[][] CHUNKS = {{ROWS}, {1, 1, 1, 42}, {7, 7, 31}, {16, 16, 13}, {2, 40, 3}};

    @ParameterizedTest
    @ValueSource(floats = {-80, -20, -3, -1e-3f, 0, 1e-3f, 2, 17, 60})
    void softplusAgrees(float x) {
        double expected = softplus(x);
        assertThat((double) Exp.softplus(x)).isCloseTo(expected, within(1e-6 * expected));
    }

    /** A convolution of some channels that lie among others, and its weights. */
    private record Convolved(int channels, float[] weights, float[] bias, float[] x, int xAt, int stride) {
        static Convolved random(int channels) {
            int stride = channels + 5;
            return new Convolved(
                    channels,
                    gaussian(channels * TAPS, 0, 0.5, 1),
                    gaussian(channels, 0, 0.5, 2),
                    gaussian(ROWS * stride, 0, 1, 3),
                    3,
                    stride);
        }

        float[] run(float[] state, int[] chunks, int threads) {
            var convolution = new CausalConvolution(weights, TAPS, bias);
            assertThat(convolution.stateFloats()).isEqualTo(state.length);
            var out = new float[ROWS * channels];
            try (var pool = new WorkerPool(threads)) {
                int row = 0;
                for (int chunk : chunks) {
                    convolution.apply(x, xAt, stride, List.of(new StateRows(state, row, chunk)), out, pool);
                    row += chunk;
                }
            }
            return out;
        }

        /** One channel alone, which no vector has room for. */
        Convolved only(int channel) {
            var own = new float[TAPS];
            System.arraycopy(weights, channel * TAPS, own, 0, TAPS);
            return new Convolved(1, own, new float[] {bias[channel]}, x, xAt + channel, stride);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16, 37, 300, 1100})
    void convolutionAgrees(int channels) {
        var convolved = Convolved.random(channels);
        var expected = new double[ROWS * channels];
        for (int t = 0; t < ROWS; t++) {
            for (int c = 0; c < channels; c++) {
                double sum = convolved.bias[c];
                for (int k = 0; k < TAPS; k++) {
                    int from = t - TAPS + 1 + k;
                    sum += from < 0
                            ? 0
                            : (double) convolved.weights[c * TAPS + k]
                                    * convolved.x[convolved.xAt + from * convolved.stride + c];
                }
                expected[t * channels + c] = silu(sum);
            }
        }
        var whole = new float[3 * channels];
        var out = convolved.run(whole, CHUNKS[0], 1);
        assertClose(out, expected);
        for (int c = 0; c < channels; c++) {
            var alone = convolved.only(c).run(new float[3], CHUNKS[0], 1);
            for (int t = 0; t < ROWS; t++) {
                assertThat(Float.valueOf(out[t * channels + c])).isEqualTo(Float.valueOf(alone[t]));
            }
        }
        for (var chunks : CHUNKS) {
            var state = new float[3 * channels];
            assertThat(convolved.run(state, chunks, 3)).isEqualTo(out);
            assertThat(state).isEqualTo(whole);
        }
    }

    @Test
    void longSequencesOfABatchDoNotMeet() {
        var convolved = Convolved.random(700);
        var convolution = new CausalConvolution(convolved.weights, TAPS, convolved.bias);
        int split = 19;
        var alone = new float[ROWS * 700];
        var together = new float[ROWS * 700];
        float[][] states = new float[4][3 * 700];
        try (var pool = new WorkerPool(2)) {
            var first = new StateRows(states[0], 0, split);
            var second = new StateRows(states[1], split, ROWS - split);
            for (var sequence : List.of(first, second)) {
                convolution.apply(convolved.x, convolved.xAt, convolved.stride, List.of(sequence), alone, pool);
            }
            var both = List.of(new StateRows(states[2], 0, split), new StateRows(states[3], split, ROWS - split));
            convolution.apply(convolved.x, convolved.xAt, convolved.stride, both, together, pool);
        }
        assertThat(together).isEqualTo(alone);
        assertThat(states[2]).isEqualTo(states[0]);
        assertThat(states[3]).isEqualTo(states[1]);
    }

    /** A selective scan of some channels. */
    private record Scanned(int channels, int n, float[] a, float[] d, float[] bias, SelectiveScan.Inputs in) {
        static Scanned random(int channels, int n) {
            var decays = gaussian(channels * n, 0, 1, 1);
            for (int i = 0; i < decays.length; i++) {
                decays[i] = (float) -Math.exp(decays[i]);
            }
            var in = new SelectiveScan.Inputs(
                    gaussian(ROWS * channels, 0, 1, 2),
                    gaussian(ROWS * channels, -2, 1, 3),
                    gaussian(ROWS * (2 * n + 3), 0, 1, 4),
                    2 * n + 3,
                    3,
                    3 + n,
                    gaussian(ROWS * (channels + 2), 0, 1, 5),
                    channels + 2,
                    2);
            return new Scanned(channels, n, decays, gaussian(channels, 1, 1, 6), gaussian(channels, 0, 1, 7), in);
        }

        float[] run(float[] state, int[] chunks, int threads) {
            var scan = new SelectiveScan(a, d, bias);
            var out = new float[ROWS * channels];
            try (var pool = new WorkerPool(threads)) {
                int row = 0;
                for (int chunk : chunks) {
                    scan.apply(in, List.of(new StateRows(state, row, chunk)), 0, out, pool);
                    row += chunk;
                }
            }
            return out;
        }

        Scanned only(int c) {
            var x = new float[ROWS];
            var steps = new float[ROWS];
            for (int t = 0; t < ROWS; t++) {
                x[t] = in.x()[t * channels + c];
                steps[t] = in.steps()[t * channels + c];
            }
            var own = new float[n];
            System.arraycopy(a, c * n, own, 0, n);
            var inputs = new SelectiveScan.Inputs(
                    x, steps, in.parameters(), in.stride(), in.bAt(), in.cAt(), in.gates(), in.gateStride(), 2 + c);
            return new Scanned(1, n, own, new float[] {d[c]}, new float[] {bias[c]}, inputs);
        }

        double[] expected() {
            var y = new double[ROWS * channels];
            for (int c = 0; c < channels; c++) {
                var h = new double[n];
                for (int t = 0; t < ROWS; t++) {
                    double x = in.x()[t * channels + c];
                    double step = softplus(in.steps()[t * channels + c] + bias[c]);
                    double sum = d[c] * x;
                    for (int i = 0; i < n; i++) {
                        int at = t * in.stride() + i;
                        h[i] = h[i] * Math.exp(step * a[c * n + i]) + step * x * in.parameters()[at + in.bAt()];
                        sum += h[i] * in.parameters()[at + in.cAt()];
                    }
                    y[t * channels + c] = sum * silu(in.gates()[t * in.gateStride() + in.gateAt() + c]);
                }
            }
            return y;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 16", "16, 16", "40, 16", "21, 11", "64, 8", "5, 3", "301, 16"})
    void selectiveScanAgrees(int channels, int n) {
        var scanned = Scanned.random(channels, n);
        var whole = new float[n * channels];
        var out = scanned.run(whole, CHUNKS[0], 1);
        assertClose(out, scanned.expected());
        for (int c = 0; c < channels; c++) {
            var alone = scanned.only(c).run(new float[n], CHUNKS[0], 1);
            for (int t = 0; t < ROWS; t++) {
                assertThat(Float.valueOf(out[t * channels + c])).isEqualTo(Float.valueOf(alone[t]));
            }
        }
        for (var chunks : CHUNKS) {
            var state = new float[n * channels];
            assertThat(scanned.run(state, chunks, 3)).isEqualTo(out);
            assertThat(state).isEqualTo(whole);
        }
    }

    /** A scan of heads, and how many of each head's channels it has. */
    private record Heads(HeadScan.Shape shape, List<Double> limits, HeadScan.Inputs in) {
        static Heads random(HeadScan.Shape shape, List<Double> limits) {
            int stride = shape.heads() * shape.headDim() + 2 * shape.groups() * shape.stateSize() + 1;
            return new Heads(
                    shape,
                    limits,
                    new HeadScan.Inputs(
                            gaussian(ROWS * stride, 0, 1, 1),
                            stride,
                            gaussian(ROWS * (shape.heads() + 4), -1, 1, 2),
                            shape.heads() + 4,
                            4));
        }

        float[] decays() {
            var a = gaussian(shape.heads(), 0, 1, 3);
            for (int i = 0; i < a.length; i++) {
                a[i] = (float) -Math.exp(a[i]);
            }
            return a;
        }

        float[] run(float[] state, int[] chunks, int threads) {
            var bias = gaussian(shape.heads(), 0, 1, 4);
            var skip = gaussian(shape.heads(), 1, 1, 5);
            var scan = new HeadScan(shape, decays(), skip, bias, limits);
            var out = new float[ROWS * shape.heads() * shape.headDim()];
            try (var pool = new WorkerPool(threads)) {
                int row = 0;
                for (int chunk : chunks) {
                    scan.apply(in, List.of(new StateRows(state, row, chunk)), 0, out, pool);
                    row += chunk;
                }
            }
            return out;
        }

        /** The same heads with one channel each. */
        Heads only(int p) {
            int rest = 2 * shape.groups() * shape.stateSize();
            int stride = shape.heads() + rest;
            var x = new float[ROWS * stride];
            for (int t = 0; t < ROWS; t++) {
                for (int head = 0; head < shape.heads(); head++) {
                    x[t * stride + head] = in.x()[t * in.stride() + head * shape.headDim() + p];
                }
                int from = t * in.stride() + shape.heads() * shape.headDim();
                System.arraycopy(in.x(), from, x, t * stride + shape.heads(), rest);
            }
            return new Heads(
                    new HeadScan.Shape(shape.heads(), 1, shape.groups(), shape.stateSize()),
                    limits,
                    new HeadScan.Inputs(x, stride, in.steps(), in.stepStride(), in.stepAt()));
        }

        double[] expected() {
            var y = new double[ROWS * shape.heads() * shape.headDim()];
            var bias = gaussian(shape.heads(), 0, 1, 4);
            var skip = gaussian(shape.heads(), 1, 1, 5);
            int n = shape.stateSize();
            for (int channel = 0; channel < shape.heads() * shape.headDim(); channel++) {
                int head = channel / shape.headDim();
                int b = shape.heads() * shape.headDim() + head * shape.groups() / shape.heads() * n;
                var h = new double[n];
                for (int t = 0; t < ROWS; t++) {
                    double step = softplus(in.steps()[t * in.stepStride() + in.stepAt() + head] + bias[head]);
                    step = Math.clamp(step, limits.getFirst(), limits.getLast());
                    double x = in.x()[t * in.stride() + channel];
                    double sum = skip[head] * x;
                    for (int i = 0; i < n; i++) {
                        int at = t * in.stride() + b + i;
                        h[i] = h[i] * Math.exp(step * decays()[head]) + step * x * in.x()[at];
                        sum += h[i] * in.x()[at + shape.groups() * n];
                    }
                    y[t * shape.heads() * shape.headDim() + channel] = sum;
                }
            }
            return y;
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 16, 1, 32", "6, 64, 2, 16", "3, 48, 1, 24", "4, 20, 4, 11", "2, 3, 1, 8"})
    void headScanAgrees(int heads, int headDim, int groups, int n) {
        var shape = new HeadScan.Shape(heads, headDim, groups, n);
        var limits = n == 16 ? List.of(0.2, 0.7) : List.of(0.0, Double.POSITIVE_INFINITY);
        var scanned = Heads.random(shape, limits);
        var whole = new float[heads * headDim * n];
        var out = scanned.run(whole, CHUNKS[0], 1);
        assertClose(out, scanned.expected());
        for (int p = 0; p < headDim; p++) {
            var alone = scanned.only(p).run(new float[heads * n], CHUNKS[0], 1);
            for (int i = 0; i < ROWS * heads; i++) {
                assertThat(Float.valueOf(out[i * headDim + p])).isEqualTo(Float.valueOf(alone[i]));
            }
        }
        for (var chunks : CHUNKS) {
            var state = new float[heads * headDim * n];
            assertThat(scanned.run(state, chunks, 3)).isEqualTo(out);
            assertThat(state).isEqualTo(whole);
        }
    }

    /** Sequences of one row each, as in a decode step, have their own states. */
    @Test
    void sequencesDoNotMeet() {
        var convolved = Convolved.random(20);
        var convolution = new CausalConvolution(convolved.weights, TAPS, convolved.bias);
        var together = new float[2 * 20];
        var alone = new float[2 * 20];
        var a = gaussian(60, 0, 1, 8);
        var b = gaussian(60, 0, 1, 9);
        try (var pool = new WorkerPool(2)) {
            var x = convolved.x;
            int stride = convolved.stride;
            convolution.apply(x, 3, stride, List.of(new StateRows(b.clone(), 1, 1)), alone, pool);
            convolution.apply(x, 3, stride, List.of(new StateRows(a.clone(), 0, 1)), alone, pool);
            var both = List.of(new StateRows(a, 0, 1), new StateRows(b, 1, 1));
            convolution.apply(x, 3, stride, both, together, pool);
        }
        assertThat(together).isEqualTo(alone);
        assertThat(a).isNotEqualTo(b);
    }
}
