package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kernels.VectorWidth;
import java.util.Arrays;
import java.util.Random;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("simd")
class GroupQuantizerTest {
    @ParameterizedTest
    @CsvSource({"2, false", "4, false", "8, false", "2, true", "4, true", "8, true"})
    void vectorsDoWhatTheDefinitionSays(int bits, boolean wide) {
        var random = new Random(bits);
        for (int round = 0; round < 500; round++) {
            boolean withZero = round % 3 == 0;
            var quantizer = new GroupQuantizer(bits, wide);
            var x = new float[40];
            float size = (float) Math.pow(10, random.nextInt(10) - 6);
            for (int i = 0; i < x.length; i++) {
                x[i] = Half.round((float) random.nextGaussian() * size);
            }
            if (round % 10 == 0) {
                Arrays.fill(x, x[0]);
            }
            var expected = new int[32];
            var actual = new int[32];
            var expectedScale = new float[2];
            var actualScale = new float[2];
            quantizer.quantizeScalar(x, 3, 32, withZero, expected, expectedScale);
            quantizer.quantize(x, 3, 32, withZero, actual, actualScale);
            assertThat(actual).isEqualTo(expected);
            assertThat(actualScale).isEqualTo(expectedScale);
        }
    }

    @Test
    void equalNumbersHaveScaleAndCodesZero() {
        var codes = new int[32];
        var result = new float[2];
        var x = new float[32];
        Arrays.fill(x, -1.5f);
        new GroupQuantizer(2, false).quantize(x, 0, 32, false, codes, result);
        assertThat(codes).containsOnly(0);
        assertThat(result).containsExactly(0, -1.5f);
    }

    @Test
    void vectorsRoundToHalvesLikeTheProcessor() {
        var random = new Random(1);
        var x = new float[VectorWidth.LANES];
        for (int round = 0; round < 20_000; round++) {
            for (int i = 0; i < x.length; i++) {
                x[i] = Float.intBitsToFloat(random.nextInt(0x7f800000));
                if (i % 2 == 0) {
                    x[i] = Half.round(x[i]) * (1 + random.nextInt(3) * 0x1p-11f); // ties
                }
            }
            var rounded =
                    Half.round(FloatVector.fromArray(VectorWidth.FLOATS, x, 0)).toArray();
            for (int i = 0; i < x.length; i++) {
                assertThat(rounded[i]).isEqualTo(Half.round(x[i]));
            }
        }
    }
}
