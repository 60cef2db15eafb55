package io.hayloft.benchmarks;

import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Weights and activations without meaning. */
final class SampleWeights {
    private SampleWeights() {}

    /**
     * A matrix of any type. All bytes lie between 0x20 and 0x2F, so every scale and every plain number is a normal float
     * of moderate size.
     */
    static WeightRows matrix(TensorType type, int rows, int columns) {
        var data = Arena.ofAuto().allocate(type.bytes((long) rows * columns), Float.BYTES);
        var random = new SplittableRandom(1);
        for (long at = 0; at + Integer.BYTES <= data.byteSize(); at += Integer.BYTES) {
            data.set(ValueLayout.JAVA_INT, at, 0x20202020 | (random.nextInt() & 0x0F0F0F0F));
        }
        return WeightRows.all(new Tensor("sample", type, new long[] {rows, columns}, data));
    }

    static float[] activations(int count) {
        var random = new SplittableRandom(2);
        var x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (random.nextDouble() - 0.5);
        }
        return x;
    }
}
