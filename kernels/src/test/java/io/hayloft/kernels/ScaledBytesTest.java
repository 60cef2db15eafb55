package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** 8-bit numbers and their sums against plain loops. */
@Tag("simd")
class ScaledBytesTest {
    private static final int AT = 3;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 15, 16, 17, 31, 64, 100, 333})
    void quantizesAsAPlainLoopDoes(int n) {
        var x = RandomTensors.activations(AT + n, n);
        float largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, Math.abs(x[AT + i]));
        }
        float scale = ScaledBytes.scale(x, AT, n);
        assertThat(scale).isEqualTo(largest / 127);
        var signed = Arena.ofAuto().allocate(n + 5);
        var unsigned = Arena.ofAuto().allocate(n + 5);
        int sum = ScaledBytes.quantize(x, AT, n, scale, 0, signed, 5);
        assertThat(ScaledBytes.quantize(x, AT, n, scale, ScaledBytes.UNSIGNED_ZERO, unsigned, 5))
                .isEqualTo(sum);
        int wantedSum = 0;
        boolean full = false;
        for (int i = 0; i < n; i++) {
            int wanted = (int) Math.rint(x[AT + i] * (1 / scale));
            assertThat(signed.get(ValueLayout.JAVA_BYTE, 5 + i)).as("%s", i).isEqualTo((byte) wanted);
            assertThat(unsigned.get(ValueLayout.JAVA_BYTE, 5 + i) & 0xFF).isEqualTo(wanted + 128);
            assertThat((double) wanted * scale).isBetween(x[AT + i] - 0.5001 * scale, x[AT + i] + 0.5001 * scale);
            full |= Math.abs(wanted) == 127;
            wantedSum += wanted;
        }
        assertThat(sum).isEqualTo(wantedSum);
        assertThat(full).as("the whole range is used").isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 15, 16, 17, 64, 77})
    void turnsSumsIntoFloatsAsAPlainLoopDoes(int n) {
        var random = new Random(n);
        var sums = Arena.ofAuto().allocate(4L * (n + 1), 4);
        var corrections = random.ints(n, -1_000_000, 1_000_000).toArray();
        for (int i = 0; i <= n; i++) {
            sums.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(-100_000_000, 100_000_000));
        }
        var scales = RandomTensors.activations(n, 5);
        var fresh = RandomTensors.activations(AT + n, 6);
        var added = fresh.clone();
        var before = fresh.clone();
        var nativeCorrections = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_INT, corrections);
        var nativeScales = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, scales);
        ScaledBytes.toFloats(sums, 4, nativeCorrections, nativeScales, 0.37f, fresh, AT, n);
        ScaledBytes.addFloats(sums, 4, nativeCorrections, nativeScales, 0.37f, added, AT, n);
        for (int i = 0; i < n; i++) {
            float value = (sums.getAtIndex(ValueLayout.JAVA_INT, i + 1) - corrections[i]) * scales[i];
            assertThat(fresh[AT + i]).isEqualTo(value * 0.37f);
            assertThat(added[AT + i]).isEqualTo(Math.fma(value, 0.37f, before[AT + i]));
        }
        assertThat(fresh[AT - 1]).isEqualTo(before[AT - 1]);
    }

    @Test
    void zerosStayZeros() {
        var bytes = Arena.ofAuto().allocate(40);
        bytes.fill((byte) 9);
        var x = new float[40];
        assertThat(ScaledBytes.scale(x, 0, 40)).isZero();
        assertThat(ScaledBytes.quantize(x, 0, 40, 0, 0, bytes, 0)).isZero();
        assertThat(bytes.mismatch(MemorySegment.ofArray(new byte[40]))).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void whatIsNotFiniteMakesResultsNotANumber(float strange) {
        for (int at : new int[] {0, 20, 38}) {
            var x = RandomTensors.activations(39, 1);
            x[at] = strange;
            float scale = ScaledBytes.scale(x, 0, 39);
            assertThat(Float.isFinite(scale)).isFalse();
            var bytes = Arena.ofAuto().allocate(39);
            assertThat(ScaledBytes.quantize(x, 0, 39, scale, 0, bytes, 0)).isZero();
            var y = new float[1];
            var sums = Arena.ofAuto().allocate(4, 4);
            var one = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 1);
            ScaledBytes.toFloats(sums, 0, sums, one, scale, y, 0, 1);
            assertThat(y[0]).isNaN();
        }
    }
}
