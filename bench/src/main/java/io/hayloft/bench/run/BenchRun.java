package io.hayloft.bench.run;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunInfo;
import io.hayloft.bench.record.RunWriter;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run from its plan to its records. Holds the lock on its folder until it is closed. */
public final class BenchRun implements AutoCloseable {
    private final BenchSpec spec;
    private final SampleRunner runner;
    private final List<Method> methods;
    private final List<PlannedSample> samples;
    private final RunWriter writer;
    private final @Nullable CostModel costs;
    private final Plan plan;

    private BenchRun(BenchSpec spec, SampleRunner runner, SampleChoice choice, RunWriter writer) {
        this.spec = spec;
        this.runner = runner;
        this.methods = spec.methods().stream().map(Methods::parse).toList();
        this.samples = choice.samples();
        this.writer = writer;
        var left = left();
        this.costs = left.isEmpty() ? null : CostModel.measure(runner, left.getFirst(), methods);
        this.plan = Planner.plan(runner, methods, choice, left, costs);
    }

    /**
     * Chooses samples, opens the folder (or finds what an earlier start of the same run left there) and measures for a
     * moment what the run will cost. The model stays the caller's to close.
     *
     * @throws io.hayloft.base.UserError if the folder cannot be used or holds another run, a data file is missing, or no
     *     length fits the model
     */
    public static BenchRun prepare(BenchSpec spec, LanguageModel model) {
        return prepare(spec, new EngineRunner(spec, model));
    }

    /** Prepares a run with any runner. */
    static BenchRun prepare(BenchSpec asked, SampleRunner runner) {
        var spec = FittingMethods.of(asked, runner);
        var choice = SampleChoice.of(spec, runner);
        var settings = Identity.settings(spec, runner.model(), choice.samples());
        var identity = Identity.of(settings);
        var out = spec.out() != null ? spec.out() : defaultFolder(runner.model().name(), identity);
        var versions = new LinkedHashMap<String, String>();
        for (var sample : choice.samples()) {
            versions.put(sample.task().name(), sample.task().version());
        }
        var facts = runner.model();
        var info = new RunInfo(
                RunInfo.FORMAT,
                CodeHash.ofThisProgram(),
                identity,
                new RunInfo.Model(
                        facts.name(),
                        facts.hash(),
                        facts.architecture(),
                        facts.embedded(),
                        facts.contextLength(),
                        facts.weightBytes(),
                        runner.fullCacheBytes(1024) / 1024),
                settings,
                versions,
                Machines.describe(facts),
                now(),
                null,
                0,
                1,
                choice.notes());
        var writer = RunWriter.open(out, info, keys(spec, facts, choice.samples()));
        try {
            return new BenchRun(spec, runner, choice, writer);
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    /** Keys of the records of each sample. */
    private static List<List<String>> keys(BenchSpec spec, ModelFacts model, List<PlannedSample> samples) {
        return samples.stream()
                .map(sample -> spec.methods().stream()
                        .map(method -> Identity.key(spec, model, sample, method))
                        .toList())
                .toList();
    }

    private static Path defaultFolder(String model, String identity) {
        return Path.of("hayloft-runs", model.replaceAll("[^A-Za-z0-9._-]", "_") + "-" + identity.substring(0, 8));
    }

    /** What it will do and cost. */
    public Plan plan() {
        return plan;
    }

    /** Folder of the run. */
    public Path folder() {
        return writer.folder();
    }

    /**
     * Runs what is left to do.
     *
     * @throws io.hayloft.base.UserError if the disk is full; what was finished before is safe
     */
    public RunFolder run(RunListener listener) {
        writer.notes().forEach(listener::note);
        var left = left();
        int done = samples.size() - left.size();
        var clock = new RunClock(left, samples.size(), writer.records(), costs);
        listener.started(clock.progress(done, ""));
        for (var sample : left) {
            var records = answer(sample);
            writer.append(records);
            clock.add(sample, records);
            listener.sampleDone(clock.progress(++done, sample.task().name()));
        }
        return left.isEmpty() ? writer.folderAsItIs() : writer.finish(now(), clock.seconds());
    }

    private List<BenchRecord> answer(PlannedSample planned) {
        var answers = new PromptGroups(runner, planned, spec.protocol(), spec.compat()).answer(methods);
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < methods.size(); i++) {
            records.add(Recorder.record(spec, runner.model(), planned, methods.get(i), answers.get(i)));
        }
        return records;
    }

    /** Samples that are not on disk yet; those on disk are there with all methods. */
    private List<PlannedSample> left() {
        var done = writer.records().stream().map(BenchRecord::key).collect(Collectors.toSet());
        var first = methods.getFirst().name();
        return samples.stream()
                .filter(sample -> !done.contains(Identity.key(spec, runner.model(), sample, first)))
                .toList();
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Override
    public void close() {
        runner.close();
        writer.close();
    }
}
