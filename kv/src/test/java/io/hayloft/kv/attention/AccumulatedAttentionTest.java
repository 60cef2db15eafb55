package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kv.cache.KvCodec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("simd")
class AccumulatedAttentionTest {
    private static final KvCodec F32 = new KvCodec.F32();

    @Test
    void blocksAreAsWideAsTheirRowsSee() {
        var accumulated = new AccumulatedAttention(2, 300);

        assertThat(accumulated.begin(0, 3))
                .extracting(AccumulatedAttention.Block::width)
                .containsExactly(128, 256, 300);
        assertThat(accumulated.begin(260, 1)[0].sums()).hasSize(2 * 300);
    }

    @Test
    void aBlockGoesOnUntilItsLastRow() {
        var accumulated = new AccumulatedAttention(2, 300);

        add(accumulated, 0, 100, 1);
        assertThat(accumulated.begin(100, 1)[0].sums()).containsOnly(1);
        add(accumulated, 100, 120, 1);
        assertThat(accumulated.sums()).startsWith(2, 2).doesNotContain(1);
        assertThat(accumulated.begin(100, 1)[0].sums())
                .as("rows that do not follow")
                .containsOnly(0);
        add(accumulated, 120, 128, 1);
        assertThat(accumulated.begin(120, 1)[0].sums()).as("a closed block").containsOnly(0);
        assertThat(accumulated.begin(128, 1)[0].sums()).containsOnly(0);
        assertThat(accumulated.sums()).startsWith(3, 3);
        add(accumulated, 128, 300, 1);
        assertThat(accumulated.begin(300, 1)[0].sums())
                .as("behind the last token")
                .containsOnly(0);
        assertThat(accumulated.sums()).startsWith(5, 5).endsWith(1, 1);
    }

    /** Adds a number to all that the blocks of rows hold. */
    private static void add(AccumulatedAttention accumulated, int position, int end, float number) {
        var blocks = accumulated.begin(position, (end + 127) / 128 - position / 128);
        for (var block : blocks) {
            for (int i = 0; i < block.sums().length; i++) {
                block.sums()[i] += number;
            }
        }
        accumulated.add(blocks, position, end);
    }

    /** More blocks than are summed up at once. */
    @Test
    void aLongChunkDoesNotChangeABit() {
        var problem = Case.of(new AttentionShape(2, 1, 16, 0.25f, 0, 0), 2300, 1);
        var accumulated = accumulated(problem);
        var out = PrefillAttentionTest.inChunks(problem, F32, 2300, 2, accumulated);
        for (int chunk : new int[] {512, 1100}) {
            var chunked = accumulated(problem);
            assertThat(PrefillAttentionTest.inChunks(problem, F32, chunk, 3, chunked))
                    .isEqualTo(out);
            assertThat(chunked.sums()).isEqualTo(accumulated.sums());
        }
        double sum = 0;
        for (float received : accumulated.sums()) {
            sum += received;
        }
        assertThat(sum).isBetween(2 * 2300 - 0.5, 2 * 2300 + 0.5);
    }

    /** Rows whose exponentials do not all find room are taken in parts. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void littleRoomDoesNotChangeABit(int seed) {
        var problem = Case.of(Case.random(seed, 500).shape(), 500, seed);
        int group = problem.shape().group();
        var accumulated = accumulated(problem);
        var out = PrefillAttentionTest.inChunks(problem, F32, 200, 2, accumulated);
        for (int maxKept : new int[] {1, 20_000, 60_000}) {
            assertThat(ColumnSums.rowsAtOnce(maxKept, group, 500)).isLessThan(100);
            var parts =
                    new AccumulatedAttention(accumulated.queryHeads(), new float[accumulated.sums().length], maxKept);
            assertThat(PrefillAttentionTest.inChunks(problem, F32, 200, 2, parts))
                    .isEqualTo(out);
            assertThat(parts.sums()).isEqualTo(accumulated.sums());
        }
        assertThat(ColumnSums.rowsAtOnce(1, group, 500)).isOne();
    }

    private static AccumulatedAttention accumulated(Case problem) {
        return new AccumulatedAttention(problem.shape().queryHeads(), problem.tokens());
    }
}
