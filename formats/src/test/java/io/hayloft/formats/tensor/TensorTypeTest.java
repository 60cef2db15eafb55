package io.hayloft.formats.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TensorTypeTest {
    /** The reference values, to the bit; so are those of blocks that were quantised, and of exact rounding ties. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"F32", "INT4", "INT8"})
    void dequantisesAsTheReference(TensorType type) {
        var path = Shared.golden("quantization/gguf/" + type.name().toLowerCase(Locale.ROOT) + ".safetensors");
        try (var file = SafetensorsFile.open(path)) {
            int compared = 0;
            for (var blocks : file.names()) {
                if (!blocks.endsWith(".blocks")) {
                    continue;
                }
                var expected = file.readFloats(blocks.replace(".blocks", ".dequantized"));
                assertThat(dequantize(type, file.raw(blocks), expected.length))
                        .as(blocks)
                        .containsExactly(expected);
                compared++;
            }
            assertThat(compared).isPositive();
        }
    }

    private static float[] dequantize(TensorType type, MemorySegment blocks, int count) {
        assertThat(type.bytes(count)).isEqualTo(blocks.byteSize());
        var values = new float[count + 7];
        type.dequantize(blocks, 0, count, values, 7);
        return Arrays.copyOfRange(values, 7, values.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"f16", "bf16"})
    void readsHalves(String type) {
        var path = Goldens.path("quantization/gguf/f32_to_half.safetensors");
        try (var file = SafetensorsFile.open(path)) {
            var bits = file.readInts(type.equals("f16") ? "f16_bits" : "bf16_bits_torch");
            var data = new byte[bits.length * 2];
            for (int i = 0; i < bits.length; i++) {
                data[2 * i] = (byte) bits[i];
                data[2 * i + 1] = (byte) (bits[i] >> 8);
            }
            var values = new float[bits.length];
            TensorType.valueOf(type.toUpperCase(Locale.ROOT))
                    .dequantize(MemorySegment.ofArray(data), 0, bits.length, values, 0);
            var original = file.readFloats("f32");
            for (int i = 0; i < bits.length; i++) {
                assertThat(values[i]).as("value %d", i).isEqualTo(nearest(type, original[i]));
            }
        }
    }

    /** The f16 or bf16 number nearest to a float. */
    private static float nearest(String type, float value) {
        if (type.equals("f16")) {
            return Float.float16ToFloat(Float.floatToFloat16(value));
        }
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7FFF + (bits >>> 16 & 1)) & 0xFFFF0000);
    }

    @Test
    void countsWholeBlocksOnly() {
        assertThat(TensorType.Q4_K.bytes(512)).isEqualTo(288);
        assertThatThrownBy(() -> TensorType.Q4_K.bytes(300)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TensorType.F32.bytes(Long.MAX_VALUE)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void readsRowsOfAPartInItsOrder() {
        var data = new float[12];
        for (int i = 0; i < data.length; i++) {
            data[i] = i;
        }
        var tensor = new Tensor("t", TensorType.F32, new long[] {4, 3}, MemorySegment.ofArray(data));
        var part = new WeightRows(tensor, 1, 3, new int[] {2, 0, 1});
        assertThat(part.toFloats()).containsExactly(9, 10, 11, 3, 4, 5, 6, 7, 8);
        assertThat(part.sourceRow(0)).isEqualTo(3);
        assertThatThrownBy(() -> new WeightRows(tensor, 2, 3, new int[] {0, 1, 2}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
