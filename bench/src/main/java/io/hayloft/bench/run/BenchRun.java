package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.identity.CodeHash;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.identity.RunSettings;
import io.hayloft.bench.plan.CostModel;
import io.hayloft.bench.plan.Plan;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.plan.Planner;
import io.hayloft.bench.plan.RunClock;
import io.hayloft.bench.plan.SampleChoice;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.bench.plan.SampleSizes;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunInfo;
import io.hayloft.bench.record.RunWriter;
import io.hayloft.engine.model.LanguageModel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private BenchRun(SampleJob job, SampleSizes sizes, RunWriter writer) {
        this.job = job;
        this.writer = writer;
        this.sizes = sizes.all();
        this.done = job.choice().finished(writer.lines(), job.spec().methods());
        this.costs = done == this.sizes.size() ? null : CostModel.measure(job.runner(), sizes.example(), job.methods());
        this.plan = Planner.plan(job.runner(), job.methods(), job.choice(), this.sizes, done, costs);
    }

    /**
     * Chooses samples, opens the folder (or finds what an earlier start of the same run left there) and measures for a
     * moment what the run will cost. The model stays the caller's to close.
     *
     * @param retryFailed whether samples that failed in earlier starts are tried again, with the methods of this one
     * @throws UserError if the folder cannot be used or holds another run, a data file is missing, or no length fits the
     *     model
     */
    public static BenchRun prepare(BenchSpec spec, LanguageModel model, boolean retryFailed) {
        return prepare(spec, new EngineRunner(spec, model), retryFailed);
    }

    /** Prepares a run with any runner. */
    static BenchRun prepare(BenchSpec asked, SampleRunner runner, boolean retryFailed) {
        var job = SampleJob.open(asked, runner);
        var spec = job.spec();
        var settings = RunSettings.of(spec, runner.model(), job.choice().lengths());
        var out = spec.out() != null ? spec.out() : defaultFolder(runner.model().name(), settings);
        var clock = clock(spec, RunFolder.info(out), out);
        job.renderAt(clock);
        var sizes = SampleSizes.of(job.choice()); // refuses what cannot run before a folder is made
        var writer = RunWriter.open(
                out,
                info(job, settings, clock),
                retryFailed ? job.retried(job.spec().methods()) : _ -> false);
        try {
            return new BenchRun(job, sizes, writer);
        } catch (RuntimeException e) {
            writer.close();
            throw e;
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
     * Runs what is left to do. A sample that fails becomes a record that says why, and the run goes on.
     *
     * @throws UserError if the disk is full, or an earlier answer in the folder was to another prompt; what was finished
     *     before is safe
     */
    public RunFolder run(RunListener listener) {
        writer.notes().forEach(listener::note);
        int finished = done;
        var clock = new RunClock(sizes.subList(done, sizes.size()), sizes.size(), writer.lines(), costs);
        listener.started(clock.progress(finished, ""));
        var earlier = new EarlierLines(folder(), writer.lines());
        boolean ran = false;
        for (int i = 0; i < job.count(); i++) {
            var sample = job.missing(i, earlier);
            var lines = sample.lines();
            if (lines.isEmpty()) {
                continue;
            }
            var planned = sample.planned();
            if (planned != null) {
                keepPrompt(writer, planned);
            }
            writer.append(lines);
            ran = true;
            if (lines.getFirst() instanceof FailedRecord failed) {
                clock.failed();
                listener.note("sample " + failed.subject().sample() + " failed: " + failed.error());
            }
            clock.add(sizes.get(i), lines);
            finished = Math.min(finished + 1, sizes.size());
            listener.sampleDone(clock.progress(finished, job.choice().task(i).name()));
        }
        return ran ? writer.finish(now(), clock.seconds()) : writer.folderAsItIs();
    }

    static void keepPrompt(RunWriter writer, PlannedSample planned) {
        writer.keepPrompt(planned.promptSha256(), planned.sample().prompt().text());
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
