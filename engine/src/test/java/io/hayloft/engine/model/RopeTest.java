package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.formats.checkpoint.HuggingFaceConfig;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RopeTest {
    @ParameterizedTest
    @ValueSource(ints = {2, 8, 12, 16, 40, 64, 128, 256})
    void rotatesEachPairByItsAngle(int dims) {
        var rope = new Rope(RopeConfig.plain(10_000, dims));
        int headDim = dims + 6; // the rest is not rotated
        var x = random(3 * headDim + 5, dims);
        var turned = x.clone();
        rope.table(78, 100).rotate(turned, 5, 3, headDim, 77);
        for (int i = 0; i < 5; i++) {
            assertThat(turned[i]).isEqualTo(x[i]);
        }
        for (int head = 0; head < 3; head++) {
            int at = 5 + head * headDim;
            for (int i = 0; i < dims / 2; i++) {
                double angle = 77 * Math.pow(10_000, -2.0 * i / dims);
                double a = x[at + i];
                double b = x[at + dims / 2 + i];
                assertThat((double) turned[at + i]).isCloseTo(a * Math.cos(angle) - b * Math.sin(angle), within(1e-5));
                assertThat((double) turned[at + dims / 2 + i])
                        .isCloseTo(b * Math.cos(angle) + a * Math.sin(angle), within(1e-5));
            }
            for (int i = dims; i < headDim; i++) {
                assertThat(turned[at + i]).isEqualTo(x[at + i]);
            }
        }
    }

    @Test
    void growingDoesNotChangeEarlierPositions() {
        var grown = new Rope(RopeConfig.plain(10_000, 64));
        var small = grown.table(10, 10);
        var large = grown.table(5_000, 10);
        assertThat(large.positions()).isGreaterThanOrEqualTo(5_000);
        assertThat(Arrays.copyOf(large.cos(), small.cos().length)).isEqualTo(small.cos());
        assertThat(grown.table(100, 10)).isSameAs(large);
    }

    @Test
    void promptLengthChoosesTheFrequenciesOfLongRope() {
        var scaling = new RopeConfig.LongRope(List.of(1.0, 1.0), List.of(4.0, 8.0), 100, 1.5);
        var rope = new Rope(new RopeConfig(10_000, 4, scaling));
        int second = 2; // row of position 1
        assertThat(rope.table(2, 100).cos()[second]).isEqualTo((float) Math.cos(1f) * 1.5f);
        assertThat(rope.table(2, 101).cos()[second]).isEqualTo((float) Math.cos(0.25f) * 1.5f);
        assertThat(rope.table(2, 100).cos()[second]).isEqualTo((float) Math.cos(1f) * 1.5f);
    }

    /** Sequences of several lengths alternate without building tables anew, and a small number is kept. */
    @Test
    void tablesOfSeveralPromptLengthsAreKept() {
        var rope = new Rope(new RopeConfig(10_000, 8, new RopeConfig.Dynamic(4, 100)));
        var first = rope.table(50, 200);
        for (int length = 201; length < 208; length++) {
            assertThat(rope.table(50, length).cos()).isNotEqualTo(first.cos());
            assertThat(rope.table(60, 200)).isSameAs(first);
        }
        for (int length = 300; length < 308; length++) {
            rope.table(50, length);
        }
        var again = rope.table(50, 200);
        assertThat(again).isNotSameAs(first);
        assertThat(again.cos()).isEqualTo(first.cos());
    }

    /** A token that is decoded beyond the original length rotates by its own length; earlier ones by the prompt's. */
    @Test
    void dynamicScalingFollowsTheLengthSoFar() {
        var scaling = new RopeConfig.Dynamic(4, 100);
        var rope = new Rope(new RopeConfig(10_000, 8, scaling));
        var json = """
            {"model_type": "llama", "hidden_size": 8, "num_attention_heads": 1, "num_hidden_layers": 1,
             "intermediate_size": 8, "vocab_size": 8, "max_position_embeddings": 100}
            """;
        var config = HuggingFaceConfig.parse("config", json.getBytes(StandardCharsets.UTF_8));
        try (var cache = new SequenceCache(Shapes.cache(config), new KvCodec.F16(), 200)) {
            assertRotation(rope, cache, 90, 95, 90); // within the original length
            assertRotation(rope, cache, 90, 100, 101); // the first token beyond it
            assertRotation(rope, cache, 90, 150, 151);
            assertRotation(rope, cache, 120, 110, 120); // part of the prompt
            assertRotation(rope, cache, 120, 120, 121);
        }
    }

    /** The layers of a step share the table of a decoded token; those of few positions are kept. */
    @Test
    void tablesOfDecodedTokensAreShared() {
        var rope = new Rope(new RopeConfig(10_000, 8, new RopeConfig.Dynamic(4, 100)));
        var first = rope.decoded(150);
        assertThat(first.cos()).isEqualTo(rope.single(150, 151).cos());
        assertThat(rope.decoded(151).cos()).isNotEqualTo(first.cos());
        assertThat(rope.decoded(150)).isSameAs(first);
        for (int position = 200; position < 300; position++) {
            rope.decoded(position);
        }
        assertThat(rope.decoded(150)).isNotSameAs(first);
    }

    private static void assertRotation(Rope rope, SequenceCache cache, int prompt, int position, int length) {
        var rotations = Rotations.of(rope, new Batch.Chunk(cache, position, 1, prompt, null));
        var x = random(8, position);
        var rotated = x.clone();
        rotations.rotate(rotated, 1, 8, 0, 1);
        var expected = x.clone();
        rope.table(position + 1, length).rotate(expected, 0, 1, 8, position);
        assertThat(rotated)
                .as("position %d after a prompt of %d", position, prompt)
                .isEqualTo(expected);
        rotations.inverse(0).undo(rotated, 0, position);
        assertThat(rotated).containsExactly(x, within(1e-5f));
    }

    private static float[] random(int n, long seed) {
        var random = new Random(seed);
        var x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
