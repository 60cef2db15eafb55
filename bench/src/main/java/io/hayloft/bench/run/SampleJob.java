package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.plan.FittingMethods;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.plan.SampleChoice;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.bench.record.Answered;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunLine;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a run, each of which can be answered alone: the unit of work to spread over processes or machines. All of
 * them give the same records, to the bit in everything but times, if the specification carries a clock; the first sample of
 * a job includes the warm-up of the JIT compiler in its times.
 */
public final class SampleJob implements AutoCloseable {
    private final BenchSpec spec;
    private final SampleRunner runner;
    private final @Nullable LanguageModel own;
    private final List<Method> methods;
    private final SampleChoice choice;
    private final Recorder recorder;
    private final Answered.Worker worker;
    private final SecondCalls secondCalls;

    private SampleJob(BenchSpec spec, SampleRunner runner, @Nullable LanguageModel own) {
        this.spec = spec;
        this.runner = runner;
        this.own = own;
        this.methods = spec.methods().stream().map(Methods::parse).toList();
        this.choice = SampleChoice.of(spec, runner);
        this.recorder = new Recorder(spec, runner.model());
        var machine = Machines.describe(runner.model());
        this.worker = new Answered.Worker(runner.model().hash(), Machines.name(machine), machine);
        this.secondCalls = new SecondCalls(spec, runner);
        var time = spec.clock();
        renderAt(time == null ? now() : time);
    }

    /** Sets the time that chat formats see, as {@link BenchSpec#clock} has it. */
    public void renderAt(String time) {
        var at = OffsetDateTime.parse(time);
        runner.renderAt(Clock.fixed(at.toInstant(), at.getOffset()));
    }

    /**
     * Loads the model that the specification names and chooses its samples.
     *
     * @throws UserError if the model cannot be loaded, a data file is missing, or no length fits the model
     */
    public static SampleJob open(BenchSpec spec) {
        var options = spec.threads() > 0 ? LoadOptions.withThreads(spec.threads()) : LoadOptions.defaults();
        var model = LanguageModel.load(spec.model().path(), options);
        try {
            var runner = new EngineRunner(spec, model);
            return new SampleJob(FittingMethods.of(spec, runner), runner, model);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Chooses the samples for a loaded model, which stays the caller's to close. */
    public static SampleJob open(BenchSpec spec, LanguageModel model) {
        return open(spec, new EngineRunner(spec, model));
    }

    static SampleJob open(BenchSpec spec, SampleRunner runner) {
        return new SampleJob(FittingMethods.of(spec, runner), runner, null);
    }

    /** The present time as {@link BenchSpec#clock} has it. */
    static String now() {
        return OffsetDateTime.now(ZoneId.systemDefault())
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    /** The specification without the methods that cannot run here. */
    public BenchSpec spec() {
        return spec;
    }

    /** Number of samples. */
    public int count() {
        return choice.count();
    }

    /**
     * Answers a sample with every method and scores the answers.
     *
     * @param index from 0
     * @return records in the order of the methods
     * @throws UserError if the prompt and its answer do not fit the context or the memory
     */
    public List<BenchRecord> run(int index) {
        var planned = choice.planned(index);
        return answer(planned, new PromptGroups(runner, planned, spec), methods, kept(planned, false));
    }

    /**
     * Answers what a sample still lacks, on a machine that does not have the run's folder.
     *
     * @param earlier all that earlier starts have written about this sample
     * @return no lines if all methods have answered or failed before
     * @throws UserError if the earlier answers were to another prompt or by other settings
     */
    public Answered missing(int index, List<RunLine> earlier) {
        return missing(index, new EarlierLines("the run", earlier));
    }

    private List<BenchRecord> answer(
            PlannedSample planned, PromptGroups groups, List<Method> some, @Nullable KeptTokens kept) {
        var answers = groups.answer(some, kept);
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < answers.size(); i++) {
            records.add(recorder.record(planned, some.get(i), secondCalls.after(planned, answers.get(i))));
        }
        return records;
    }

    /**
     * Answers what a sample still lacks: records of the methods that have none, or the reason why they failed.
     *
     * @return no lines if all methods have answered or failed before
     * @throws UserError if the earlier answers were to another prompt or by other settings
     */
    Answered missing(int index, EarlierLines earlier) {
        return missing(index, earlier, methods);
    }

    /** The same for some of the methods. */
    Answered missing(int index, EarlierLines earlier, List<Method> some) {
        PlannedSample planned;
        try {
            planned = choice.planned(index);
        } catch (RuntimeException e) {
            var name = choice.name(index);
            var task = choice.task(index);
            var protocol = choice.protocol(index);
            return worker.with(some.stream()
                    .filter(method -> earlier.find(task.name(), name, protocol, method.name()) == null)
                    .<RunLine>map(method -> recorder.failed(task, name, protocol, method, reason(e)))
                    .toList());
        }
        var groups = new PromptGroups(runner, planned, spec);
        var left = some.stream()
                .filter(method -> !earlier.answered(planned, method, groups, recorder))
                .toList();
        if (left.isEmpty()) {
            return worker.with(List.of());
        }
        var prompt = planned.promptLine();
        boolean ranksFirst = choice.rank(index) < KeptTokens.SAMPLES;
        var kept = kept(planned, ranksFirst);
        List<BenchRecord> records;
        try {
            records = answer(planned, groups, left, kept);
        } catch (RuntimeException | OutOfMemoryError e) {
            var failed = left.stream()
                    .<RunLine>map(method -> recorder.failed(planned, method, reason(e)))
                    .toList();
            return new Answered(worker, failed, prompt, null);
        }
        var written = kept != null && ranksFirst ? kept.prompt().orElse(null) : null;
        return new Answered(worker, List.copyOf(records), prompt, written);
    }

    /** Notes what methods keep, if that is written down or the prompt has named parts, of which records have the share. */
    private @Nullable KeptTokens kept(PlannedSample planned, boolean written) {
        boolean named = !planned.sample().prompt().spans().isEmpty();
        return written || named ? new KeptTokens(runner, planned) : null;
    }

    /** The failures of an earlier start that this run tries again: those of its own samples and methods. */
    Predicate<FailedRecord> retried(List<String> methods) {
        var names = new HashSet<List<String>>();
        return failed -> {
            if (names.isEmpty()) {
                for (int i = 0; i < count(); i++) {
                    var protocol = choice.protocol(i).text();
                    names.add(List.of(choice.task(i).name(), choice.name(i), protocol));
                    names.add(List.of(choice.task(i).name(), choice.nameless(i), protocol));
                }
            }
            var subject = failed.subject();
            return methods.contains(subject.method())
                    && names.contains(List.of(subject.task(), subject.sample(), subject.protocol()));
        };
    }

    /** What went wrong, on one line. */
    static String reason(Throwable e) {
        var text = e instanceof UserError ? String.valueOf(e.getMessage()) : e.toString();
        return text.lines().findFirst().orElse("").strip();
    }

    SampleChoice choice() {
        return choice;
    }

    SampleRunner runner() {
        return runner;
    }

    List<Method> methods() {
        return methods;
    }

    @Override
    public void close() {
        try (var _ = own) {
            runner.close();
        }
    }
}
