package io.hayloft.onednn;

import static io.hayloft.onednn.Matrices.numbers;
import static io.hayloft.onednn.Matrices.weights;
import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.WorkerPool;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products of 8-bit numbers against the same quantisation in plain loops, to the bit. */
class OneDnnByteMatrixTest {
    private final OneDnnByteBackend backend = Here.byteBackend();

    @ParameterizedTest(name = "[{0}][{1}]")
    @CsvSource({
        "1, 8",
        "7, 64",
        "33, 48",
        "64, 100",
        "64, 129",
        "64, 257",
        "192, 576",
        "70, 1531",
        "1100, 96",
        "2050, 300"
    })
    void equalsTheReferenceToTheBit(int outputs, int inputs) {
        var weights = weights(outputs, inputs);
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            var matrix = session.pack(weights).orElseThrow();
            long scales = 8L * outputs * backend.arithmetic().blocks(inputs).count();
            assertThat(session.bytes())
                    .isGreaterThanOrEqualTo((long) outputs * inputs + scales)
                    .isLessThanOrEqualTo(memory.allocatedBytes());
            for (int rows : new int[] {1, 2, 15, 16, 17, 33, 63, 64, 65, 130, 300}) {
                var x = numbers(rows * inputs, rows);
                x[0] = 50; // an outlier, as activations have them
                var y = new float[rows * outputs];
                matrix.multiply(x, rows, y);
                assertThat(Arrays.equals(y, reference(weights, x, rows)))
                        .as("%s rows", rows)
                        .isTrue();
            }
        }
    }

    @Test
    void isNearTheProductOfTheFloats() {
        int inputs = 1024;
        int outputs = 50;
        int rows = 20;
        var weights = weights(outputs, inputs);
        var x = numbers(rows * inputs, 3);
        var y = new float[rows * outputs];
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            session.pack(weights).orElseThrow().multiply(x, rows, y);
        }
        var w = new float[inputs];
        double error = 0;
        double size = 0;
        for (int output = 0; output < outputs; output++) {
            weights.readRow(output, w, 0);
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (int k = 0; k < inputs; k++) {
                    sum += (double) x[row * inputs + k] * w[k];
                }
                error += Math.pow(y[row * outputs + output] - sum, 2);
                size += sum * sum;
            }
        }
        assertThat(Math.sqrt(error / size)).isBetween(0.001, 0.02);
    }

    @Test
    void foreseesTheMemoryThatItTakes() {
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            assertThat(session.pack(weights(1024, 512))).isPresent();
            assertThat(session.bytes()).isEqualTo(backend.bytesFor(1024 * 512)).isEqualTo(memory.allocatedBytes());
        }
        assertThat(backend.bytesFor(1)).isEqualTo(9);
        assertThat(backend.bytesFor(8_000_000_000L)).isEqualTo(8_500_000_000L);
    }

    /** Blocks of inputs: scales, integer sums, and floats added up in the order of the blocks. */
    private static float[] reference(WeightRows weights, float[] x, int rows) {
        int inputs = weights.columns();
        int outputs = weights.rows();
        var blocks = new OneDnnByteBackend().arithmetic().blocks(inputs);
        var w = new float[inputs];
        var y = new float[rows * outputs];
        for (int output = 0; output < outputs; output++) {
            weights.readRow(output, w, 0);
            for (int block = 0; block < blocks.count(); block++) {
                int from = blocks.first(block);
                int count = blocks.size(block);
                float weightScale = scale(w, from, count);
                for (int row = 0; row < rows; row++) {
                    int at = row * inputs + from;
                    float rowScale = scale(x, at, count);
                    int sum = 0;
                    for (int k = 0; k < count; k++) {
                        sum += quantized(x[at + k], rowScale) * quantized(w[from + k], weightScale);
                    }
                    int target = row * outputs + output;
                    float value = sum * weightScale;
                    y[target] = block == 0 ? value * rowScale : Math.fma(value, rowScale, y[target]);
                }
            }
        }
        return y;
    }

    private static float scale(float[] x, int from, int count) {
        float largest = 0;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        return largest / 127;
    }

    private static int quantized(float x, float scale) {
        return scale == 0 ? 0 : (int) Math.rint(x * (1 / scale));
    }

    @Test
    void aRowHasTheSameBitsInAnyCompanyAndForAnyNumberOfThreads() {
        int inputs = 640;
        int outputs = 1500;
        int rows = 200;
        var weights = weights(outputs, inputs);
        var x = numbers(rows * inputs, 5);
        var wanted = reference(weights, x, rows);
        for (int threads = 1; threads <= 3; threads++) {
            try (var memory = new NativeMemory("test");
                    var pool = new WorkerPool(threads);
                    var session = backend.open(memory, pool)) {
                var matrix = session.pack(weights).orElseThrow();
                for (int chunk : new int[] {1, 5, 31, 64, 200}) {
                    var together = Matrices.multiplied(matrix, x, rows, outputs, chunk);
                    assertThat(Arrays.equals(together, wanted))
                            .as("%s threads, %s rows at a time", threads, chunk)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void aRowThatIsNotFiniteSpoilsNoOther() {
        var weights = weights(64, 96);
        var x = numbers(3 * 96, 6);
        x[96 + 7] = Float.POSITIVE_INFINITY;
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(1);
                var session = backend.open(memory, pool)) {
            var y = new float[3 * 64];
            session.pack(weights).orElseThrow().multiply(x, 3, y);
            var wanted = reference(weights, x, 3);
            for (int i = 0; i < 64; i++) {
                assertThat(y[i]).isEqualTo(wanted[i]);
                assertThat(y[64 + i]).isNaN();
                assertThat(y[128 + i]).isEqualTo(wanted[128 + i]);
            }
        }
    }

    @Test
    void severalMatricesTogetherGiveWhatEachGivesAloneAndClosingDestroysEveryObject() {
        var library = backend.library();
        int before = library.liveObjects();
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            var small = weights(40, 576);
            var large = weights(1500, 576);
            int rows = 150;
            var x = numbers(rows * 576, 3);
            var y = new float[][] {new float[rows * 1500], new float[rows * 40]};
            session.multiply(
                    List.of(
                            session.pack(large).orElseThrow(),
                            session.pack(small).orElseThrow()),
                    x,
                    rows,
                    y);
            assertThat(Arrays.equals(y[0], reference(large, x, rows))).isTrue();
            assertThat(Arrays.equals(y[1], reference(small, x, rows))).isTrue();
            assertThat(library.liveObjects()).isGreaterThan(before);
        }
        assertThat(library.liveObjects()).isEqualTo(before);
    }
}
