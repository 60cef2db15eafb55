package io.hayloft.bench.tune;

import io.hayloft.bench.tune.Entrant.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The search for the best of several settings on the same samples, by successive halving: all run on a few samples, the
 * better half on as many again, and so on.
 *
 * <p>Of settings with equal scores the one with fewer bytes is better. As few samples often give equal scores, a setting
 * that only its bytes put into the worse half waits: it is called back when the leader has lost so many samples that it could be
 * ahead now. What scored less than the better half is out. The race ends when no other setting can win any more, and at the
 * latest when the leader has run on all samples.
 *
 * @see <a href="https://arxiv.org/abs/1502.07943">Jamieson and Talwalkar, Non-stochastic Best Arm Identification and
 *     Hyperparameter Optimization, 2015</a>
 */
final class Race {
    private static final double ROUNDING = 1e-9;

    /** Samples of the first round, at least. */
    private static final int FIRST_SAMPLES = 6;

    private final TuneGoal goal;
    private final boolean exhaustive;
    private final int[][] counts; // samples [category][rank]
    private final Entrant full;
    private final List<Entrant> entrants;
    private final List<Round> rounds = new ArrayList<>();
    private int ranks; // on which the leader has run

    /**
     * Settings that run on some samples.
     *
     * @param settings their expressions
     * @param from rank of the first samples
     * @param to rank before which the last ones are
     */
    record Round(List<String> settings, int from, int to) {}

    /**
     * A race that has not begun.
     *
     * @param full the full cache, which always runs
     * @param settings those that may win; the full cache may be among them
     * @param counts samples of each category [category][rank]
     * @param exhaustive whether every setting runs on all samples
     */
    Race(TuneGoal goal, Footprint full, List<Footprint> settings, int[][] counts, boolean exhaustive) {
        this.goal = goal;
        this.exhaustive = exhaustive;
        this.counts = counts;
        this.full = new Entrant(full, counts);
        this.entrants = settings.stream()
                .map(one -> one.method().equals(full.method()) ? this.full : new Entrant(one, counts))
                .toList();
    }

    /** Counts the score of a setting on a sample. */
    void add(String method, int category, int rank, double score) {
        find(method).add(category, rank, score);
    }

    /** Takes a setting out that failed on a sample. */
    void fail(String method) {
        find(method).state = State.OUT;
    }

    private Entrant find(String method) {
        if (method.equals(full.footprint.method())) {
            return full;
        }
        return entrants.stream()
                .filter(entrant -> entrant.footprint.method().equals(method))
                .findFirst()
                .orElseThrow();
    }

    /**
     * The settings and samples that have to run next; null if the race is over. The full cache runs on all samples of
     * each round.
     *
     * @throws IllegalStateException if every setting is out
     */
    @Nullable
    Round next() {
        if (rounds.isEmpty()) {
            return round(running(), 0, exhaustive ? counts[0].length : firstRanks());
        }
        finishRound();
        var back = calledBack();
        if (!back.isEmpty()) {
            int from = back.getFirst().ranks;
            return round(back.stream().filter(one -> one.ranks == from).toList(), from, ranks);
        }
        dropCertainLosers();
        keepBetterHalf();
        var left = running();
        boolean alone = left.size() == 1 && entrants.stream().noneMatch(one -> one.state == State.WAITS);
        if (alone || ranks == counts[0].length) {
            return null;
        }
        return round(left, ranks, Math.min(counts[0].length, 2 * ranks));
    }

    private int firstRanks() {
        int samples = Arrays.stream(counts).mapToInt(category -> category[0]).sum();
        return Math.clamp((FIRST_SAMPLES + samples - 1) / Math.max(1, samples), 1, counts[0].length);
    }

    private Round round(List<Entrant> some, int from, int to) {
        var names = some.stream().map(entrant -> entrant.footprint.method()).toList();
        var round = new Round(names, from, to);
        rounds.add(round);
        return round;
    }

    private void finishRound() {
        var last = rounds.getLast();
        ranks = Math.max(ranks, last.to);
        full.ranks = ranks;
        for (var name : last.settings) {
            var entrant = find(name);
            entrant.ranks = last.to;
            entrant.state = entrant.state == State.OUT ? State.OUT : State.RUNS;
        }
        if (running().isEmpty()) {
            ranked(State.WAITS).stream()
                            .findFirst()
                            .orElseThrow(() -> new IllegalStateException("every setting failed"))
                            .state =
                    State.RUNS;
        }
    }

    /** Waiting settings that could be ahead of the leader on the samples that it ran on; the better half of them. */
    private List<Entrant> calledBack() {
        var leader = ranked().getFirst();
        if (leader.ranks < ranks) {
            return List.of(leader);
        }
        var back = entrants.stream()
                .filter(one -> one.state == State.WAITS && one.ranks < ranks)
                .filter(one -> ahead(best(one, ranks), one, leader))
                .sorted(Comparator.comparingDouble(one -> one.footprint.bytes()))
                .toList();
        return back.subList(0, (back.size() + 1) / 2);
    }

    private boolean ahead(double value, Entrant one, Entrant leader) {
        double other = value(leader, ranks);
        return value > other + ROUNDING
                || (value > other - ROUNDING && one.footprint.bytes() < leader.footprint.bytes());
    }

    /** Settings that are behind the leader even if they answer all samples that are left right, and it none. */
    private void dropCertainLosers() {
        var leader = ranked().getFirst();
        if (goal instanceof TuneGoal.MaxDrop) {
            return; // what is enough depends on what the full cache will score
        }
        int all = counts[0].length;
        double least = leader.mean(leader.ranks, all, 0);
        for (var one : entrants) {
            boolean behind = one.mean(one.ranks, all, 1) < least - ROUNDING;
            one.state = behind ? State.OUT : one.state;
        }
    }

    private void keepBetterHalf() {
        var ranked = ranked();
        int kept = exhaustive ? ranked.size() : (ranked.size() + 1) / 2;
        double cut = value(ranked.get(kept - 1), ranks);
        for (var one : ranked.subList(kept, ranked.size())) {
            one.state = value(one, ranks) > cut - ROUNDING ? State.WAITS : State.OUT;
        }
    }

    private List<Entrant> running() {
        return entrants.stream().filter(one -> one.state == State.RUNS).toList();
    }

    /** Settings that run, the best first. */
    private List<Entrant> ranked() {
        return ranked(State.RUNS);
    }

    private List<Entrant> ranked(State state) {
        return entrants.stream()
                .filter(one -> one.state == state)
                .sorted(Comparator.<Entrant>comparingDouble(one -> -rounded(value(one, one.ranks)))
                        .thenComparingDouble(one -> one.footprint.bytes()))
                .toList();
    }

    private static double rounded(double value) {
        return Math.rint(value / ROUNDING) * ROUNDING;
    }

    /** The score that counts on the first ranks. */
    private double value(Entrant one, int first) {
        return Math.min(one.mean(first, first, 0), goal.enough(full.mean(first, first, 0)));
    }

    /** The same if all samples were right on which a setting did not run. */
    private double best(Entrant one, int first) {
        return Math.min(one.mean(one.ranks, first, 1), goal.enough(full.mean(first, first, 0)));
    }

    /** The best setting so far. */
    Entrant leader() {
        return ranked().getFirst();
    }

    /** Mean score of a setting on the samples that it ran on. */
    double score(Entrant one) {
        return one.mean(one.ranks, one.ranks, 0);
    }

    /** All settings that may win or might have. */
    List<Entrant> entrants() {
        return entrants;
    }

    /** The settings that ran, in order. */
    List<Round> rounds() {
        return List.copyOf(rounds);
    }

    /** Mean score of the full cache on the first ranks. */
    double fullScore(int first) {
        return full.mean(first, first, 0);
    }

    /** Samples of the first ranks, or of all if there are fewer. */
    int samples(int first) {
        return Arrays.stream(counts)
                .mapToInt(category -> Arrays.stream(category).limit(first).sum())
                .sum();
    }
}
