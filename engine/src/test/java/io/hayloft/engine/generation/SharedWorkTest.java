package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Who pays for what, by a clock that moves on only where something is computed. */
class SharedWorkTest {
    private long now;
    private int computations;
    private final SharedWork work = new SharedWork(() -> now);

    private float[][] takes(long nanos) {
        now += nanos;
        computations++;
        return new float[][] {{nanos}};
    }

    private float[][] accumulatedAttention(int layer) {
        return work.once(layer, "accumulated attention", () -> takes(10));
    }

    /** Looks at the sums before and after work of its own. */
    private float[][] scores(int layer) {
        return work.once(layer, "scores", () -> {
            takes(3);
            accumulatedAttention(layer);
            accumulatedAttention(layer);
            return takes(4);
        });
    }

    private long costOf(Runnable method) {
        work.startMethod();
        long start = now;
        method.run();
        return now - start + work.borrowedNanos();
    }

    @Test
    void whoeverComesLaterPaysAsMuchAsTheFirst() {
        for (int i = 0; i < 3; i++) {
            assertThat(costOf(() -> {
                        accumulatedAttention(0);
                        accumulatedAttention(0);
                        accumulatedAttention(1);
                    }))
                    .isEqualTo(20);
        }
        assertThat(computations).isEqualTo(2);
    }

    @Test
    void nobodyPaysForWhatHeDoesNotAskFor() {
        costOf(() -> scores(0));
        assertThat(costOf(() -> {})).isZero();
    }

    @Test
    void aResultMadeFromAnotherCostsBoth() {
        for (int i = 0; i < 3; i++) {
            assertThat(costOf(() -> scores(0))).isEqualTo(17);
        }
        assertThat(costOf(() -> accumulatedAttention(0))).isEqualTo(10);
    }

    /** As with H2O: the choice is made from accumulated attention, and the rule for decoding reads it again. */
    @Test
    void whatIsAskedForTwiceIsPaidOnce() {
        for (int i = 0; i < 3; i++) {
            assertThat(costOf(() -> {
                        scores(0);
                        accumulatedAttention(0);
                    }))
                    .isEqualTo(17);
            assertThat(costOf(() -> {
                        accumulatedAttention(0);
                        scores(0);
                    }))
                    .isEqualTo(17);
        }
    }

    /** The part was computed by another method, the whole by this one. */
    @Test
    void aBorrowedPartOfANewResultIsPaid() {
        costOf(() -> accumulatedAttention(0));
        assertThat(costOf(() -> scores(0))).isEqualTo(17);
        assertThat(costOf(() -> scores(0))).isEqualTo(17);
    }

    @Test
    void aFailedComputationLeavesNothingBehind() {
        assertThatThrownBy(() -> work.once(0, "broken", () -> {
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(costOf(() -> scores(0))).isEqualTo(17);
        assertThat(costOf(() -> scores(0))).isEqualTo(17);
    }
}
