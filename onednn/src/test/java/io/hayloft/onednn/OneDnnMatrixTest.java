package io.hayloft.onednn;

import static io.hayloft.onednn.Matrices.numbers;
import static io.hayloft.onednn.Matrices.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.BrainFloats;
import io.hayloft.kernels.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Products of the library against sums of the rounded factors in double precision. */
class OneDnnMatrixTest {
    private final OneDnnBackend backend = Here.backend();

    @ParameterizedTest(name = "[{0}][{1}]")
    @CsvSource({"1, 8", "7, 64", "33, 48", "64, 100", "192, 576", "70, 1531", "1100, 96", "2050, 40"})
    void equalsTheProductOfRoundedFactors(int outputs, int inputs) {
        var weights = weights(outputs, inputs);
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            var matrix = session.pack(weights).orElseThrow();
            assertThat(memory.allocatedBytes()).isGreaterThanOrEqualTo(2L * outputs * inputs);
            for (int rows : new int[] {1, 2, 15, 16, 17, 33, 63, 64, 65, 130, 600}) {
                var x = numbers(rows * inputs, rows);
                var y = new float[rows * outputs];
                matrix.multiply(x, rows, y);
                assertProduct(weights, x, rows, y);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void takesEveryTensorType(TensorType type) {
        int inputs = 2 * Math.max(64, type.blockElements());
        int outputs = 50;
        var bytes = new byte[Math.toIntExact(type.bytes((long) outputs * inputs))];
        new Random(9).nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] &= 0x3B; // no bits of a large exponent, wherever the format has floats
        }
        var data = Arena.ofAuto().allocate(bytes.length, 8).copyFrom(MemorySegment.ofArray(bytes));
        var weights = WeightRows.all(new Tensor("weights", type, new long[] {outputs, inputs}, data));
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            var x = numbers(20 * inputs, 10);
            var y = new float[20 * outputs];
            session.pack(weights).orElseThrow().multiply(x, 20, y);
            assertProduct(weights, x, 20, y);
        }
    }

    /** Products of bfloat16 are exact in 32 bits; sums of them lose no more than this. */
    private static void assertProduct(WeightRows weights, float[] x, int rows, float[] y) {
        int inputs = weights.columns();
        int outputs = weights.rows();
        var roundedX = rounded(x);
        var w = new float[inputs];
        for (int n = 0; n < outputs; n += Math.max(1, outputs / 37)) {
            weights.readRow(n, w, 0);
            var roundedW = rounded(w);
            for (int r = 0; r < rows; r += Math.max(1, rows / 29)) {
                double sum = 0;
                double size = 0;
                for (int k = 0; k < inputs; k++) {
                    double term = (double) roundedX[r * inputs + k] * roundedW[k];
                    sum += term;
                    size += Math.abs(term);
                }
                assertThat((double) y[r * outputs + n])
                        .as("row %s of %s, output %s", r, rows, n)
                        .isBetween(sum - 2e-6 * size, sum + 2e-6 * size);
            }
        }
    }

    private static float[] rounded(float[] values) {
        var rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = Float.intBitsToFloat(BrainFloats.round(values[i]) << 16);
        }
        return rounded;
    }

    @Test
    void aRowHasTheSameBitsInAnyCompanyAndForAnyNumberOfThreads() {
        int inputs = 640;
        int outputs = 1500;
        int rows = 200;
        var weights = weights(outputs, inputs);
        var x = numbers(rows * inputs, 5);
        var wanted = new float[rows * outputs];
        for (int threads = 1; threads <= 3; threads++) {
            try (var memory = new NativeMemory("test");
                    var pool = new WorkerPool(threads);
                    var session = backend.open(memory, pool)) {
                var matrix = session.pack(weights).orElseThrow();
                if (threads == 1) {
                    matrix.multiply(x, rows, wanted);
                }
                for (int chunk : new int[] {1, 5, 16, 31, 64, 100, 200}) {
                    var together = Matrices.multiplied(matrix, x, rows, outputs, chunk);
                    assertThat(Arrays.equals(together, wanted))
                            .as("%s threads, %s rows at a time", threads, chunk)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void rowsBeyondTheWantedOnesDoNotMatter() {
        var weights = weights(64, 64);
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(1);
                var session = backend.open(memory, pool)) {
            var matrix = session.pack(weights).orElseThrow();
            var notNumbers = new float[64 * 64];
            Arrays.fill(notNumbers, Float.NaN);
            matrix.multiply(notNumbers, 64, new float[64 * 64]);
            var x = numbers(3 * 64, 6);
            var y = new float[4 * 64];
            matrix.multiply(x, 3, y);
            assertProduct(weights, x, 3, y);
            assertThat(Arrays.copyOfRange(y, 3 * 64, 4 * 64)).containsOnly(0f);
        }
    }

    @Test
    void severalMatricesTogetherGiveWhatEachGivesAlone() {
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            var small = session.pack(weights(40, 96)).orElseThrow();
            var large = session.pack(weights(1500, 96)).orElseThrow();
            assertThat(session.bytes()).isEqualTo(memory.allocatedBytes()).isGreaterThanOrEqualTo(2L * 1540 * 96);
            int rows = 150;
            var x = numbers(rows * 96, 3);
            var together = new float[][] {new float[rows * 1500], new float[rows * 40], new float[rows * 1500]};
            session.multiply(List.of(large, small, large), x, rows, together);
            var alone = new float[rows * 1500];
            large.multiply(x, rows, alone);
            assertThat(together[0]).isEqualTo(alone);
            assertThat(together[2]).isEqualTo(alone);
            alone = new float[rows * 40];
            small.multiply(x, rows, alone);
            assertThat(together[1]).isEqualTo(alone);
        }
    }

    @Test
    void closingDestroysEveryObject() {
        var library = backend.library();
        int before = library.liveObjects();
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            var small = session.pack(weights(40, 32)).orElseThrow();
            var large = session.pack(weights(1200, 48)).orElseThrow();
            small.multiply(numbers(5 * 32, 7), 5, new float[5 * 40]);
            large.multiply(numbers(70 * 48, 8), 70, new float[70 * 1200]);
            assertThat(library.liveObjects()).isGreaterThan(before);
        }
        assertThat(library.liveObjects()).isEqualTo(before);
    }

    @Test
    void aFailureKeepsNoObjects() {
        var library = backend.library();
        int before = library.liveObjects();
        try (var handles = new Handles(library)) {
            var types = new BrainArithmetic().types();
            long weights = library.matrix(handles, types.weights(), 32, 64, 64, 1);
            assertThatThrownBy(() -> Product.compile(library, handles, types, 16, 33, 64, weights)) // 33 are not 32
                    .isInstanceOf(OneDnnException.class);
        }
        assertThat(library.liveObjects()).isEqualTo(before);
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(2);
                var session = backend.open(memory, pool)) {
            var arena = Arena.ofShared();
            var data = arena.allocate(4L * 32 * 2100, 4);
            var gone = WeightRows.all(new Tensor("gone", TensorType.F32, new long[] {2100, 32}, data));
            arena.close();
            assertThatThrownBy(() -> session.pack(gone)).hasMessageContaining("closed");
        }
        assertThat(library.liveObjects()).isEqualTo(before);
    }

    @Test
    void aLackOfMemoryIsNoDefect() {
        assertThatThrownBy(() -> Binding.check("dnnl_memory_create", 1))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--backend java");
        assertThatThrownBy(() -> Binding.check("dnnl_memory_create", 5))
                .isInstanceOf(OneDnnException.class)
                .hasMessage("dnnl_memory_create of oneDNN failed with status 5");
    }
}
