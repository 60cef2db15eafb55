package io.hayloft.onednn;

import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.PrefillBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

/** Random matrices. */
final class Matrices {
    private Matrices() {}

    static WeightRows weights(int outputs, int inputs) {
        return weights(outputs, inputs, numbers(outputs * inputs, outputs));
    }

    static WeightRows weights(int outputs, int inputs, float[] values) {
        var data = Arena.ofAuto().allocate(4L * outputs * inputs, 4);
        for (int i = 0; i < values.length; i++) {
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
        }
        return WeightRows.all(new Tensor("weights", TensorType.F32, new long[] {outputs, inputs}, data));
    }

    /** The product of rows, some at a time: {@code [rows][outputs]}. */
    static float[] multiplied(PrefillBackend.Matrix matrix, float[] x, int rows, int outputs, int chunk) {
        int inputs = x.length / rows;
        var together = new float[rows * outputs];
        for (int first = 0; first < rows; first += chunk) {
            int count = Math.min(chunk, rows - first);
            var y = new float[count * outputs];
            matrix.multiply(Arrays.copyOfRange(x, first * inputs, (first + count) * inputs), count, y);
            System.arraycopy(y, 0, together, first * outputs, y.length);
        }
        return together;
    }

    static float[] numbers(int count, long seed) {
        var random = new Random(seed);
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
