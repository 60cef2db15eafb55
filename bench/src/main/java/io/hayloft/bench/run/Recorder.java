package io.hayloft.bench.run;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.methods.Method;

/** Scores an answer and makes the record of it. */
final class Recorder {
    /** Facet in which tasks that cut prompts tell how long they were. */
    static final String TOKENS_BEFORE = "tokensBeforeCut";

    private Recorder() {}

    static BenchRecord record(
            BenchSpec spec, ModelFacts model, PlannedSample planned, Method method, PromptGroups.Answered answered) {
        var sample = planned.sample();
        var task = planned.task();
        var answer = answered.answer();
        var compat = spec.compat();
        double asked = method.requestedRatio();
        double ratio = compat == null ? asked : compat.ratio(method.name(), asked);
        int before = sample.facets().get(TOKENS_BEFORE) instanceof Number number
                ? number.intValue()
                : planned.promptTokens();
        return new BenchRecord(
                model.name(),
                method.name(),
                method.family(),
                task.name(),
                task.version(),
                sample.category().label(),
                sample.id(),
                task.metric(),
                task.score(sample, answer.output()),
                sample.references(),
                answer.output(),
                answer.stopReason(),
                answered.promptTokens(),
                answered.compressAfter(),
                answered.shortenedPart(),
                before,
                answer.generatedTokens(),
                answer.freeTokens(),
                Double.isNaN(ratio) ? null : ratio,
                answer.cacheBytes() == 0 ? 0 : (double) answer.fullCacheBytes() / answer.cacheBytes(),
                answer.cacheBytes(),
                answer.storedBytes(),
                answer.fullCacheBytes(),
                answer.prefillSeconds(),
                answer.compressSeconds(),
                answer.decodeSeconds(),
                answer.decodeSteps(),
                planned.promptSha256(),
                spec.seed(),
                spec.protocol().text(),
                sample.facets(),
                Identity.key(spec, model, planned, method.name()));
    }
}
