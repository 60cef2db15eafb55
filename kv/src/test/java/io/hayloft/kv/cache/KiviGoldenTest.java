package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.testing.Shared;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes, scales and minima against those of the method's published code, in both arithmetics. */
class KiviGoldenTest {
    private static final int HEADS = 2;
    private static final int TOKENS = 128;
    private static final int DIM = 64;
    private static final int GROUP = 32;

    @ParameterizedTest
    @CsvSource({"2, f32", "2, f16", "4, f32", "4, f16"})
    void keysArePackedPerChannel(int bits, String arithmetic) {
        try (var golden = golden(bits, arithmetic);
                var arena = Arena.ofConfined()) {
            boolean wide = arithmetic.equals("f32");
            var input = golden.readFloats("k.input");
            var format = new KeyGroups(DIM, bits, GROUP, wide);
            var codes = new byte[HEADS * TOKENS * DIM];
            var decoded = new float[codes.length];
            var scales = new float[HEADS * TOKENS / GROUP * DIM];
            var minima = new float[scales.length];
            for (int group = 0; group < HEADS * TOKENS / GROUP; group++) {
                var block = arena.allocate(format.bytes(), 64);
                int first = group * GROUP * DIM;
                format.store(block, 0, transposed(Arrays.copyOfRange(input, first, first + GROUP * DIM)));
                for (int token = 0; token < GROUP; token++) {
                    format.load(block, 0, token, decoded, first + token * DIM);
                    for (int c = 0; c < DIM; c++) {
                        codes[first + token * DIM + c] = (byte) format.code(block, 0, token, c);
                    }
                }
                for (int c = 0; c < DIM; c++) {
                    scales[group * DIM + c] = new Scales(wide).get(block, 0, c);
                    minima[group * DIM + c] = new Scales(wide).get(block, 0, DIM + c);
                }
            }
            check(golden, "k", codes, scales, minima, decoded, wide);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, f32", "2, f16", "4, f32", "4, f16"})
    void valuesArePackedPerToken(int bits, String arithmetic) {
        try (var golden = golden(bits, arithmetic);
                var arena = Arena.ofConfined()) {
            boolean wide = arithmetic.equals("f32");
            var input = golden.readFloats("v.input");
            var format = new TokenGroups(false, DIM, bits, GROUP, wide, false);
            int groups = DIM / GROUP;
            var codes = new byte[HEADS * TOKENS * DIM];
            var decoded = new float[codes.length];
            var scales = new float[HEADS * TOKENS * groups];
            var minima = new float[scales.length];
            var block = MemorySegment.NULL;
            for (int token = 0; token < HEADS * TOKENS; token++) {
                int lane = token % GROUP;
                block = lane == 0 ? arena.allocate(format.bytes(), 64) : block;
                format.store(block, 0, lane, input, token * DIM);
                format.load(block, 0, lane, decoded, token * DIM);
                for (int c = 0; c < DIM; c++) {
                    codes[token * DIM + c] = (byte) format.code(block, 0, lane, c);
                }
                for (int g = 0; g < groups; g++) {
                    scales[token * groups + g] = format.scale(block, 0, g, lane);
                    minima[token * groups + g] = format.min(block, 0, g, lane);
                }
            }
            check(golden, "v", codes, scales, minima, decoded, wide);
        }
    }

    private static float[] transposed(float[] tokens) {
        var channels = new float[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            channels[i % DIM * GROUP + i / DIM] = tokens[i];
        }
        return channels;
    }

    private static SafetensorsFile golden(int bits, String arithmetic) {
        return SafetensorsFile.open(
                Shared.path("goldens/quantization/kivi/kivi_" + bits + "bit_" + arithmetic + ".safetensors"));
    }

    private static void check(
            SafetensorsFile golden,
            String name,
            byte[] codes,
            float[] scales,
            float[] minima,
            float[] decoded,
            boolean wide) {
        assertThat(codes).isEqualTo(golden.readBytes(name + ".codes"));
        assertThat(scales).isEqualTo(golden.readFloats(name + ".scale"));
        assertThat(minima).isEqualTo(golden.readFloats(name + ".min"));
        // The published 16-bit form rounds twice more when it decodes; here products and sums are 32-bit floats.
        var expected = golden.readFloats(name + ".dequantized");
        for (int i = 0; i < expected.length; i++) {
            float tolerance = wide ? 0 : 0x1p-5f; // products of up to 32 have steps of 2^-6
            assertThat(Math.abs(decoded[i] - expected[i])).isLessThanOrEqualTo(tolerance);
        }
    }
}
