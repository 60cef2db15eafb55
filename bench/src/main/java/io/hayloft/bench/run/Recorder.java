package io.hayloft.bench.run;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.identity.RecordKey;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Task;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes keys and records of one run, and scores answers. */
final class Recorder {
    private final BenchSpec spec;
    private final ModelFacts model;
    private final RecordKey.Program program;
    private final String machine;

    Recorder(BenchSpec spec, ModelFacts model) {
        this.spec = spec;
        this.model = model;
        this.program = RecordKey.Program.of(model, spec);
        this.machine = Machines.name(Machines.describe(model));
    }

    /** The key of a method's record on a sample, given the hash of the tokens that the model reads. */
    String key(PlannedSample planned, Method method, String runsAs, RecordKey.Prompt prompt) {
        int version = Math.max(method.version(), Methods.parse(runsAs).version());
        var compressor = model.compressors().getOrDefault(method.name(), "");
        var row = new RecordKey.Row(method.name(), version, runsAs, compressor);
        return new RecordKey(program, row, planned.request(), prompt).text();
    }

    static RecordKey.Prompt keyPart(EncodedPrompt prompt) {
        var ids = Hashes.of(prompt.ids());
        for (var turn : prompt.turns()) {
            ids = Hashes.of(ids + Hashes.of(turn));
        }
        return new RecordKey.Prompt(ids, prompt.compressAfter());
    }

    /** Scores an answer. */
    BenchRecord record(PlannedSample planned, Method method, Answer answer) {
        var sample = planned.sample();
        var done = answer.completion();
        var prompt = keyPart(answer.prompt());
        var bytes = done.bytes();
        var times = done.times();
        return new BenchRecord(
                subject(planned, method),
                new BenchRecord.Outcome(
                        planned.task().metric(),
                        planned.task().score(sample, done.text()),
                        sample.references(),
                        sample.allClasses(),
                        done.text(),
                        done.stop().name().toLowerCase(Locale.ROOT),
                        done.thoughts()),
                new BenchRecord.Tokens(
                        answer.prompt().turns().isEmpty() ? answer.prompt().ids().length : done.promptTokens(),
                        answer.prompt().compressAfter(),
                        answer.shortenedPart(),
                        planned.tokensBeforeCut(),
                        done.ids().length,
                        done.freeTokens(),
                        done.thinkingTokens(),
                        answer.keptSpans()),
                new BenchRecord.Bytes(
                        requestedRatio(method),
                        bytes.stored() == 0 ? 0 : (double) bytes.full() / bytes.stored(),
                        bytes.read(),
                        bytes.stored(),
                        bytes.full(),
                        bytes.state()),
                new BenchRecord.Times(
                        times.prefillSeconds(),
                        times.compressSeconds(),
                        times.shareSeconds(),
                        times.ownSeconds(),
                        times.sharedSeconds(),
                        times.decodeSteps(),
                        times.batchRows()),
                new BenchRecord.Origin(
                        planned.promptSha256(),
                        prompt.idsHash(),
                        key(planned, method, answer.runsAs(), prompt),
                        machine));
    }

    private @Nullable Double requestedRatio(Method method) {
        var compat = spec.compat();
        double asked = method.requestedRatio();
        double ratio = compat == null ? asked : compat.ratio(method.name(), asked);
        return Double.isNaN(ratio) ? null : ratio;
    }

    /** The record of a sample that a method could not answer. */
    FailedRecord failed(PlannedSample planned, Method method, String error) {
        var key = key(planned, method, method.name(), keyPart(planned.prompt()));
        return new FailedRecord(subject(planned, method), key, machine, error);
    }

    /** The record of a sample that could not even be made or encoded. */
    FailedRecord failed(Task task, String sample, Protocol protocol, Method method, String error) {
        return new FailedRecord(subject(task, sample, protocol, Map.of(), method), "", machine, error);
    }

    private BenchRecord.Subject subject(PlannedSample planned, Method method) {
        var sample = planned.sample();
        return subject(planned.task(), sample.id(), planned.protocol(), sample.facets(), method);
    }

    private BenchRecord.Subject subject(
            Task task, String sample, Protocol protocol, Map<String, Object> facets, Method method) {
        return new BenchRecord.Subject(
                model.name(),
                method.name(),
                method.family(),
                task.name(),
                task.version(),
                task.category().label(),
                sample,
                spec.seed(),
                protocol.text(),
                facets);
    }
}
