package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.report.stats.NonInferiority.Tested;
import io.hayloft.report.stats.NonInferiority.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the claim that a setting keeps the full cache's score is as rarely wrong as it says, and is made when true. */
class NonInferiorityTest {
    private static final int CATEGORIES = 7;

    /** How scores of a method relate to the full cache's. */
    private enum Kind {
        /** Right and wrong, each method for itself: 9 of 10 right with the full cache. */
        INDEPENDENT,
        /** Right and wrong, the same but where the method fails. */
        ONLY_LOSSES,
        /** Right and wrong, with 6 % of results turned to the better, too. */
        FLIPS,
        /** Graded: small changes both ways, and answers that are lost. */
        GRADED,
        /** Graded: every loss is a part of the score. */
        PARTIAL;

        /** Difference of one sample of a method that loses {@code loss} on average. */
        double draw(SplittableRandom random, double loss) {
            double chance = random.nextDouble();
            return switch (this) {
                case INDEPENDENT -> (random.nextDouble() < 0.9 - loss ? 1 : 0) - (chance < 0.9 ? 1 : 0);
                case ONLY_LOSSES -> chance < loss ? -1 : 0;
                case FLIPS -> chance < 0.06 + loss ? -1 : chance < 0.12 + loss ? 1 : 0;
                case GRADED -> chance < loss / 0.5 ? -0.5 : chance < 0.5 ? (random.nextDouble() - 0.5) * 0.4 : 0;
                case PARTIAL -> chance < 2 * loss ? -0.5 : 0;
            };
        }

        Strata sample(SplittableRandom random, int samples, double loss) {
            var categories = new ArrayList<double[]>();
            for (int c = 0; c < CATEGORIES; c++) {
                var values = new double[samples];
                Arrays.setAll(values, i -> draw(random, loss));
                categories.add(values);
            }
            return Strata.of(categories);
        }
    }

    /** Share of runs in which some one of {@code methods} methods is said to keep the score. */
    private static double certified(Kind kind, int samples, double loss, int methods, int runs) {
        var random = new SplittableRandom(31L * samples + methods);
        int certified = 0;
        for (int run = 0; run < runs; run++) {
            var settings = new ArrayList<Strata>();
            for (int m = 0; m < methods; m++) {
                settings.add(kind.sample(random, samples, loss));
            }
            if (NonInferiority.keeps(settings).stream().anyMatch(Tested::rejected)) {
                certified++;
            }
        }
        return (double) certified / runs;
    }

    /** The best of up to 60 methods that each lose 4 points is certified in fewer than 5 % of runs. */
    @ParameterizedTest
    @ValueSource(ints = {3, 5, 10, 20})
    void aLossOfFourPointsIsNotCertified(int samples) {
        for (var kind : Kind.values()) {
            for (int methods : new int[] {1, 8, 14, 60}) {
                int runs = methods == 60 ? 60 : 200;
                assertThat(certified(kind, samples, 0.04, methods, runs))
                        .as(kind + ", " + methods + " methods")
                        .isLessThan(0.05);
            }
        }
    }

    /** At the margin itself the claim is wrong in 5 % of runs at most; 7 % leave room for the chance of 500 runs. */
    @ParameterizedTest
    @CsvSource({"20, 1", "50, 1", "50, 8", "100, 1", "500, 1"})
    void aLossOfTheMarginIsCertifiedAtTheLevel(int samples, int methods) {
        for (var kind : Kind.values()) {
            assertThat(certified(kind, samples, NonInferiority.MARGIN, methods, 500))
                    .as(kind.toString())
                    .isLessThan(0.07);
        }
    }

    /** 12 % of results turned need 6.2 x 0.12 / 0.01^2 = 7,440 samples for 80 %; no turned one needs few. */
    @Test
    void aMethodThatLosesNothingIsCertifiedWithTheSamplesThatItNeeds() {
        assertThat(certified(Kind.FLIPS, 7440 / CATEGORIES, 0, 1, 200)).isBetween(0.72, 0.88);
        assertThat(certified(Kind.ONLY_LOSSES, 60, 0, 1, 1)).isEqualTo(1);
        assertThat(certified(Kind.ONLY_LOSSES, 150, 0, 14, 1)).isEqualTo(1);
    }

    /** Three equal pairs, or 140 of them, are no evidence against a loss of one point. */
    @ParameterizedTest
    @ValueSource(ints = {3, 20})
    void equalPairsAreNoProof(int samples) {
        var result = NonInferiority.of(List.of(Kind.ONLY_LOSSES.sample(new SplittableRandom(1), samples, 0)))
                .getFirst();
        assertThat(result.verdict()).isEqualTo(Verdict.OPEN);
        // the exact bound of a loss that n samples do not show is 1 - 0.05^(1/n)
        double exact = 1 - Math.pow(0.05, 1.0 / (samples * CATEGORIES));
        assertThat(-result.lower()).isBetween(exact, 2 * exact);
        assertThat(result.needed()).isBetween(299L, 450L);
    }

    @Test
    void aCategoryOfOneSampleAllowsNoClaim() {
        var values = Strata.of(List.of(new double[5000], new double[1]));
        var result = NonInferiority.of(List.of(values)).getFirst();
        assertThat(result.verdict()).isEqualTo(Verdict.OPEN);
        assertThat(result.lower()).isNaN();
        assertThat(result.needed()).isZero();
    }

    @Test
    void aLargeLossIsCertain() {
        var result = NonInferiority.of(List.of(Kind.ONLY_LOSSES.sample(new SplittableRandom(1), 20, 0.3)))
                .getFirst();
        assertThat(result.verdict()).isEqualTo(Verdict.LOSES);
        assertThat(result.upper()).isLessThan(-0.2);
    }

    /** A precisely measured loss of 0.5 points is below the margin, though it differs from zero. */
    @Test
    void aSmallLossThatIsCertainlySmallKeepsTheScore() {
        var values = new double[20_000];
        Arrays.fill(values, 0, 100, -1);
        var result = NonInferiority.of(List.of(Strata.of(List.of(values)))).getFirst();
        assertThat(result.verdict()).isEqualTo(Verdict.KEEPS);
        assertThat(result.upper()).isNegative();
    }

    /** 4 % of results differ, margin 1 point: 6.2 x 0.04 / 0.0001. */
    @Test
    void neededSamplesAreThoseOfTheFormula() {
        assertThat(NonInferiority.detectable(0.04, 400)).isEqualTo(2.8 * Math.sqrt(0.04 / 400), within(2e-4));
        assertThat(NonInferiority.detectable(0.5, 2)).isInfinite();
        assertThat((double) NonInferiority.needed(0.04, Normal.quantile(0.95), 0.01))
                .isEqualTo(2473, within(2.0));
    }
}
