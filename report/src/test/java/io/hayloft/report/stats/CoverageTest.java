package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.report.stats.RightWrong.Counts;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often the interval of a difference that a table shows holds the true one, whichever method it chooses. */
class CoverageTest {
    /** How scores of two methods on the same samples come about. */
    enum Kind {
        /** Right or wrong; 5 % of the samples lost, 2 % won. */
        RIGHT_WRONG(-0.03),
        /** Right or wrong, 20 % and 15 %. */
        MANY_FLIPS(-0.05),
        /** The same in two categories, one four times as large as the other. */
        UNBALANCED(-0.05),
        /** Graded: each loses a little, some a lot. */
        GRADED(-0.06),
        /** Graded, four questions about each context, which go together. */
        CLUSTERED(-0.06);

        private final double truth;

        Kind(double truth) {
            this.truth = truth;
        }

        Pairs sample(SplittableRandom random, int samples) {
            var differences = new Strata.Builder();
            var counts = new int[3];
            double context = 0;
            for (int i = 0; i < samples; i++) {
                if (i % 4 == 0) {
                    context = random.nextDouble();
                }
                double value = draw(random, context);
                counts[(int) Math.signum(value) + 1]++;
                var category = this == UNBALANCED && i % 5 == 0 ? "few" : "many";
                differences.add(category, this == CLUSTERED ? "context " + i / 4 : "sample " + i, value);
            }
            boolean graded = this == GRADED || this == CLUSTERED;
            return new Pairs(differences.build(), graded ? null : new Counts(counts[1], counts[2], counts[0], 0));
        }

        private double draw(SplittableRandom random, double context) {
            double chance = random.nextDouble();
            return switch (this) {
                case RIGHT_WRONG -> chance < 0.05 ? -1 : chance < 0.07 ? 1 : 0;
                case MANY_FLIPS, UNBALANCED -> chance < 0.2 ? -1 : chance < 0.35 ? 1 : 0;
                case GRADED -> (random.nextDouble() - 0.5) * 0.4 - (chance < 0.1 ? 0.6 : 0);
                case CLUSTERED -> (random.nextDouble() - 0.5) * 0.4 - (context < 0.2 ? 0.3 : 0);
            };
        }
    }

    private static double covered(Kind kind, int samples, int runs) {
        var random = new SplittableRandom(17);
        int covered = 0;
        for (int run = 0; run < runs; run++) {
            var interval = kind.sample(random, samples).difference().interval();
            covered += interval.low() <= kind.truth && kind.truth <= interval.high() ? 1 : 0;
        }
        return (double) covered / runs;
    }

    @ParameterizedTest
    @CsvSource({
        "RIGHT_WRONG, 100, 1000",
        "RIGHT_WRONG, 500, 1000",
        "MANY_FLIPS, 20, 1000",
        "MANY_FLIPS, 100, 1000",
        "MANY_FLIPS, 500, 1000",
        "UNBALANCED, 100, 1000",
        "UNBALANCED, 500, 500",
        "GRADED, 100, 400",
        "GRADED, 500, 300",
        "CLUSTERED, 400, 400"
    })
    void intervalsCoverTheTruth(Kind kind, int samples, int runs) {
        assertThat(covered(kind, samples, runs)).isBetween(0.93, 0.97);
    }

    /** Few samples of right and wrong: the interval is wide rather than wrong. */
    @ParameterizedTest
    @CsvSource({"3", "5", "10", "20"})
    void intervalsOfFewSamplesAreWideRatherThanWrong(int samples) {
        assertThat(covered(Kind.RIGHT_WRONG, samples, 1000)).isGreaterThan(0.93);
        assertThat(covered(Kind.MANY_FLIPS, samples, 1000)).isGreaterThan(0.93);
    }

    /** Two methods that are equally good are found to differ in at most 5 % of runs, whatever their number of samples. */
    @ParameterizedTest
    @CsvSource({"3", "5", "10", "20", "100", "500"})
    void equalMethodsAreRarelyFoundToDiffer(int samples) {
        var random = new SplittableRandom(18);
        int found = 0;
        for (int run = 0; run < 1000; run++) {
            int only = 0;
            int other = 0;
            for (int i = 0; i < samples; i++) {
                int drawn = random.nextInt(10);
                only += drawn == 0 ? 1 : 0;
                other += drawn == 1 ? 1 : 0;
            }
            found += 2 * Math.min(RightWrong.mcNemar(only, other), RightWrong.mcNemar(other, only)) <= 0.05 ? 1 : 0;
        }
        assertThat(found).isLessThan(50);
    }

    /** Shares of right answers of one method, Wilson's interval. */
    @Test
    void sharesAreCovered() {
        var random = new SplittableRandom(19);
        int covered = 0;
        for (int run = 0; run < 2000; run++) {
            int samples = 20 + random.nextInt(200);
            double share = 0.5 + 0.45 * random.nextDouble();
            int right = 0;
            for (int i = 0; i < samples; i++) {
                right += random.nextDouble() < share ? 1 : 0;
            }
            var interval = RightWrong.wilson(right, samples, Normal.quantile(0.975));
            covered += interval.low() <= share && share <= interval.high() ? 1 : 0;
        }
        assertThat(covered / 2000.0).isBetween(0.93, 0.97);
    }
}
