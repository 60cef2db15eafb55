package io.hayloft.bench.run;

import io.hayloft.base.Build;
import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.identity.CodeHash;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.identity.RunSettings;
import io.hayloft.bench.plan.CostModel;
import io.hayloft.bench.plan.Plan;
import io.hayloft.bench.plan.Planner;
import io.hayloft.bench.plan.RunClock;
import io.hayloft.bench.plan.SampleChoice;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.bench.plan.SampleSizes;
import io.hayloft.bench.predict.Forecast;
import io.hayloft.bench.predict.Machine;
import io.hayloft.bench.record.Answered;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.LabelFile;
import io.hayloft.bench.record.PredictedFile;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunInfo;
import io.hayloft.bench.record.RunWriter;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.KvCodec;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A run from its plan to its records. Holds the lock on its folder until it is closed.
 *
 * <p>A folder that holds samples of an earlier start is continued, also with more methods, tasks, lengths or samples than
 * before: what has been answered is not answered again.
 */
public final class BenchRun implements AutoCloseable {
    private final SampleJob job;
    private final RunWriter writer;
    private final List<SampleChoice.Size> sizes;
    private final int done;
    private final @Nullable CostModel costs;
    private final Plan plan;

    private BenchRun(SampleJob job, SampleSizes sizes, RunWriter writer, @Nullable Path machines) {
        this.job = job;
        this.writer = writer;
        this.sizes = sizes.all();
        this.done = job.choice().finished(writer.lines(), job.spec().methods());
        this.costs = done == this.sizes.size() ? null : costs(sizes, machines);
        this.plan = Planner.plan(job.runner(), job.methods(), job.choice(), this.sizes, done, costs);
    }

    /** The costs of the run: predicted, and written down for its report; measured where they cannot be predicted. */
    private CostModel costs(SampleSizes around, @Nullable Path machines) {
        var runner = job.runner();
        var forecast = forecast(machines);
        if (forecast.isEmpty()) {
            return CostModel.measure(runner, around.example(), job.methods());
        }
        PredictedFile.add(folder(), forecast.get().file());
        return CostModel.of(forecast.get(), runner, around.example());
    }

    /** A forecast for prompts of the mean length; empty where the model's time cannot be predicted, which ends no run. */
    private Optional<Forecast> forecast(@Nullable Path machines) {
        var runner = job.runner();
        int mean = (int) sizes.stream()
                .mapToInt(SampleChoice.Size::promptTokens)
                .average()
                .orElse(1);
        try {
            return runner.shape().flatMap(shape -> {
                int threads = runner.model().threads();
                var file = machines == null ? null : Machine.fileIn(machines, threads);
                var type = KvCodec.parse(job.spec().cacheType());
                return Forecast.of(new Forecast.Setting(shape, type, threads, file), job.methods(), mean);
            });
        } catch (UserError | IllegalArgumentException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    /**
     * Chooses samples, opens the folder (or finds what an earlier start of the same run left there) and measures for a
     * moment what the run will cost. The model stays the caller's to close.
     *
     * @throws UserError if the folder cannot be used or holds another run, a data file is missing, or no length fits the
     *     model
     */
    public static BenchRun prepare(BenchSpec spec, LanguageModel model, Start start) {
        return prepare(spec, new EngineRunner(spec, model), start);
    }

    /**
     * How a run is started.
     *
     * @param retryFailed whether samples that failed in earlier starts are tried again, with the methods of this one
     * @param machines folder in which what is measured of this machine is kept for other runs; null to forget it
     * @param opened hears the folder as soon as it is known, before it is opened and the costs are measured
     */
    public record Start(boolean retryFailed, @Nullable Path machines, Consumer<Path> opened) {
        /** Tries nothing again, and forgets what is measured of this machine. */
        public static final Start PLAIN = new Start(false, null, _ -> {});
    }

    /** Prepares a run with any runner. */
    static BenchRun prepare(BenchSpec asked, SampleRunner runner, Start start) {
        var job = SampleJob.open(asked, runner);
        var prepared = Prepared.of(job);
        start.opened().accept(prepared.folder());
        var writer = prepared.open(start.retryFailed() ? job.retried(job.spec().methods()) : _ -> false);
        try {
            return new BenchRun(job, prepared.sizes(), writer, start.machines());
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    /**
     * A job whose folder has not been opened.
     *
     * @param sizes about how long its samples are
     * @param folder that the specification names, or one named after model and settings
     * @param info description of the run as if it started now
     * @param labels what a grid calls its methods
     */
    record Prepared(SampleSizes sizes, Path folder, RunInfo info, Map<String, String> labels) {
        static Prepared of(SampleJob job) {
            var spec = job.spec();
            var facts = job.runner().model();
            var settings = RunSettings.of(spec, facts, job.choice().lengths());
            var out = spec.out() != null ? spec.out() : defaultFolder(facts.name(), settings);
            var clock = clock(spec, RunFolder.info(out), out);
            job.renderAt(clock);
            var sizes = SampleSizes.of(job.choice()); // refuses what cannot run before a folder is made
            return new Prepared(sizes, out, BenchRun.info(job, settings, clock), spec.labels());
        }

        RunWriter open(Predicate<FailedRecord> forgotten) {
            var writer = RunWriter.open(folder, info, forgotten);
            try {
                LabelFile.add(folder, labels);
                return writer;
            } catch (RuntimeException e) {
                writer.close();
                throw e;
            }
        }
    }

    /**
     * The time that chat formats see: resumed chats show that of the first start, so that all prompts of a run are alike.
     *
     * @throws UserError if another one is asked for
     */
    static String clock(BenchSpec spec, @Nullable RunInfo earlier, Path out) {
        var asked = spec.clock();
        if (earlier != null && asked != null && !asked.equals(earlier.clock())) {
            throw new UserError("--clock is " + asked + ", but the run in " + out + " has " + earlier.clock()
                    + ": leave it out, or name another --out folder");
        }
        return earlier != null ? earlier.clock() : asked != null ? asked : SampleJob.now();
    }

    static RunInfo info(SampleJob job, Map<String, Object> settings, String clock) {
        var facts = job.runner().model();
        var machine = Machines.describe(facts);
        var versions = new LinkedHashMap<String, String>();
        for (int i = 0; i < job.count(); i++) {
            var task = job.choice().task(i);
            versions.put(task.name(), task.version());
        }
        return new RunInfo(
                RunInfo.FORMAT,
                Build.version(),
                Build.commit(),
                CodeHash.ofThisProgram(),
                RunSettings.identity(job.spec(), facts),
                clock,
                new RunInfo.Model(
                        facts.name(),
                        facts.hash(),
                        facts.architecture(),
                        facts.embedded(),
                        facts.contextLength(),
                        facts.weightBytes(),
                        (job.runner().fullCacheBytes(1024) - job.runner().fullCacheBytes(0)) / 1024),
                settings,
                versions,
                machine,
                Map.of(Machines.name(machine), machine),
                now(),
                null,
                0,
                1,
                job.choice().notes());
    }

    static Path defaultFolder(String model, Map<String, Object> settings) {
        return Path.of(
                "hayloft-runs",
                model.replaceAll("[^A-Za-z0-9._-]", "_") + "-"
                        + Hashes.of(settings).substring(0, 8));
    }

    /** The work of this run and its cost. */
    public Plan plan() {
        return plan;
    }

    /** Folder of the run. */
    public Path folder() {
        return writer.folder();
    }

    /**
     * Runs what is left to do here, one sample after another. A sample that fails becomes a record that says why, and the run
     * goes on.
     *
     * @throws UserError if the disk is full, or an earlier answer in the folder was to another prompt; what was finished
     *     before is safe
     */
    public RunFolder run(RunListener listener) {
        var earlier = earlier();
        return answer(listener, arrivals -> {
            for (int i = 0; i < job.count(); i++) {
                arrivals.accept(i, job.missing(i, earlier));
            }
        });
    }

    /**
     * Runs what is left to do elsewhere; the records are written here as they arrive.
     *
     * @throws UserError as {@link #run(RunListener)}, and where the other machines fail
     */
    public RunFolder run(RunListener listener, Spread spread) {
        return answer(listener, arrivals -> spread.answer(left(), writer.info().clock(), arrivals));
    }

    private RunFolder answer(RunListener listener, Consumer<Arrivals> answering) {
        writer.notes().forEach(listener::note);
        var clock = new RunClock(sizes.subList(done, sizes.size()), sizes.size(), writer.lines(), costs);
        var arrivals = new Arrivals(listener, clock);
        listener.started(clock.progress(done, ""));
        answering.accept(arrivals);
        return arrivals.ran ? writer.finish(now(), clock.seconds()) : writer.folderAsItIs();
    }

    private EarlierLines earlier() {
        return new EarlierLines(folder().toString(), writer.lines());
    }

    /** The samples with what earlier starts have written about them. Whether that is still right only an answer can tell. */
    private List<Spread.Work> left() {
        var earlier = earlier();
        var begun = writer.lines().stream().map(line -> line.subject().task()).collect(Collectors.toSet());
        return IntStream.range(0, job.count())
                .mapToObj(i -> {
                    boolean maybe = begun.contains(job.choice().task(i).name()); // to name a sample it has to be made
                    return new Spread.Work(i, sizes.get(i).promptTokens(), maybe ? earlier.of(job, i) : List.of());
                })
                .toList();
    }

    /** Writes what arrives and reports it to the listener. */
    private final class Arrivals implements Spread.Done {
        private final RunListener listener;
        private final RunClock clock;
        private int finished = done;
        private boolean ran;

        Arrivals(RunListener listener, RunClock clock) {
            this.listener = listener;
            this.clock = clock;
        }

        @Override
        public void accept(int sample, Answered answered) {
            var lines = answered.lines();
            if (lines.isEmpty()) {
                return;
            }
            var model = job.runner().model();
            if (!answered.worker().model().equals(model.hash())) {
                throw new UserError("another machine has other files of the model " + model.name()
                        + ": give all machines the same");
            }
            writer.append(answered);
            ran = true;
            if (lines.getFirst() instanceof FailedRecord failed) {
                clock.failed();
                listener.note("sample " + failed.subject().sample() + " failed: " + failed.error());
            }
            clock.add(sizes.get(sample), lines);
            finished = Math.min(finished + 1, sizes.size());
            listener.sampleDone(
                    clock.progress(finished, job.choice().task(sample).name()));
        }
    }

    /** Leaves out the texts of prompts, which a run keeps else. */
    public void leaveOutPrompts() {
        writer.leaveOutPrompts();
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Override
    public void close() {
        try (writer) {
            job.close();
        }
    }
}
