package io.hayloft.report.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.report.stats.NonInferiority.Tested;
import io.hayloft.report.stats.RightWrong.Counts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Intervals and tests against published numbers, closed forms and each other, and their coverage. */
class IntervalsTest {
    private static final double Z = Normal.quantile(0.975);

    private static double[] repeated(double value, int count) {
        var values = new double[count];
        Arrays.fill(values, value);
        return values;
    }

    /** Differences of {@code gained} samples right with the method alone, {@code lost} with the full cache alone. */
    private static Strata flips(int gained, int lost, int count) {
        var values = new double[count];
        Arrays.fill(values, 0, gained, 1);
        Arrays.fill(values, gained, gained + lost, -1);
        return Strata.of(List.of(values));
    }

    @Test
    void theNormalDistributionIsThatOfTheTables() {
        assertThat(Normal.cdf(0)).isEqualTo(0.5);
        assertThat(Normal.cdf(1)).isEqualTo(0.8413447460685429, within(1e-14));
        assertThat(Normal.cdf(-3)).isEqualTo(0.0013498980316300946, within(1e-15));
        assertThat(Normal.cdf(-9)).isZero();
        assertThat(Normal.quantile(0.975)).isEqualTo(1.959963984540054, within(1e-9));
        assertThat(Normal.quantile(0.05)).isEqualTo(-1.6448536269514722, within(1e-9));
    }

    /** 81 of 263: [0.2553, 0.3662], 0 of 20: [0, 0.1611] (Newcombe 1998, Two-sided confidence intervals, table I). */
    @Test
    void wilsonIsThatOfThePapers() {
        var interval = RightWrong.wilson(81, 263, Z);
        assertThat(interval.low()).isEqualTo(0.2553, within(5e-5));
        assertThat(interval.high()).isEqualTo(0.3662, within(5e-5));
        var none = RightWrong.wilson(0, 20, Z);
        assertThat(none.low()).isZero();
        assertThat(none.high()).isEqualTo(0.1611, within(5e-5));
        assertThat(RightWrong.wilson(0, 0, Z).exists()).isFalse();
    }

    /** An independent calculation of 200 pairs gives [0.2118, 0.3911]; without discordant pairs both ends have a width. */
    @Test
    void newcombeIsThatOfOthers() {
        var interval = RightWrong.newcombe(new Counts(89, 82, 21, 8), Z);
        assertThat(interval.low()).isEqualTo(0.2118, within(5e-5));
        assertThat(interval.high()).isEqualTo(0.3911, within(5e-5));
        var equal = RightWrong.newcombe(new Counts(20, 0, 0, 0), Z);
        assertThat(equal.low()).isEqualTo(-0.1611, within(5e-5));
        assertThat(equal.high()).isEqualTo(0.1611, within(5e-5));
    }

    /** Tails of the fair coin: 1/32 of five, 6/64 of six or five of six heads. */
    @Test
    void mcNemarIsTheSignTest() {
        assertThat(RightWrong.mcNemar(5, 0)).isEqualTo(1 / 32.0, within(1e-12));
        assertThat(RightWrong.mcNemar(5, 1)).isEqualTo(7 / 64.0, within(1e-12));
        assertThat(RightWrong.mcNemar(0, 0)).isEqualTo(1);
        assertThat(RightWrong.mcNemar(3, 3)).isGreaterThan(0.5);
        assertThat(RightWrong.mcNemar(2000, 1000)).isLessThan(1e-50);
    }

    /** The score test of a share is Wilson's; the factor n / (n - 1) stands on the error, so the level moves with it. */
    @ParameterizedTest
    @CsvSource({"0, 20", "1, 20", "7, 20", "20, 20", "40, 3000"})
    void theScoreTestOfRightAndWrongIsWilson(int right, int count) {
        var values = new double[count];
        Arrays.fill(values, 0, right, 1);
        var strata = Strata.of(List.of(values));
        double z = Z * Math.sqrt((count - 1.0) / count);
        var wilson = RightWrong.wilson(right, count, Z);
        assertThat(new ScoreTest(strata, 0, false).lower(z)).isEqualTo(wilson.low(), within(1e-8));
        assertThat(-new ScoreTest(strata.negated(), -1, false).lower(z)).isEqualTo(wilson.high(), within(1e-8));
    }

    /** Tango's statistic (1998), with the fitted share of the samples that only the second got right in closed form. */
    private static double tango(int first, int second, int n, double difference) {
        double b = -(first + second) + (2.0 * n - first + second) * difference;
        double c = -second * difference * (1 - difference);
        double share = (Math.sqrt(b * b - 8 * n * c) - b) / (4 * n);
        return (first - second - n * difference) / Math.sqrt(n * (2 * share + difference * (1 - difference)));
    }

    /** 48 against 41 of 549 pairs: R's PropCIs gives a 90 % interval of [-0.0157, 0.0414], by a search to four digits. */
    @ParameterizedTest
    @CsvSource({"48, 41, 549", "0, 1, 44", "3, 9, 60", "0, 0, 140", "5, 0, 20"})
    void theScoreTestOfPairsIsTango(int first, int second, int n) {
        var strata = flips(first, second, n);
        double z = Normal.quantile(0.95);
        double scaled = z * Math.sqrt((n - 1.0) / n);
        double low = new ScoreTest(strata, -1, false).lower(scaled);
        double high = -new ScoreTest(strata.negated(), -1, false).lower(scaled);
        assertThat(tango(first, second, n, low)).isEqualTo(z, within(1e-6));
        assertThat(tango(second, first, n, -high)).isEqualTo(z, within(1e-6));
        if (n == 549) {
            assertThat(low).isEqualTo(-0.0157, within(5e-4));
            assertThat(high).isEqualTo(0.0414, within(5e-4));
        }
    }

    /** What its bound does not exclude, its p value does not reject. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theScoreTestAndItsBoundAgree(long seed) {
        var random = new SplittableRandom(seed);
        var categories = new ArrayList<double[]>();
        for (int size : new int[] {2, 9, 40}) {
            categories.add(random.doubles(size, -0.4, 0.5).toArray());
        }
        var test = new ScoreTest(Strata.of(categories), -1, true);
        double bound = test.lower(1.6448536269514722);
        assertThat(test.pValue(bound)).isEqualTo(0.05, within(1e-6));
        assertThat(test.pValue(bound - 0.001)).isLessThan(0.05);
    }

    @Test
    void theBootstrapIsDeterministicAndNearTheNormalIntervalOfManyValues() {
        var values =
                Strata.of(List.of(new SplittableRandom(5).doubles(300, -1, 0.6).toArray()));
        var once = Bootstrap.interval(values, 0.025);
        assertThat(Bootstrap.interval(values, 0.025)).isEqualTo(once);
        assertThat(once.low()).isEqualTo(values.mean() - Z * values.error(), within(0.005));
        assertThat(once.high()).isEqualTo(values.mean() + Z * values.error(), within(0.005));
        assertThat(Bootstrap.quantile(new double[] {1, 2, 3, 4, 5}, 0.025)).isEqualTo(1.1, within(1e-12));
        assertThat(Bootstrap.quantile(new double[] {7}, 0.975)).isEqualTo(7);
    }

    /** A long tail to the left moves the interval of its mean to the left, and its mirror image to the right. */
    @Test
    void theBootstrapFollowsSkewness() {
        var tail = repeated(0, 40);
        Arrays.fill(tail, 0, 3, -1);
        var values = Strata.of(List.of(tail));
        var interval = Bootstrap.interval(values, 0.025);
        assertThat(values.mean() - interval.low()).isGreaterThan(1.2 * (interval.high() - values.mean()));
        var mirrored = Bootstrap.interval(values.negated(), 0.025);
        assertThat(mirrored.high()).isEqualTo(-interval.low(), within(0.03));
    }

    @Test
    void noIntervalComesFromCategoriesOfOne() {
        var categories = List.of(repeated(-1, 100), new double[] {0}, new double[0]);
        var values = Strata.of(categories);
        assertThat(values.mean()).isEqualTo(-0.5);
        assertThat(values.error()).isNaN();
        assertThat(Bootstrap.interval(values, 0.025).exists()).isFalse();
        assertThat(Strata.of(List.of()).hasInterval()).isFalse();
    }

    /** Ten questions about each of four contexts whose results go together are hardly more than four results. */
    @Test
    void questionsAboutOneContextAreOneCluster() {
        var clustered = new Strata.Builder();
        var single = new Strata.Builder();
        for (int i = 0; i < 40; i++) {
            double value = i % 4 < 2 ? 1 : 0;
            clustered.add("qa", "context " + i % 4, value);
            single.add("qa", "question " + i, value);
        }
        assertThat(clustered.build().mean()).isEqualTo(0.5);
        assertThat(clustered.build().error()).isGreaterThan(3 * single.build().error());
        var interval = Bootstrap.interval(clustered.build(), 0.025);
        var narrow = Bootstrap.interval(single.build(), 0.025);
        assertThat(interval.high() - interval.low()).isGreaterThan(2 * (narrow.high() - narrow.low()));
    }

    /** p values 0.01, 0.02, 0.04 at levels of 0.05 / 3, / 2 and / 1; with 0.03 for 0.02 the second test stops it. */
    @Test
    void holmSharesTheLevel() {
        assertThat(NonInferiority.holm(List.of(0.04, 0.01, 0.02))).allMatch(Tested::rejected);
        var stopped = NonInferiority.holm(List.of(0.04, 0.01, 0.03));
        assertThat(stopped.stream().map(Tested::rejected)).containsExactly(false, true, false);
        assertThat(stopped.get(1).level()).isEqualTo(0.05 / 3, within(1e-12));
        assertThat(stopped.get(2).level()).isEqualTo(0.025, within(1e-12));
        assertThat(NonInferiority.holm(List.of())).isEmpty();
    }

    /** Coverage of the true mean in 1,000 runs of 7 categories for methods and sizes where they promise 95 %. */
    @ParameterizedTest
    @CsvSource({"newcombe, 20", "newcombe, 100", "score, 20", "score, 100", "bootstrap, 20", "bootstrap, 100"})
    void intervalsCoverTheTruth(String kind, int samples) {
        int runs = kind.equals("bootstrap") ? 400 : 1000;
        int covered = 0;
        var random = new SplittableRandom(11);
        for (int run = 0; run < runs; run++) {
            var categories = new ArrayList<double[]>();
            var counts = new int[4];
            for (int c = 0; c < 7; c++) {
                categories.add(new double[samples]);
                for (int i = 0; i < samples; i++) {
                    if (kind.equals("bootstrap")) {
                        double score = Math.sqrt(random.nextDouble());
                        categories.get(c)[i] = score - Math.sqrt(random.nextDouble());
                    } else {
                        int right = random.nextDouble() < 0.8 ? 1 : 0;
                        int other = random.nextDouble() < 0.7 ? 1 : 0;
                        categories.get(c)[i] = right - other;
                        counts[2 * right + other]++;
                    }
                }
            }
            var values = Strata.of(categories);
            double truth = kind.equals("bootstrap") ? 0 : 0.1;
            var interval = switch (kind) {
                case "newcombe" -> RightWrong.newcombe(new Counts(counts[3], counts[2], counts[1], counts[0]), Z);
                case "score" ->
                    new Interval(
                            new ScoreTest(values, -1, false).lower(Z),
                            -new ScoreTest(values.negated(), -1, false).lower(Z));
                default -> Bootstrap.interval(values, 0.025);
            };
            covered += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
        }
        assertThat((double) covered / runs).isBetween(0.93, 0.97);
    }
}
