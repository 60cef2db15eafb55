package io.hayloft.methods.allocate;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.methods.Allocator;
import io.hayloft.methods.LayerScores;
import io.hayloft.methods.Protection;
import io.hayloft.testing.Shared;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllocatorsTest {
    private static final int TOKENS = 240;

    private static List<LayerScores> random(long seed, int layers, int heads, int tokens, Protection... protections) {
        var random = new Random(seed);
        var all = new ArrayList<LayerScores>();
        for (int layer = 0; layer < layers; layer++) {
            var scores = new float[heads][tokens];
            for (var head : scores) {
                float spread = random.nextFloat() * 8;
                for (int i = 0; i < tokens; i++) {
                    head[i] = (float) Math.exp(spread * random.nextGaussian());
                }
            }
            all.add(new LayerScores(scores, List.of(protections), LayerScores.ROUNDING));
        }
        return all;
    }

    private static long sum(int[][] tokens) {
        return Arrays.stream(tokens).flatMapToInt(Arrays::stream).asLongStream().sum();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void totalsAreExactAndNoHeadIsEmptyOrOverfull(long seed) {
        var random = new Random(seed);
        int heads = 1 + random.nextInt(8);
        int tokens = 2 + random.nextInt(300);
        var scores = random(seed, 3, heads, tokens, new Protection.Newest(random.nextInt(8)));
        long all = 3L * heads * tokens;
        for (Allocator allocator : new Allocator[] {new Uniform(), Ada.PAPER, new Ada(0), new Ada(1)}) {
            long total = 3L * heads + random.nextLong(all - 3L * heads + 1);
            var shares = allocator.tokens(scores, total);
            assertThat(sum(shares)).as("%s", allocator).isEqualTo(total);
            for (var layer : shares) {
                assertThat(layer).hasSize(heads);
                assertThat(Arrays.stream(layer).allMatch(own -> own >= 1 && own <= tokens))
                        .as("%s %s of %d", allocator, Arrays.toString(layer), tokens)
                        .isTrue();
            }
            assertThat(allocator.tokens(scores, all)).isEqualTo(new Uniform().tokens(scores, all));
        }
    }

    @Test
    void uniformSharesDifferByOneAtMost() {
        var shares = new Uniform().tokens(random(1, 2, 3, 50), 100);
        assertThat(shares).isDeepEqualTo(new int[][] {{17, 17, 17}, {17, 16, 16}});
    }

    /** Two heads that look at few tokens, and one at many: the last one gets what the others do not need. */
    @Test
    void headsThatLookAtManyTokensGetMore() {
        var scores = new float[3][100];
        for (int i = 0; i < 100; i++) {
            scores[0][i] = i == 3 ? 0.9f : 1e-4f * i;
            scores[1][i] = i == 70 ? 0.8f : 1e-5f * i;
            scores[2][i] = 0.02f + 1e-4f * i;
        }
        var layer = new LayerScores(scores, List.of(), LayerScores.ROUNDING);
        assertThat(Ada.PAPER.tokens(List.of(layer), 60)[0]).containsExactly(4, 4, 52);
        assertThat(new Ada(1).tokens(List.of(layer), 60)[0]).containsExactly(20, 20, 20);
        assertThat(new Ada(0).tokens(List.of(layer), 60)[0]).containsExactly(1, 1, 58);
    }

    /** Equal scores in all heads are shared out evenly, and whatever is left over goes to earlier heads. */
    @Test
    void equalHeadsGetEqualShares() {
        var head = new float[50];
        for (int i = 0; i < head.length; i++) {
            head[i] = (i * 37) % 50;
        }
        var layer = new LayerScores(new float[][] {head, head, head}, List.of(), LayerScores.ROUNDING);
        assertThat(Ada.PAPER.tokens(List.of(layer), 30)[0]).containsExactly(10, 10, 10);
        assertThat(Ada.PAPER.tokens(List.of(layer), 31)[0]).containsExactly(11, 10, 10);
        assertThat(Ada.PAPER.tokens(List.of(layer), 32)[0]).containsExactly(11, 11, 10);
    }

    @Test
    void remaindersGoToTheLargestAndThenToTheFirst() {
        assertThat(Shares.divide(10, new double[] {1, 1, 1})).containsExactly(4, 3, 3);
        assertThat(Shares.divide(10, new double[] {1, 2, 4})).containsExactly(1, 3, 6);
        assertThat(Shares.divide(7, new double[] {0.5, 0.25, 0.25})).containsExactly(3, 2, 2);
    }

    static Stream<Arguments> goldens() {
        return Stream.of("llama", "mistral")
                .flatMap(model -> Stream.of("adakv_snapkv", "adakv_expected_attention")
                        .flatMap(golden ->
                                Stream.of("r0.25", "r0.50", "r0.75").map(ratio -> Arguments.of(model, golden, ratio))));
    }

    /** The kept tokens of kvpress 0.5.4, from the scores that it recorded. */
    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("goldens")
    void adaKeepsTheTokensOfTheReference(String model, String golden, String ratio) {
        try (var file =
                SafetensorsFile.open(Shared.golden("compression/kvpress/" + model + "/" + golden + ".safetensors"))) {
            int budget = (int) Math.floor(TOKENS * (1 - Double.parseDouble(ratio.substring(1))));
            var layers = new ArrayList<LayerScores>();
            for (int layer = 0; file.names().contains(ratio + ".scores.layer" + layer); layer++) {
                layers.add(new LayerScores(
                        rows(file.readFloats(ratio + ".scores.layer" + layer)), List.of(), LayerScores.ROUNDING));
            }
            assertThat(layers).isNotEmpty();
            int heads = layers.getFirst().heads();
            var shares = Ada.PAPER.tokens(layers, (long) layers.size() * heads * budget);
            assertThat(Arrays.stream(shares)
                            .anyMatch(own -> Arrays.stream(own).distinct().count() > 1))
                    .isEqualTo(heads > 1);
            for (int layer = 0; layer < shares.length; layer++) {
                var mask = file.readBytes(ratio + ".keep_mask.layer" + layer);
                for (int head = 0; head < heads; head++) {
                    int from = head * TOKENS;
                    var expected = IntStream.range(0, TOKENS)
                            .filter(i -> mask[from + i] != 0)
                            .toArray();
                    assertThat(layers.get(layer).top(head, shares[layer][head]))
                            .as("layer %d, head %d", layer, head)
                            .isEqualTo(expected);
                }
            }
        }
    }

    private static float[][] rows(float[] numbers) {
        var rows = new float[numbers.length / TOKENS][];
        for (int head = 0; head < rows.length; head++) {
            rows[head] = Arrays.copyOfRange(numbers, head * TOKENS, (head + 1) * TOKENS);
        }
        return rows;
    }
}
