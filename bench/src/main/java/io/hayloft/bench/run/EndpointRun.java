package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.endpoint.Api;
import io.hayloft.bench.endpoint.ApiClient;
import io.hayloft.bench.endpoint.Endpoint;
import io.hayloft.bench.endpoint.EndpointException;
import io.hayloft.bench.identity.RunSettings;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.plan.Progress;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.bench.plan.SampleSizes;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunInfo;
import io.hayloft.bench.record.RunLine;
import io.hayloft.bench.record.RunWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A run whose samples a server answers: one row of a folder, beside those of methods if it has some. An answer is on disk as
 * soon as it is there, so records are in the order of the answers.
 */
public final class EndpointRun implements AutoCloseable {
    /** So many samples in a row without an answer end a run: the server is at fault, not the samples. */
    private static final int MOST_IN_A_ROW = 8;

    private final SampleJob job;
    private final Endpoint endpoint;
    private final RunWriter writer;
    private final EndpointRecorder recorder;
    private final Map<String, double[]> scores = new LinkedHashMap<>();
    private final long start = System.nanoTime();
    private int done;
    private int failed;
    private int failedInARow;
    private int ran;

    /** The outcome of a question: a line for the folder, or what ends the run. */
    private record Asked(
            PlannedSample planned,
            @Nullable RunLine line,
            @Nullable RuntimeException end) {}

    private EndpointRun(SampleJob job, Endpoint endpoint, RunWriter writer) {
        this.job = job;
        this.endpoint = endpoint;
        this.writer = writer;
        this.recorder = new EndpointRecorder(job, endpoint);
        this.done = job.choice().finished(writer.lines(), List.of(endpoint.label()));
        for (var line : writer.lines()) {
            addScore(line);
        }
    }

    /**
     * Chooses samples and opens the folder, or finds what an earlier start left there.
     *
     * @param spec the specification of the run; its methods do not count
     * @param runner makes the prompts; stays the caller's to close
     * @param retryFailed whether samples that failed in earlier starts are tried again
     * @throws UserError if the folder cannot be used or holds another run, data is missing, or the specification has what a
     *     server cannot do
     */
    public static EndpointRun prepare(BenchSpec spec, Endpoint endpoint, SampleRunner runner, boolean retryFailed) {
        if (spec.protocol() != Protocol.QUESTION_AWARE) {
            throw new UserError("a server gets context and question in one prompt: leave out --protocol");
        }
        for (var task : spec.tasks()) {
            if (spec.task(task).isConversation()) {
                throw new UserError(
                        "a server gets each question alone, not the turns of " + task + ": leave it out of --tasks");
            }
        }
        if (spec.compat() != null) {
            throw new UserError("--paper-compat treats methods in special ways, which a server knows nothing of");
        }
        if (runner.model().embedded() && spec.limitTokens() > 0) {
            throw new UserError("--limit-tokens counts tokens: name the tokenizer of the server's model with --model");
        }
        var chat = spec.chat();
        if (endpoint.api() != Api.COMPLETIONS && (!chat.templateArguments().isEmpty() || chat.think() != null)) {
            throw new UserError(
                    "the server writes its own chat format: leave out --template-arg, --think and --no-think,"
                            + " or give --api completions");
        }
        var job = SampleJob.open(spec.withMethods(List.of(), List.of()), runner);
        var settings = RunSettings.of(job.spec(), runner.model(), job.choice().lengths());
        settings.put("methods", List.of(endpoint.label()));
        settings.put("method_versions", Map.of(endpoint.label(), EndpointRecorder.VERSION));
        settings.put("endpoints", Map.of(endpoint.label(), EndpointRecorder.identity(endpoint)));
        var out = spec.out() != null
                ? spec.out()
                : BenchRun.defaultFolder(runner.model().name(), settings);
        var clock = BenchRun.clock(spec, RunFolder.info(out), out);
        job.renderAt(clock);
        SampleSizes.of(job.choice()); // refuses what cannot run before a folder is made
        RunInfo info = BenchRun.info(job, settings, clock);
        return new EndpointRun(
                job,
                endpoint,
                RunWriter.open(out, info, retryFailed ? job.retried(List.of(endpoint.label())) : _ -> false));
    }

    /** Leaves out the texts of prompts, which a run keeps else. */
    public void leaveOutPrompts() {
        writer.leaveOutPrompts();
    }

    /** Folder of the run. */
    public Path folder() {
        return writer.folder();
    }

    /** Number of samples. */
    public int samples() {
        return job.count();
    }

    /** Number of samples that earlier starts have done. */
    public int samplesDone() {
        return done;
    }

    /** Remarks on what was left out or changed, and why. */
    public List<String> notes() {
        return job.choice().notes();
    }

    /**
     * Asks for what is left. A sample without an answer becomes a record that says why, and the run goes on, unless none of
     * several in a row has one.
     *
     * @param key access key of the server; empty for none
     * @throws UserError if the server cannot be reached or refuses, an earlier answer in the folder was to another prompt, or
     *     the disk is full; what was finished before is safe
     */
    public RunFolder run(String key, RunListener listener) {
        writer.notes().forEach(listener::note);
        listener.started(progress(""));
        try (var client = new ApiClient(endpoint, key);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                askAll(client, new ExecutorCompletionService<>(threads), listener);
            } finally {
                threads.shutdownNow(); // after an error the questions on their way are of no use
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted: the same command goes on from there", e);
        }
        return ran == 0 ? writer.folderAsItIs() : writer.finish(BenchRun.now(), seconds());
    }

    private void askAll(ApiClient client, CompletionService<Asked> answers, RunListener listener)
            throws InterruptedException {
        var earlier = new EarlierLines(folder().toString(), writer.lines());
        int waiting = 0;
        for (int i = 0; i < job.count(); i++) {
            var planned = left(i, earlier, listener);
            if (planned == null) {
                continue;
            }
            if (waiting == endpoint.concurrency()) {
                write(answers.take(), listener);
                waiting--;
            }
            answers.submit(() -> ask(client, planned));
            waiting++;
        }
        for (; waiting > 0; waiting--) {
            write(answers.take(), listener);
        }
    }

    /** The sample of an index if the server is still to answer it; one that cannot be made gets its line here. */
    private @Nullable PlannedSample left(int index, EarlierLines earlier, RunListener listener) {
        PlannedSample planned;
        try {
            planned = job.choice().planned(index);
        } catch (RuntimeException e) {
            var failure = recorder.failed(index, SampleJob.reason(e));
            var subject = failure.subject();
            if (earlier.find(subject.task(), subject.sample(), job.choice().protocol(index), endpoint.label())
                    == null) {
                write(failure, listener);
            }
            return null;
        }
        var line = earlier.find(planned.task().name(), planned.sample().id(), planned.protocol(), endpoint.label());
        if (line instanceof BenchRecord record) {
            boolean same = record.key().equals(recorder.key(planned))
                    && record.references().equals(planned.sample().references());
            if (!same) {
                throw new UserError(folder() + " has an answer to sample "
                        + planned.sample().id() + " of "
                        + planned.task().name()
                        + ", but its prompt, its right answers or the rules of its answer are no"
                        + " longer the same (was a data file changed?): name another --out folder");
            }
        }
        return line == null ? planned : null;
    }

    private Asked ask(ApiClient client, PlannedSample planned) throws InterruptedException {
        try {
            var reply = client.ask(recorder.question(planned));
            var call = planned.sample().second();
            var record = call == null
                    ? recorder.record(planned, reply, null)
                    : recorder.record(planned, client.ask(recorder.second(planned, call, reply.text())), reply);
            return new Asked(planned, record, null);
        } catch (EndpointException e) {
            var why = Objects.requireNonNullElse(e.getMessage(), "no answer");
            return new Asked(planned, recorder.failed(planned, why), null);
        } catch (RuntimeException e) {
            return new Asked(planned, null, e);
        }
    }

    private void write(Future<Asked> answer, RunListener listener) throws InterruptedException {
        Asked asked;
        try {
            asked = answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        if (asked.end() != null) {
            throw asked.end();
        }
        writer.keepPrompt(asked.planned().promptLine());
        failedInARow = asked.line() instanceof FailedRecord ? failedInARow + 1 : 0;
        write(Objects.requireNonNull(asked.line()), listener);
        if (failedInARow >= Math.max(MOST_IN_A_ROW, 2 * endpoint.concurrency())
                && asked.line() instanceof FailedRecord last) {
            throw new UserError(failedInARow + " samples in a row got no answer, the last one because " + last.error()
                    + ". When the server is well again, the same command with --retry-failed goes on");
        }
    }

    private void write(RunLine line, RunListener listener) {
        writer.append(List.of(line));
        addScore(line);
        done = Math.min(done + 1, job.count());
        ran++;
        if (line instanceof FailedRecord without) {
            failed++;
            listener.note("sample " + without.subject().sample() + " failed: " + without.error());
        }
        listener.sampleDone(progress(line.subject().task()));
    }

    private void addScore(RunLine line) {
        if (line instanceof BenchRecord record && record.method().equals(endpoint.label())) {
            var sum = scores.computeIfAbsent(record.method(), any -> new double[2]);
            sum[0] += record.score();
            sum[1]++;
        }
    }

    private Progress progress(String task) {
        var means = new LinkedHashMap<String, Double>();
        scores.forEach((method, sum) -> means.put(method, sum[0] / sum[1]));
        double left = ran == 0 ? 0 : seconds() / ran * (job.count() - done);
        return new Progress(done, failed, job.count(), millis(seconds()), millis(Math.max(0, left)), task, means);
    }

    private double seconds() {
        return (System.nanoTime() - start) * 1e-9;
    }

    private static Duration millis(double seconds) {
        return Duration.ofMillis(Math.round(1000 * seconds));
    }

    @Override
    public void close() {
        writer.close();
    }
}
