package io.hayloft.kv.attention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.kv.cache.KvCodec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("simd")
class AttentionMassTest {
    private static final KvCodec F32 = new KvCodec.F32();

    @Test
    void blocksAreAsWideAsTheirRowsSee() {
        var mass = new AttentionMass(2, 300);

        assertThat(mass.begin(0, 3)).extracting(AttentionMass.Block::width).containsExactly(128, 256, 300);
        assertThat(mass.begin(260, 1)[0].sums()).hasSize(2 * 300);
    }

    @Test
    void aBlockGoesOnUntilItsLastRow() {
        var mass = new AttentionMass(2, 300);

        add(mass, 0, 100, 1);
        assertThat(mass.begin(100, 1)[0].sums()).containsOnly(1);
        add(mass, 100, 120, 1);
        assertThat(mass.sums()).startsWith(2, 2).doesNotContain(1);
        assertThat(mass.begin(100, 1)[0].sums()).as("rows that do not follow").containsOnly(0);
        add(mass, 120, 128, 1);
        assertThat(mass.begin(120, 1)[0].sums()).as("a closed block").containsOnly(0);
        assertThat(mass.begin(128, 1)[0].sums()).containsOnly(0);
        assertThat(mass.sums()).startsWith(3, 3);
        add(mass, 128, 300, 1);
        assertThat(mass.begin(300, 1)[0].sums()).as("behind the last token").containsOnly(0);
        assertThat(mass.sums()).startsWith(5, 5).endsWith(1, 1);
    }

    /** Adds a number to all that the blocks of rows hold. */
    private static void add(AttentionMass mass, int position, int end, float number) {
        var blocks = mass.begin(position, (end + 127) / 128 - position / 128);
        for (var block : blocks) {
            for (int i = 0; i < block.sums().length; i++) {
                block.sums()[i] += number;
            }
        }
        mass.add(blocks, position, end);
    }

    /** More blocks than are summed up at once. */
    @Test
    void aLongChunkDoesNotChangeABit() {
        var problem = Case.of(new AttentionShape(2, 1, 16, 0.25f, 0, 0), 2300, 1);
        var mass = mass(problem);
        var out = PrefillAttentionTest.inChunks(problem, F32, 2300, 2, mass);
        for (int chunk : new int[] {512, 1100}) {
            var chunked = mass(problem);
            assertThat(PrefillAttentionTest.inChunks(problem, F32, chunk, 3, chunked))
                    .isEqualTo(out);
            assertThat(chunked.sums()).isEqualTo(mass.sums());
        }
        double sum = 0;
        for (float received : mass.sums()) {
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
        var mass = mass(problem);
        var out = PrefillAttentionTest.inChunks(problem, F32, 200, 2, mass);
        for (int maxKept : new int[] {1, 20_000, 60_000}) {
            assertThat(MassColumns.rowsAtOnce(maxKept, group, 500)).isLessThan(100);
            var parts = new AttentionMass(mass.queryHeads(), new float[mass.sums().length], maxKept);
            assertThat(PrefillAttentionTest.inChunks(problem, F32, 200, 2, parts))
                    .isEqualTo(out);
            assertThat(parts.sums()).isEqualTo(mass.sums());
        }
        assertThat(MassColumns.rowsAtOnce(1, group, 500)).isOne();
    }

    private static AttentionMass mass(Case problem) {
        return new AttentionMass(problem.shape().queryHeads(), problem.tokens());
    }
}
