package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.endpoint.ApiClient;
import io.hayloft.bench.endpoint.Endpoint;
import io.hayloft.bench.endpoint.EndpointException;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.identity.RecordKey;
import io.hayloft.bench.identity.RunSettings;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.plan.Progress;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunLine;
import io.hayloft.bench.record.RunWriter;
import io.hayloft.engine.model.LanguageModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A run whose samples a server answers: a row of the folder, beside those of methods if it has some. The model here only counts
 * tokens, so that the server gets the same texts as the methods do.
 */
public final class EndpointRun implements AutoCloseable {
    private final SampleJob job;
    private final Endpoint endpoint;
    private final RunWriter writer;
    private final String machine;
    private final Map<String, double[]> scores = new LinkedHashMap<>();
    private final long start = System.nanoTime();
    private int done;
    private int failed;
    private int ran;

    /** A sample that the server has been asked. */
    private record Asked(PlannedSample planned, Future<ApiClient.Reply> reply) {}

    private EndpointRun(SampleJob job, Endpoint endpoint, RunWriter writer) {
        this.job = job;
        this.endpoint = endpoint;
        this.writer = writer;
        this.machine = Machines.name(Machines.describe(job.runner().model()));
    }

    /**
     * Chooses samples and opens the folder, or finds what an earlier start left there. The model stays the caller's to close.
     *
     * @param spec of this, all but the methods
     * @param retryFailed whether samples that failed in earlier starts are tried again
     * @throws UserError if the folder cannot be used or holds another run, or data is missing
     */
    public static EndpointRun prepare(BenchSpec spec, Endpoint endpoint, LanguageModel model, boolean retryFailed) {
        return prepare(spec, endpoint, new EngineRunner(spec, model), retryFailed);
    }

    /** Prepares a run with any model. */
    static EndpointRun prepare(BenchSpec spec, Endpoint endpoint, SampleRunner runner, boolean retryFailed) {
        var job = SampleJob.open(spec, runner);
        var settings = RunSettings.of(job.spec(), runner.model(), job.choice().lengths());
        settings.put("methods", List.of(endpoint.label()));
        settings.put("method_versions", Map.of(endpoint.label(), 1));
        settings.put("compressors", Map.of());
        settings.put("endpoints", Map.of(endpoint.label(), endpoint.model()));
        var out = spec.out() != null ? spec.out() : BenchRun.defaultFolder(runner.model().name(), settings);
        var earlier = RunFolder.info(out);
        var clock = earlier != null ? earlier.clock() : SampleJob.now();
        job.renderAt(clock);
        job.choice().sizes(); // refuses what cannot run before a folder is made
        return new EndpointRun(
                job, endpoint, RunWriter.open(out, BenchRun.info(job, settings, clock), retryFailed));
    }

    /** Folder of the run. */
    public Path folder() {
        return writer.folder();
    }

    /** Number of samples. */
    public int samples() {
        return job.count();
    }

    /**
     * Asks for what is left. A sample without an answer becomes a record that says why, and the run goes on.
     *
     * @param key access key of the server; empty for none
     * @throws UserError if the server cannot be reached or refuses, or the disk is full; what was finished before is safe
     */
    public RunFolder run(String key, RunListener listener) {
        writer.notes().forEach(listener::note);
        var earlier = new EarlierLines(folder(), writer.lines());
        listener.started(progress(""));
        try (var client = new ApiClient(endpoint, key);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayDeque<Asked>();
            try {
                for (int i = 0; i < job.count(); i++) {
                    ask(i, earlier, client, threads::submit, asked, listener);
                }
                while (!asked.isEmpty()) {
                    take(asked.removeFirst(), listener);
                }
            } finally {
                asked.forEach(one -> one.reply().cancel(true));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted: the same command goes on from there", e);
        }
        return ran == 0
                ? writer.folderAsItIs()
                : writer.finish(BenchRun.now(), seconds());
    }

    /** Starts a thread for a question. */
    private interface Threads {
        Future<ApiClient.Reply> submit(Callable<ApiClient.Reply> question);
    }

    private void ask(
            int index,
            EarlierLines earlier,
            ApiClient client,
            Threads threads,
            ArrayDeque<Asked> asked,
            RunListener listener)
            throws InterruptedException {
        PlannedSample planned;
        try {
            planned = job.choice().planned(index);
        } catch (UserError e) {
            var task = job.choice().task(index);
            var name = job.choice().nameless(index);
            if (earlier.find(task.name(), name, endpoint.label()) == null) {
                var subject = subject(task.name(), task.version(), task.category().label(), name, Map.of());
                write(new FailedRecord(subject, "", machine, String.valueOf(e.getMessage())), listener);
            }
            return;
        }
        var line = earlier.find(planned.task().name(), planned.sample().id(), endpoint.label());
        if (line != null) {
            if (line instanceof BenchRecord && !line.key().equals(key(planned))) {
                throw new UserError(folder() + " has an answer to sample "
                        + planned.sample().id() + " by another model of the server or to another prompt: name another"
                        + " --label or --out folder");
            }
            done++;
            return;
        }
        if (asked.size() == endpoint.concurrency()) {
            take(asked.removeFirst(), listener);
        }
        var prompt = planned.sample().prompt();
        var question = new ApiClient.Question(
                prompt.text(), prompt.chat(), planned.rules().maxNewTokens());
        asked.addLast(new Asked(planned, threads.submit(() -> client.ask(question))));
    }

    /** Waits for an answer and writes its record. */
    private void take(Asked asked, RunListener listener) throws InterruptedException {
        var planned = asked.planned();
        try {
            write(record(planned, asked.reply().get()), listener);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EndpointException why) {
                write(
                        new FailedRecord(
                                subject(planned), key(planned), machine, Objects.toString(why.getMessage(), "no answer")),
                        listener);
            } else if (e.getCause() instanceof UserError error) {
                throw error;
            } else {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private void write(RunLine line, RunListener listener) {
        writer.append(List.of(line));
        done++;
        ran++;
        if (line instanceof BenchRecord record) {
            var sum = scores.computeIfAbsent(record.method(), any -> new double[2]);
            sum[0] += record.score();
            sum[1]++;
        } else if (line instanceof FailedRecord without) {
            failed++;
            listener.note("sample " + without.subject().sample() + " failed: " + without.error());
        }
        listener.sampleDone(progress(line.subject().task()));
    }

    private Progress progress(String task) {
        var means = new LinkedHashMap<String, Double>();
        scores.forEach((method, sum) -> means.put(method, sum[0] / sum[1]));
        double left = ran == 0 ? 0 : seconds() / ran * (job.count() - done);
        return new Progress(
                done, failed, job.count(), millis(seconds()), millis(Math.max(0, left)), task, means);
    }

    private double seconds() {
        return (System.nanoTime() - start) * 1e-9;
    }

    private static Duration millis(double seconds) {
        return Duration.ofMillis(Math.round(1000 * seconds));
    }

    /** Sizes and times of the server's cache are not known here: they are 0. */
    private BenchRecord record(PlannedSample planned, ApiClient.Reply reply) {
        var sample = planned.sample();
        int prompt = reply.promptTokens() >= 0 ? reply.promptTokens() : planned.promptTokens();
        int answer = reply.answerTokens() >= 0
                ? reply.answerTokens()
                : job.runner().tokens().count(reply.text());
        return new BenchRecord(
                subject(planned),
                new BenchRecord.Outcome(
                        planned.task().metric(),
                        planned.task().score(sample, reply.text()),
                        sample.references(),
                        sample.allClasses(),
                        reply.text(),
                        reply.stop().equals("stop") ? "eos" : reply.stop()),
                new BenchRecord.Tokens(prompt, prompt, null, planned.tokensBeforeCut(), answer, 0),
                new BenchRecord.Bytes(null, 0, 0, 0, 0),
                new BenchRecord.Times(0, 0, 0, 0, 0, 0, 0),
                new BenchRecord.Origin(planned.promptSha256(), textHash(planned), key(planned), machine));
    }

    /** Hash of what the server is sent, as its tokens are not known. */
    private static String textHash(PlannedSample planned) {
        var prompt = planned.sample().prompt();
        return Hashes.of((prompt.chat() ? "chat\n" : "text\n") + prompt.text());
    }

    private String key(PlannedSample planned) {
        var program = new RecordKey.Program("endpoint " + endpoint.model(), "", "endpoint", "");
        var row = new RecordKey.Row(endpoint.label(), 1, endpoint.label(), "");
        return new RecordKey(program, row, planned.request(), new RecordKey.Prompt(textHash(planned), 0)).text();
    }

    private BenchRecord.Subject subject(PlannedSample planned) {
        var task = planned.task();
        var sample = planned.sample();
        return subject(task.name(), task.version(), task.category().label(), sample.id(), sample.facets());
    }

    private BenchRecord.Subject subject(
            String task, String version, String category, String sample, Map<String, Object> facets) {
        return new BenchRecord.Subject(
                job.runner().model().name(),
                endpoint.label(),
                endpoint.label(),
                task,
                version,
                category,
                sample,
                job.spec().seed(),
                job.spec().protocol().text(),
                facets);
    }

    @Override
    public void close() {
        try (writer) {
            job.close();
        }
    }
}
