package io.hayloft.kernels;

import io.hayloft.formats.tensor.WeightRows;
import java.lang.foreign.ValueLayout;

/** The definition of a linear layer's arithmetic, one element at a time. */
final class ReferenceLinear {
    private ReferenceLinear() {}

    /** One chain of fused multiply-adds with dequantised weights. */
    static float[] prefill(WeightRows weights, float[] x, int rows) {
        int columns = weights.columns();
        int outputs = weights.rows();
        var y = new float[rows * outputs];
        var w = new float[columns];
        for (int n = 0; n < outputs; n++) {
            weights.readRow(n, w, 0);
            for (int r = 0; r < rows; r++) {
                float sum = 0;
                for (int k = 0; k < columns; k++) {
                    sum = Math.fma(x[r * columns + k], w[k], sum);
                }
                y[r * outputs + n] = sum;
            }
        }
        return y;
    }

    /** One chain of whole codes for each block, then its scale and minimum; plain types as in prefill. */
    static float[] decode(WeightRows weights, float[] x, int rows) {
        var type = weights.tensor().type();
        var format = CodeFormat.of(type);
        if (format == null) {
            return prefill(weights, x, rows);
        }
        int columns = weights.columns();
        int outputs = weights.rows();
        var y = new float[rows * outputs];
        var codes = new byte[type.blockElements()];
        var scales = new float[type.blockElements() / format.block()];
        var minima = new float[scales.length];
        for (int n = 0; n < outputs; n++) {
            for (int k = 0; k < columns; k += type.blockElements()) {
                long at = weights.sourceRow(n) * weights.tensor().rowBytes()
                        + (long) k / type.blockElements() * type.blockBytes();
                var block =
                        weights.tensor().data().asSlice(at, type.blockBytes()).toArray(ValueLayout.JAVA_BYTE);
                format.reader().read(block, 0, codes, scales, minima);
                for (int part = 0; part < scales.length; part++) {
                    for (int r = 0; r < rows; r++) {
                        int from = r * columns + k + part * format.block();
                        float sum = y[r * outputs + n];
                        y[r * outputs + n] = addBlock(sum, format, codes, part, scales[part], minima[part], x, from);
                    }
                }
            }
        }
        return y;
    }

    private static float addBlock(
            float sum, CodeFormat format, byte[] codes, int part, float scale, float minimum, float[] x, int at) {
        float blockSum = BlockSums.sum(x, at, format.block());
        float chain = -format.offset() * blockSum;
        for (int j = 0; j < format.block(); j++) {
            chain = Math.fma(x[at + j], (float) (codes[part * format.block() + j] & 0xFF), chain);
        }
        float scaled = Math.fma(chain, scale, sum);
        return format.minimum() ? Math.fma(blockSum, minimum, scaled) : scaled;
    }
}
