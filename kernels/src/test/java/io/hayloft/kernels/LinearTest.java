package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Vector kernels against the scalar definition, and a row against the same row in other company. */
@Tag("simd")
class LinearTest {
    private static final WorkerPool ONE = new WorkerPool(1);
    private static final WorkerPool TWO = new WorkerPool(2);
    private static final WorkerPool THREE = new WorkerPool(3);

    @AfterAll
    static void closePools() {
        ONE.close();
        TWO.close();
        THREE.close();
    }

    record Shape(TensorType type, int outputs, int inputs) {}

    static List<Shape> shapes() {
        var shapes = new ArrayList<Shape>();
        for (var type : TensorType.values()) {
            int block = type.blockElements();
            shapes.add(new Shape(type, 12, block > 32 ? block : 64));
            shapes.add(new Shape(type, 70, 3 * Math.max(block, 64)));
            if (block == 1) {
                shapes.add(new Shape(type, 33, 48));
                shapes.add(new Shape(type, 1, 1));
                shapes.add(new Shape(type, 64, 7));
                shapes.add(new Shape(type, 40, 517));
            } else {
                shapes.add(new Shape(type, 40, 512 + block));
            }
        }
        return shapes;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void equalsTheScalarDefinitionToTheBit(Shape shape) {
        var weights = RandomTensors.rows(shape.type, shape.outputs, shape.inputs, 1);
        try (var memory = new NativeMemory("test")) {
            var linear = Linear.pack(weights, memory, TWO);
            assertThat(linear.inputs()).isEqualTo(shape.inputs);
            assertThat(linear.outputs()).isEqualTo(shape.outputs);
            assertThat(linear.bytes()).isPositive().isLessThanOrEqualTo(memory.allocatedBytes());
            for (int rows : new int[] {1, 2, 3, 5, 12, 21}) {
                var x = RandomTensors.activations(rows * shape.inputs, rows);
                var y = new float[rows * shape.outputs];
                linear.prefill(x, rows, y, TWO);
                assertThat(y).as("prefill of %s rows", rows).isEqualTo(ReferenceLinear.prefill(weights, x, rows));
                linear.decode(x, rows, y, TWO);
                assertThat(y).as("decode of %s rows", rows).isEqualTo(ReferenceLinear.decode(weights, x, rows));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void everyRowCountAndThreadCountGivesTheSameBits(TensorType type) {
        int block = type.blockElements();
        int inputs = (96 + block - 1) / block * block;
        int outputs = 100;
        int most = 40;
        var x = RandomTensors.activations(most * inputs, 2);
        try (var memory = new NativeMemory("test")) {
            var linear = Linear.pack(RandomTensors.rows(type, outputs, inputs, 3), memory, ONE);
            var prefilled = new float[most * outputs];
            var decoded = new float[most * outputs];
            linear.prefill(x, most, prefilled, ONE);
            linear.decode(x, most, decoded, ONE);
            for (int rows = 1; rows <= most; rows++) {
                var pool = rows % 3 == 0 ? THREE : rows % 3 == 1 ? TWO : ONE;
                var y = new float[rows * outputs];
                linear.prefill(x, rows, y, pool);
                assertThat(y).as("prefill of %s rows", rows).isEqualTo(Arrays.copyOf(prefilled, y.length));
                linear.decode(x, rows, y, pool);
                assertThat(y).as("decode of %s rows", rows).isEqualTo(Arrays.copyOf(decoded, y.length));
            }
        }
    }

    @Test
    void manyRowsAreCutIntoTasks() {
        int inputs = 96;
        int outputs = 64;
        int rows = 1100;
        var weights = RandomTensors.rows(TensorType.Q8_0, outputs, inputs, 4);
        var x = RandomTensors.activations(rows * inputs, 5);
        var y = new float[rows * outputs];
        try (var memory = new NativeMemory("test")) {
            var linear = Linear.pack(weights, memory, THREE);
            linear.prefill(x, rows, y, THREE);
            assertThat(y).isEqualTo(ReferenceLinear.prefill(weights, x, rows));
            linear.decode(x, rows, y, THREE);
            assertThat(y).isEqualTo(ReferenceLinear.decode(weights, x, rows));
        }
    }

    @ParameterizedTest
    @EnumSource(TensorType.class)
    void isCloseToTheExactProduct(TensorType type) {
        int inputs = 1024;
        int outputs = 32;
        var weights = RandomTensors.rows(type, outputs, inputs, 6);
        var x = RandomTensors.activations(inputs, 7);
        var w = weights.toFloats();
        var prefilled = new float[outputs];
        var decoded = new float[outputs];
        try (var memory = new NativeMemory("test")) {
            var linear = Linear.pack(weights, memory, ONE);
            linear.prefill(x, 1, prefilled, ONE);
            linear.decode(x, 1, decoded, ONE);
        }
        for (int n = 0; n < outputs; n++) {
            double exact = 0;
            double size = 0;
            for (int k = 0; k < inputs; k++) {
                double product = (double) x[k] * w[n * inputs + k];
                exact += product;
                size += product * product;
            }
            // Rounding errors add up like a random walk over terms of this size.
            double tolerance = 1e-5 * Math.sqrt(size);
            assertThat((double) prefilled[n]).isCloseTo(exact, within(tolerance));
            assertThat((double) decoded[n]).isCloseTo(exact, within(tolerance));
        }
    }

    @Test
    void rowsComeInTheirOrder() {
        var tensor = RandomTensors.tensor(TensorType.Q4_1, 80, 64, 8);
        var order = new int[] {5, 4, 3, 2, 1, 0, 40, 41};
        var weights = new WeightRows(tensor, 20, 8, order);
        var x = RandomTensors.activations(64, 9);
        var y = new float[8];
        try (var memory = new NativeMemory("test")) {
            Linear.pack(weights, memory, ONE).prefill(x, 1, y, ONE);
        }
        assertThat(y).isEqualTo(ReferenceLinear.prefill(weights, x, 1));
    }

    @Test
    void halfFloatsThatAreNotFiniteStayWhatTheyAre() {
        var tensor = RandomTensors.tensor(TensorType.F16, 2, 8, 10);
        tensor.data().set(ValueLayout.JAVA_SHORT, 0, Float.floatToFloat16(Float.POSITIVE_INFINITY));
        var x = new float[] {1, 1, 1, 1, 1, 1, 1, 1};
        var y = new float[2];
        try (var memory = new NativeMemory("test")) {
            Linear.pack(WeightRows.all(tensor), memory, ONE).decode(x, 1, y, ONE);
        }
        assertThat(y[0]).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(y[1]).isFinite();
    }

    @Test
    void refusesArraysThatAreTooSmall() {
        try (var memory = new NativeMemory("test")) {
            var linear = Linear.pack(RandomTensors.rows(TensorType.F32, 4, 4, 11), memory, ONE);
            assertThatThrownBy(() -> linear.prefill(new float[7], 2, new float[8], ONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> linear.decode(new float[8], 2, new float[7], ONE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> linear.decode(new float[8], 0, new float[8], ONE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void refusesLayersOfDifferentInputsTogether() {
        try (var memory = new NativeMemory("test")) {
            var wide = Linear.pack(RandomTensors.rows(TensorType.F32, 4, 8, 11), memory, ONE);
            var narrow = Linear.pack(RandomTensors.rows(TensorType.F32, 4, 4, 12), memory, ONE);
            var layers = List.of(wide, narrow);
            var y = new float[2][8];
            assertThatThrownBy(() -> Linear.prefill(layers, new float[16], 2, y, ONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("layers of 8 and 4 inputs cannot read the same rows");
            assertThatThrownBy(() -> Linear.decode(layers, new float[16], 2, y, ONE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
