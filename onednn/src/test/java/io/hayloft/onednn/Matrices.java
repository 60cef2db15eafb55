package io.hayloft.onednn;

import io.hayloft.engine.tensor.Tensor;
import io.hayloft.engine.tensor.TensorType;
import io.hayloft.engine.tensor.WeightRows;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
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

    static float[] numbers(int count, long seed) {
        var random = new Random(seed);
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
