package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against scalar definitions, to the bit, and against double precision. */
@Tag("simd")
class GriffinOpsTest {
    private static final int AT = 5;

    private static float[] random(int n, long seed) {
        return RandomTensors.activations(n, seed);
    }

    /** Rates from 0, where nothing decays, to those that forget at once. */
    private static float[] rates(int n) {
        var rates = new float[n];
        for (int i = 0; i < n; i++) {
            rates[i] = -(float) Math.pow(10, 1.5 - 6.0 * i / n);
        }
        rates[n - 1] = 0;
        return rates;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 48, 200})
    void gatesAreAccurate(int n) {
        var x = random(AT + n, 1);
        var inputGate = random(AT + n, 2);
        var recurrenceGate = random(AT + n, 3);
        var rates = rates(n);
        for (boolean first : new boolean[] {true, false}) {
            var input = inputGate.clone();
            var decay = recurrenceGate.clone();
            GriffinOps.gate(x, input, decay, AT, n, rates, first);
            for (int i = 0; i < n; i++) {
                double exponent = rates[i] * sigmoid(recurrenceGate[AT + i]);
                double factor = first ? 1 : Math.sqrt(-Math.expm1(2 * exponent));
                double expected = x[AT + i] * sigmoid(inputGate[AT + i]) * factor;
                assertThat((double) decay[AT + i]).isCloseTo(Math.exp(exponent), within(2e-6 * Math.exp(exponent)));
                assertThat((double) input[AT + i]).isCloseTo(expected, within(2e-6 * Math.abs(expected)));
            }
            assertThat(Arrays.copyOf(input, AT)).isEqualTo(Arrays.copyOf(inputGate, AT));
        }
    }

    /** What is left over after the last full vector must have the bits that a lane would have given it. */
    @Test
    void leftoversEqualLanes() {
        int n = 64;
        var x = random(n, 1);
        var rates = rates(n);
        var input = random(n, 2);
        var decay = random(n, 3);
        GriffinOps.gate(x, input, decay, 0, n, rates, false);
        for (int count = 1; count < n; count++) {
            var partInput = random(n, 2);
            var partDecay = random(n, 3);
            GriffinOps.gate(x, partInput, partDecay, 0, count, rates, false);
            assertThat(Arrays.copyOf(partInput, count)).isEqualTo(Arrays.copyOf(input, count));
            assertThat(Arrays.copyOf(partDecay, count)).isEqualTo(Arrays.copyOf(decay, count));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 16, 50, 64, 200})
    void theScanEqualsTheScalarDefinitionInAnyChunks(int width) {
        int rows = 23;
        var decay = random(rows * width, 4);
        var input = random(rows * width, 5);
        var start = random(2 + width, 6);
        var expected = new float[rows * width];
        var end = start.clone();
        for (int t = 0; t < rows; t++) {
            for (int c = 0; c < width; c++) {
                end[2 + c] = Math.fma(decay[t * width + c], end[2 + c], input[t * width + c]);
                expected[t * width + c] = end[2 + c];
            }
        }
        try (var pool = new WorkerPool(2)) {
            for (int chunk : new int[] {1, 7, rows}) {
                var out = input.clone();
                var state = start.clone();
                for (int first = 0; first < rows; first += chunk) {
                    var sequence = new StateRows(state, first, Math.min(chunk, rows - first));
                    GriffinOps.scan(decay, out, width, List.of(sequence), 2, pool);
                }
                assertThat(out).isEqualTo(expected);
                assertThat(state).isEqualTo(end);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 16, 40, 64, 75})
    void blocksEqualTheScalarDefinition(int size) {
        int blocks = 3;
        int width = blocks * size;
        int rows = 70;
        var weights = RandomTensors.rows(TensorType.F32, width, size, 7);
        var w = weights.toFloats();
        var bias = random(width, 8);
        var x = random(rows * width, 9);
        var expected = new float[rows * width];
        for (int at = 0; at < expected.length; at++) {
            int block = at % width / size;
            int j = at % size;
            int from = at / width * width + block * size;
            float sum = 0;
            for (int i = 0; i < size; i++) {
                sum = Math.fma(x[from + i], w[(block * size + i) * size + j], sum);
            }
            expected[at] = sum + bias[block * size + j];
        }
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2)) {
            var layer = BlockDiagonal.pack(weights, bias, memory);
            assertThat(layer.width()).isEqualTo(width);
            for (int count : new int[] {1, 2, 4, 7, rows}) {
                var y = new float[count * width];
                layer.apply(x, count, y, pool);
                assertThat(y).isEqualTo(Arrays.copyOf(expected, y.length));
            }
        }
    }
}
