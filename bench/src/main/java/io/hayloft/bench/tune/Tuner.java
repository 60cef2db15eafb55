package io.hayloft.bench.tune;

import io.hayloft.base.UserError;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunLine;
import io.hayloft.bench.run.PartialRun;
import io.hayloft.bench.tune.Entrant.State;
import io.hayloft.bench.tune.TuneResult.Prompts;
import io.hayloft.bench.tune.TuneResult.Standing;
import io.hayloft.bench.tune.TuneResult.Work;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.tasks.Category;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds the best setting of a model for a goal, and checks it on other samples. All answers are on disk when they are
 * given, so that the same search goes on where it was stopped.
 */
public final class Tuner {
    private static final String FULL = "full";

    private final TuneSpec spec;
    private final LanguageModel model;
    private final TuneListener listener;
    private final Map<String, long[]> decoded = new HashMap<>(); // tokens and samples of each method
    private final Set<String> searched = new HashSet<>(); // prompts
    private final Set<String> checked = new HashSet<>();
    private final Set<List<Object>> counted = new HashSet<>(); // method and sample
    private final long start = System.nanoTime();
    private int done;
    private int most;
    private long checkTokens;

    private Tuner(TuneSpec spec, LanguageModel model, TuneListener listener) {
        this.spec = spec;
        this.model = model;
        this.listener = listener;
    }

    /**
     * Tunes. The model stays the caller's to close.
     *
     * @throws UserError if no setting fits the budget, a folder or a task cannot be used, or every setting fails
     */
    public static TuneResult run(TuneSpec spec, LanguageModel model, TuneListener listener) {
        return new Tuner(spec, model, listener).run();
    }

    private TuneResult run() {
        Race race;
        Footprints footprints;
        RunFolder search;
        listener.step("choosing samples");
        try (var run = PartialRun.of(spec.search(), model)) {
            run.notes().forEach(listener::note);
            var lengths = spec.lengths() != null ? spec.lengths() : PromptLengths.of(longest(run));
            footprints = Footprints.of(spec, run.spec(), model.config(), lengths, listener::step);
            race = new Race(spec.goal(), footprints.full(), footprints.fitting(), counts(run), spec.exhaustive());
            most = run.count();
            race(race, run);
            search = run.finish();
        }
        var winner = race.leader().footprint;
        var check = winner.method().equals(FULL) ? null : check(winner.method());
        return new TuneResult(
                spec.goal(),
                winner,
                footprints.full(),
                standings(race),
                footprints.leftOut(),
                rounds(race),
                work(race),
                search,
                check,
                new Prompts(searched, checked));
    }

    private static int longest(PartialRun run) {
        return IntStream.range(0, run.count()).map(run::promptTokens).max().orElse(1);
    }

    /** Samples of each category [category][rank]. */
    private static int[][] counts(PartialRun run) {
        int ranks = 1 + IntStream.range(0, run.count()).map(run::rank).max().orElse(0);
        var counts = new int[Category.values().length][ranks];
        for (int i = 0; i < run.count(); i++) {
            counts[run.task(i).category().ordinal()][run.rank(i)]++;
        }
        return counts;
    }

    private void race(Race race, PartialRun run) {
        int number = 0;
        for (var round = race.next(); round != null; round = race.next()) {
            number++;
            listener.step("round " + number + ": " + round.settings().size() + " settings");
            var methods = new ArrayList<>(List.of(FULL));
            round.settings().stream().filter(name -> !name.equals(FULL)).forEach(methods::add);
            for (int i = 0; i < run.count(); i++) {
                if (run.rank(i) >= round.from() && run.rank(i) < round.to()) {
                    add(race, run, i, methods);
                    show(1);
                }
            }
        }
    }

    private void add(Race race, PartialRun run, int sample, List<String> methods) {
        var lines = run.answer(sample, methods);
        if (!(lines.getFirst() instanceof BenchRecord full)) {
            listener.note("a sample is left out, as the full cache failed on it: "
                    + lines.getFirst().subject().sample());
            return;
        }
        searched.add(full.promptSha256());
        int category = run.task(sample).category().ordinal();
        for (var line : lines) {
            var method = line.subject().method();
            if (!(line instanceof BenchRecord record)) {
                listener.note(method + " failed on sample " + line.subject().sample() + " and is out");
                race.fail(method);
            } else if (counted.add(List.of(method, sample))) {
                race.add(method, category, run.rank(sample), record.score());
                var sums = decoded.computeIfAbsent(method, any -> new long[2]);
                sums[0] += record.generatedTokens();
                sums[1]++;
            }
        }
    }

    private void show(int more) {
        done += more;
        double seconds = (System.nanoTime() - start) * 1e-9;
        var left = Duration.ofMillis(Math.round(1e3 * seconds / done * Math.max(0, most - done)));
        listener.sample(Math.min(done, most), most, left);
    }

    /** Runs the winner, the full cache and the controls on samples that chose nothing. */
    private RunFolder check(String winner) {
        listener.step("checking " + winner + " on other samples");
        try (var run = PartialRun.of(spec.check(winner), model)) {
            var fresh = IntStream.range(0, run.count())
                    .filter(i -> run.rank(i) >= spec.samples())
                    .toArray();
            if (fresh.length == 0) {
                throw new UserError("the search has used all samples of the tasks, so that none are left to check "
                        + winner + ": give fewer --samples");
            }
            most = done + fresh.length;
            for (int i : fresh) {
                if (searched.contains(run.promptSha256(i))) {
                    listener.note("a sample of the check has the prompt of one of the search and is left out");
                    continue;
                }
                var lines = run.answer(i, run.spec().methods());
                lines.forEach(this::addChecked);
                show(1);
            }
            return run.finish();
        }
    }

    private void addChecked(RunLine line) {
        if (line instanceof BenchRecord record) {
            checked.add(record.promptSha256());
            checkTokens += record.generatedTokens();
        }
    }

    private static List<TuneResult.Round> rounds(Race race) {
        return race.rounds().stream()
                .map(round -> new TuneResult.Round(
                        round.settings().size(), race.samples(round.to()) - race.samples(round.from())))
                .toList();
    }

    /** The winner, then the others that were still in the race, then those that were out, by score and bytes. */
    private static List<Standing> standings(Race race) {
        var leader = race.leader();
        var order = Comparator.<Entrant>comparingInt(one -> one == leader ? 0 : one.state == State.OUT ? 2 : 1)
                .thenComparingDouble(one -> -race.score(one))
                .thenComparingDouble(one -> one.footprint.bytes());
        return race.entrants().stream()
                .filter(one -> one.ranks > 0)
                .sorted(order)
                .map(one -> new Standing(
                        one.footprint, race.samples(one.ranks), race.score(one), race.fullScore(one.ranks)))
                .toList();
    }

    private Work work(Race race) {
        long sum = checkTokens;
        double exhaustive = checkTokens;
        int all = race.samples(Integer.MAX_VALUE);
        for (var sums : decoded.values()) {
            sum += sums[0];
            exhaustive += sums[0] * (double) all / sums[1];
        }
        return new Work(sum, Math.round(exhaustive));
    }
}
