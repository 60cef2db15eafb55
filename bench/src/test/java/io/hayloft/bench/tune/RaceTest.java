package io.hayloft.bench.tune;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The search alone, on scores that were made up. */
class RaceTest {
    private static final int RANKS = 16;
    private static final int[] COUNTS = {4, 1}; // samples of the two categories at each rank
    private static final Footprint FULL = footprint("full", 1000);
    private static final TuneGoal SCORE = new TuneGoal.MaxBytes(900);

    private int ran; // settings times samples

    private static Footprint footprint(String method, double bytes) {
        return new Footprint(method, bytes, bytes, bytes, 10);
    }

    private static int[][] counts() {
        var counts = new int[COUNTS.length][RANKS];
        for (int category = 0; category < COUNTS.length; category++) {
            for (int rank = 0; rank < RANKS; rank++) {
                counts[category][rank] = COUNTS[category];
            }
        }
        return counts;
    }

    /** Scores of a setting by category and rank, right or wrong. */
    @FunctionalInterface
    private interface Scores {
        double of(int category, int rank);
    }

    /** Runs a race; the full cache is always right. */
    private Race race(TuneGoal goal, Map<Footprint, Scores> settings, boolean exhaustive) {
        var race = new Race(goal, FULL, List.copyOf(settings.keySet()), counts(), exhaustive);
        var byName = new LinkedHashMap<String, Scores>();
        settings.forEach((footprint, scores) -> byName.put(footprint.method(), scores));
        int whole = 0;
        for (var round = race.next(); round != null; round = race.next()) {
            for (int rank = round.from(); rank < round.to(); rank++) {
                for (int category = 0; category < COUNTS.length; category++) {
                    if (rank >= whole) {
                        race.add("full", category, rank, COUNTS[category]);
                    }
                    for (var name : round.settings()) {
                        ran += COUNTS[category];
                        var scores = requireNonNull(byName.get(name));
                        race.add(name, category, rank, COUNTS[category] * scores.of(category, rank));
                    }
                }
            }
            whole = Math.max(whole, round.to());
        }
        return race;
    }

    private static Scores constant(double score) {
        return (category, rank) -> score;
    }

    @Test
    void theHigherScoreWinsAndFewerBytesWhereScoresAreEqual() {
        var settings = new LinkedHashMap<Footprint, Scores>();
        settings.put(footprint("large", 800), constant(0.9));
        settings.put(footprint("small", 200), constant(0.9));
        settings.put(footprint("tiny", 100), constant(0.3));
        settings.put(footprint("poor", 300), constant(0.5));

        var race = race(SCORE, settings, false);

        assertThat(race.leader().footprint.method()).isEqualTo("small");
        assertThat(race.leader().state).isEqualTo(Entrant.State.RUNS);
    }

    /** Many are right at first; the smaller ones fail later, one after the other, and those that waited come back. */
    @Test
    void callsBackWhatOnlyItsBytesPutBehind() {
        var settings = new LinkedHashMap<Footprint, Scores>();
        for (int i = 1; i <= 12; i++) {
            int failsAt = i == 11 ? RANKS : i;
            settings.put(footprint("setting" + i, 10 * i), (category, rank) -> rank == failsAt ? 0 : 1);
        }

        var race = race(SCORE, settings, false);

        assertThat(race.leader().footprint.method()).isEqualTo("setting11");
        assertThat(race.leader().ranks).isEqualTo(RANKS);
    }

    @Test
    void endsWhenNothingElseCanWin() {
        var settings = new LinkedHashMap<Footprint, Scores>();
        settings.put(footprint("good", 100), constant(1));
        settings.put(footprint("bad", 50), constant(0));

        var race = race(SCORE, settings, false);

        assertThat(race.leader().footprint.method()).isEqualTo("good");
        assertThat(race.rounds()).containsExactly(new Race.Round(List.of("good", "bad"), 0, 2));
    }

    @Test
    void whatLosesLittleEnoughWinsByItsBytes() {
        var settings = new LinkedHashMap<Footprint, Scores>();
        settings.put(footprint("best", 800), constant(1));
        settings.put(footprint("enough", 300), constant(0.96));
        settings.put(footprint("too little", 100), constant(0.94));

        var race = race(new TuneGoal.MaxDrop(0.05), settings, false);

        assertThat(race.leader().footprint.method()).isEqualTo("enough");
    }

    @Test
    void aSettingThatFailsIsOut() {
        var race = new Race(SCORE, FULL, List.of(footprint("a", 10), footprint("b", 20)), counts(), false);
        var round = requireNonNull(race.next());
        race.fail("a");
        for (int rank = round.from(); rank < round.to(); rank++) {
            race.add("a", 0, rank, COUNTS[0]);
        }

        assertThat(race.next()).isNull();
        assertThat(race.leader().footprint.method()).isEqualTo("b");
    }

    /** Settings as they are: the more bytes, the more is right, with luck on each sample and categories that differ. */
    @ParameterizedTest
    @ValueSource(strings = {"score", "drop"})
    void findsWhatAnExhaustiveSearchFindsForAThirdOfItsWork(String kind) {
        int same = 0;
        int near = 0;
        long work = 0;
        long exhaustive = 0;
        for (int seed = 0; seed < 60; seed++) {
            var settings = settings(seed);
            var goal = kind.equals("score") ? SCORE : new TuneGoal.MaxDrop(0.1);
            ran = 0;
            var found = race(goal, settings, false).leader().footprint;
            work += ran;
            ran = 0;
            var all = race(goal, settings, true);
            exhaustive += ran;
            var best = all.leader().footprint;
            assertThat(best).isEqualTo(bestOf(all, goal));
            same += found.equals(best) ? 1 : 0;
            near += Math.abs(value(all, goal, found) - value(all, goal, best)) < 0.05 ? 1 : 0;
        }
        assertThat(same).isGreaterThanOrEqualTo(42);
        assertThat(near).isGreaterThanOrEqualTo(58);
        assertThat((double) work / exhaustive).isLessThan(0.4);
    }

    private static double value(Race race, TuneGoal goal, Footprint one) {
        var entrant = race.entrants().stream()
                .filter(other -> other.footprint.equals(one))
                .findFirst()
                .orElseThrow();
        return Math.min(race.score(entrant), goal.enough(1));
    }

    /** The best by its definition. */
    private static Footprint bestOf(Race race, TuneGoal goal) {
        return race.entrants().stream()
                .map(entrant -> entrant.footprint)
                .max(Comparator.<Footprint>comparingDouble(one -> Math.rint(1e9 * value(race, goal, one)))
                        .thenComparingDouble(one -> -one.bytes()))
                .orElseThrow();
    }

    private static Map<Footprint, Scores> settings(int seed) {
        var random = new SplittableRandom(seed);
        var settings = new LinkedHashMap<Footprint, Scores>();
        for (int i = 0; i < 30; i++) {
            double bytes = 50 + 800 * random.nextDouble();
            double skill = Math.min(1, 0.4 + 0.7 * Math.sqrt(bytes / 850) - 0.3 * random.nextDouble());
            var right = new ArrayList<double[]>();
            for (int rank = 0; rank < RANKS; rank++) {
                right.add(new double[] {share(random, skill, COUNTS[0]), share(random, skill, COUNTS[1])});
            }
            settings.put(footprint("setting" + i, bytes), (category, rank) -> right.get(rank)[category]);
        }
        return settings;
    }

    private static double share(SplittableRandom random, double skill, int samples) {
        int right = 0;
        for (int i = 0; i < samples; i++) {
            right += random.nextDouble() < skill ? 1 : 0;
        }
        return (double) right / samples;
    }
}
