package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache that is filled from another one holds what it would hold if its tokens had been appended one by one. */
@Tag("simd")
class FillTest {
    private static final int HEADS = 2;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f32",
                "f16",
                "q8",
                "flexgen",
                "kivi",
                "kivi(k=2,v=2,group=32,residual=32,scales=f16)",
                "kivi(k=8,v=2,group=32,residual=96,scales=f32)",
                "kivi(k=4,v=8,group=64,residual=64,scales=f32)"
            })
    void blocksComeAsTheirTokensWould(String codec) {
        for (int dim : new int[] {24, 64}) {
            for (int seed = 0; seed < 12; seed++) {
                check(KvCodec.parse(codec), dim, seed);
            }
        }
    }

    private static void check(KvCodec codec, int dim, int seed) {
        var random = new Random(seed);
        int tokens = 1 + random.nextInt(400);
        int width = HEADS * dim;
        var f16 = new KvCodec.F16();
        try (var source = new LayerCache(HEADS, dim, 0, f16, 0, false);
                var filled = new LayerCache(HEADS, dim, 0, codec, 0, false);
                var appended = new LayerCache(HEADS, dim, 0, codec, 0, false)) {
            var keys = numbers(random, tokens * width);
            var values = numbers(random, tokens * width);
            source.append(keys, 0, values, 0, tokens, width, 0);
            var slots = slots(random, tokens);
            filled.fill(source, new int[][] {slots, slots});
            for (int slot : slots) {
                appended.append(keys, slot * width, values, slot * width, 1, width, slot);
            }
            appended.flush();
            CacheOperations.assertSame(filled, appended);
            assertThat(filled.bytes()).isLessThanOrEqualTo(appended.bytes());
        }
    }

    /** All, the first and the last ones, or some with gaps between runs. */
    private static int[] slots(Random random, int tokens) {
        int gap = random.nextInt(tokens);
        int every = 33 + random.nextInt(100);
        return switch (random.nextInt(3)) {
            case 0 -> IntStream.range(0, tokens).toArray();
            case 1 ->
                IntStream.range(0, tokens)
                        .filter(slot -> slot < 4 || slot >= gap)
                        .toArray();
            default ->
                IntStream.range(0, tokens)
                        .filter(slot -> slot % every != every - 1)
                        .toArray();
        };
    }

    /** Numbers of both signs that 16-bit floats hold exactly. */
    private static float[] numbers(Random random, int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = Half.round((float) random.nextGaussian());
        }
        return numbers;
    }
}
