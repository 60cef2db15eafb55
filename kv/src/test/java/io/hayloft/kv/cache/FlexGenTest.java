package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.testing.Shared;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of channels of one token: codes against those of the published code, and what becomes of them in a cache. */
class FlexGenTest {
    private static final int HEADS = 2;
    private static final int TOKENS = 45;
    private static final int DIM = 64;

    @ParameterizedTest
    @CsvSource({
        "2, 32, true", "4, 32, true", "8, 32, true", "2, 64, true", "4, 64, true", "8, 64, true",
        "2, 32, false", "4, 32, false", "8, 32, false", "2, 64, false", "4, 64, false", "8, 64, false"
    })
    void tokensArePackedAsPublished(int bits, int group, boolean keys) {
        try (var golden = golden(bits, group);
                var arena = Arena.ofConfined()) {
            var input = golden.readFloats("input");
            var format = new TokenGroups(keys, DIM, bits, group, true, true);
            var codes = new byte[input.length];
            var decoded = new float[input.length];
            var scales = new float[HEADS * TOKENS * DIM / group];
            var minima = new float[scales.length];
            for (int row = 0; row < HEADS * TOKENS; row++) {
                var block = arena.allocate(format.bytes(), 64);
                int token = row % 32;
                format.store(block, 0, token, input, row * DIM);
                format.load(block, 0, token, decoded, row * DIM);
                for (int c = 0; c < DIM; c++) {
                    codes[row * DIM + c] = (byte) format.code(block, 0, token, c);
                }
                for (int g = 0; g < DIM / group; g++) {
                    scales[row * DIM / group + g] = format.scale(block, 0, g, token);
                    minima[row * DIM / group + g] = format.min(block, 0, g, token);
                }
            }
            assertThat(codes).isEqualTo(golden.readBytes("codes"));
            assertThat(scales).isEqualTo(golden.readFloats("scale"));
            assertThat(minima).isEqualTo(golden.readFloats("min"));
            assertThat(decoded).isEqualTo(golden.readFloats("dequantized"));
        }
    }

    private static SafetensorsFile golden(int bits, int group) {
        return SafetensorsFile.open(
                Shared.path("goldens/quantization/flexgen/asym_" + bits + "bit_group" + group + "_f32.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kivi", "kivi(k=8,v=8)", "flexgen", "flexgen(bits=2,group=32)"})
    void equalNumbersStayAsTheyAre(String codec) {
        try (var cache = new SequenceCache(CacheShape.full(1, 1, 64), KvCodec.parse(codec), 0)) {
            var row = new float[64];
            Arrays.fill(row, 0.375f);
            for (int token = 0; token < 256; token++) {
                cache.layer(0).append(row, 0, row, 0, 1, 64, token);
            }
            cache.advance(256);
            assertThat(keys(cache)).containsOnly(0.375f);
            assertThat(values(cache)).containsOnly(0.375f);
        }
    }

    /** Channels that do not fill their group: the original fills it with zeros, which take part in the minimum. */
    @Test
    void zerosFillTheLastGroup() {
        try (var cache = new SequenceCache(CacheShape.full(1, 1, 80), KvCodec.parse("flexgen(scales=f32)"), 0)) {
            var row = new float[80];
            for (int c = 0; c < 80; c++) {
                row[c] = 30 + c % 16; // 30 to 45
            }
            cache.layer(0).append(row, 0, row, 0, 1, 80, 0);
            var decoded = keys(cache);
            assertThat(Arrays.copyOf(decoded, 64)).isEqualTo(Arrays.copyOf(row, 64)); // steps of 1 from 30 on
            for (int c = 64; c < 80; c++) {
                assertThat(decoded[c]).isEqualTo(3f * Math.round(row[c] / 3)); // steps of 3 from 0 on
            }
            assertThat(values(cache)).isEqualTo(decoded);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void evictionMovesTokensAsTheyAre(int seed) {
        var random = new Random(seed);
        int dim = seed % 2 == 0 ? 24 : 96;
        var codec = new KvCodec.FlexGen(seed < 3 ? 4 : 8, 64, false);
        try (var cache = new SequenceCache(CacheShape.full(1, 1, dim), codec, 0)) {
            var layer = cache.layer(0);
            for (int token = 0; token < 200; token++) {
                layer.append(random(random, dim), 0, random(random, dim), 0, 1, dim, token);
            }
            var keys = keys(cache);
            var values = values(cache);
            while (layer.length(0) > 50) {
                layer.evict(0, random.nextInt(layer.length(0)));
            }
            for (int slot = 0; slot < 50; slot++) {
                int from = layer.position(0, slot) * dim;
                assertThat(Arrays.copyOfRange(keys(cache), slot * dim, (slot + 1) * dim))
                        .isEqualTo(Arrays.copyOfRange(keys, from, from + dim));
                assertThat(Arrays.copyOfRange(values(cache), slot * dim, (slot + 1) * dim))
                        .isEqualTo(Arrays.copyOfRange(values, from, from + dim));
            }
        }
    }

    /** Attention over many rows decodes whole blocks: they hold what single tokens decode to. */
    @ParameterizedTest
    @CsvSource({"12, 4, 64", "24, 8, 32", "64, 4, 64", "64, 2, 32", "80, 4, 64", "96, 2, 32"})
    void wholeBlocksDecodeToTheSame(int dim, int bits, int group) {
        var random = new Random(dim);
        try (var cache = new SequenceCache(CacheShape.full(1, 1, dim), new KvCodec.FlexGen(bits, group, false), 0)) {
            for (int token = 0; token < 32; token++) {
                cache.layer(0).append(random(random, dim), 0, random(random, dim), 0, 1, dim, token);
            }
            int stride = HeadCache.paddedChannels(dim);
            var block = new float[32 * stride];
            cache.layer(0).head(0).expandValues(0, block, 0, stride);
            var values = values(cache);
            for (int i = 0; i < 32 * dim; i++) {
                assertThat(block[i / dim * stride + i % dim]).isEqualTo(values[i]);
            }
            var lanes = new float[dim * 32];
            cache.layer(0).head(0).expandKeys(0, lanes, 0, 32);
            var keys = keys(cache);
            for (int i = 0; i < 32 * dim; i++) {
                assertThat(lanes[i % dim * 32 + i / dim]).isEqualTo(keys[i]);
            }
        }
    }

    private static float[] random(Random random, int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static float[] keys(SequenceCache cache) {
        var layer = cache.layer(0);
        var keys = new float[layer.length(0) * layer.headDim()];
        layer.readKeys(0, 0, layer.length(0), keys, 0);
        return keys;
    }

    private static float[] values(SequenceCache cache) {
        var layer = cache.layer(0);
        var values = new float[layer.length(0) * layer.headDim()];
        layer.readValues(0, 0, layer.length(0), values, 0);
        return values;
    }
}
