package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gated delta rule against double precision, and chunks, threads and single channels against each other. */
@Tag("simd")
class DeltaScanTest {
    private static final int ROWS = 21;
    private static final int PADDING = 3;

    /** Inputs of a scan; keys have the length 1, as models give them. */
    private record Problem(DeltaScan.Shape shape, DeltaScan.Inputs inputs, float[] initial) {
        static Problem random(DeltaScan.Shape shape) {
            var random = new Random(shape.valueDim());
            int stride = 2 * shape.keyWidth() + shape.valueWidth() + PADDING;
            var x = new float[ROWS * stride];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) (random.nextGaussian() * (i % stride < 2 * shape.keyWidth() ? 0.3 : 1));
            }
            var rates = new float[ROWS * 2 * shape.heads()];
            for (int i = 0; i < rates.length; i++) {
                rates[i] = random.nextFloat();
            }
            var state = new float[PADDING + shape.heads() * shape.keyDim() * shape.valueDim()];
            for (int i = 0; i < state.length; i++) {
                state[i] = (float) random.nextGaussian();
            }
            return new Problem(shape, new DeltaScan.Inputs(x, stride, rates), state);
        }

        float[] run(float[] state, int threads, int... chunks) {
            var out = new float[ROWS * shape.valueWidth()];
            try (var pool = new WorkerPool(threads)) {
                int row = 0;
                for (int chunk : chunks) {
                    new DeltaScan(shape).apply(inputs, List.of(new StateRows(state, row, chunk)), PADDING, out, pool);
                    row += chunk;
                }
            }
            return out;
        }

        /** One channel of a head by the definition, in double precision. */
        double[] exact(int head, int channel) {
            int keyDim = shape.keyDim();
            var s = new double[keyDim];
            for (int i = 0; i < keyDim; i++) {
                s[i] = initial[PADDING + (head * keyDim + i) * shape.valueDim() + channel];
            }
            var results = new double[ROWS];
            for (int row = 0; row < ROWS; row++) {
                int q = row * inputs.stride() + head / (shape.heads() / shape.keyHeads()) * keyDim;
                int k = q + shape.keyWidth();
                int v = row * inputs.stride() + 2 * shape.keyWidth() + head * shape.valueDim() + channel;
                double beta = inputs.rates()[row * 2 * shape.heads() + head];
                double alpha = inputs.rates()[row * 2 * shape.heads() + shape.heads() + head];
                double known = 0;
                for (int i = 0; i < keyDim; i++) {
                    s[i] *= alpha;
                    known += s[i] * inputs.x()[k + i];
                }
                for (int i = 0; i < keyDim; i++) {
                    s[i] += inputs.x()[k + i] * beta * (inputs.x()[v] - known);
                    results[row] += s[i] * inputs.x()[q + i];
                }
            }
            return results;
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,4,1", "2,1,16,16", "4,2,5,37", "3,3,8,70", "2,2,12,33"})
    void agreesAndDoesNotDependOnChunks(int heads, int keyHeads, int keyDim, int valueDim) {
        var problem = Problem.random(new DeltaScan.Shape(heads, keyHeads, keyDim, valueDim));
        var whole = problem.initial.clone();
        var out = problem.run(whole, 1, ROWS);
        for (int head = 0; head < heads; head++) {
            for (int channel = 0; channel < valueDim; channel++) {
                var exact = problem.exact(head, channel);
                for (int row = 0; row < ROWS; row++) {
                    assertThat((double) out[(row * heads + head) * valueDim + channel])
                            .isCloseTo(exact[row], within(2e-5 * Math.max(1, Math.abs(exact[row]))));
                }
            }
        }
        for (var chunks : new int[][] {{1, 1, 19}, {7, 7, 7}, {20, 1}}) {
            var state = problem.initial.clone();
            assertThat(problem.run(state, 3, chunks)).isEqualTo(out);
            assertThat(state).isEqualTo(whole);
        }
    }

    /** A channel that no vector has room for gets the bits that a lane gives it. */
    @Test
    void leftoversEqualLanes() {
        int wide = 70;
        var all = Problem.random(new DeltaScan.Shape(1, 1, 6, wide));
        var whole = all.run(all.initial.clone(), 1, ROWS);
        for (int channels : new int[] {1, 15, 31, 69}) {
            var shape = new DeltaScan.Shape(1, 1, 6, channels);
            var state = new float[PADDING + 6 * channels];
            for (int i = 0; i < 6; i++) {
                System.arraycopy(all.initial, PADDING + i * wide, state, PADDING + i * channels, channels);
            }
            var out = new Problem(shape, all.inputs, state).run(state, 1, ROWS);
            for (int row = 0; row < ROWS; row++) {
                assertThat(Arrays.copyOfRange(out, row * channels, (row + 1) * channels))
                        .isEqualTo(Arrays.copyOfRange(whole, row * wide, row * wide + channels));
            }
        }
    }

    @Test
    void ratesAgree() {
        var rates = new float[] {9, -1, 0.5f, 2, -3, 40, 9};
        DeltaScan.rates(rates, 1, new float[] {-0.1f, -2, -1}, new float[] {0.5f, -0.25f, 0});
        double[] logits = {-1, 0.5, 2};
        double[] steps = {-3 + 0.5, 40 - 0.25, 9};
        double[] decays = {-0.1, -2, -1};
        for (int head = 0; head < 3; head++) {
            assertThat((double) rates[1 + head]).isCloseTo(1 / (1 + Math.exp(-logits[head])), within(1e-6));
            double alpha = Math.exp(decays[head] * Math.log1p(Math.exp(steps[head])));
            assertThat((double) rates[4 + head]).isCloseTo(alpha, within(1e-6));
        }
        assertThat(rates[0]).isEqualTo(9);
    }
}
