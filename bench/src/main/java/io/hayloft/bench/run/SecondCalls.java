package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.plan.AnswerRules;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.Times;
import io.hayloft.methods.registry.Methods;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The second calls of samples that have one (LongBench v2 with thoughts): a prompt of its own with the first reply in place of
 * the document, which the same method reads and compresses.
 */
final class SecondCalls {
    private final BenchSpec spec;
    private final SampleRunner runner;

    SecondCalls(BenchSpec spec, SampleRunner runner) {
        this.spec = spec;
        this.runner = runner;
    }

    /**
     * The answer after the reply of the first call; the first one itself if the sample has one call only.
     *
     * @throws UserError if the second prompt does not fit the context
     */
    Answer after(PlannedSample planned, Answer first) {
        var call = planned.sample().second();
        if (call == null) {
            return first;
        }
        var reply = first.completion();
        var prompt = runner.encode(planned.second(reply.text(), runner.tokens()), Protocol.QUESTION_AWARE);
        var rules = planned.rules();
        int most = spec.maxNewTokens() > 0 ? Math.min(spec.maxNewTokens(), call.maxNewTokens()) : call.maxNewTokens();
        var again =
                new AnswerRules(most, rules.minNewTokens(), rules.atNewline(), rules.seed(), rules.maxThinkingTokens());
        if (prompt.longest(again.allNewTokens()) > runner.model().contextLength()) {
            throw new UserError("the second call of sample " + planned.sample().id() + " has " + prompt.ids().length
                    + " tokens, more than the context has room for: choose smaller --max-new-tokens");
        }
        var method = Methods.parse(first.runsAs());
        var second = runner.answer(prompt, List.of(method), again).getFirst();
        return new Answer(
                joined(reply, second), first.prompt(), first.runsAs(), first.shortenedPart(), first.keptSpans());
    }

    /** The second reply is the answer, the first one its thoughts. Bytes are those of the call that had the document. */
    private static Completion joined(Completion first, Completion second) {
        var thoughts = first.thoughts() == null ? first.text() : first.thoughts() + "\n" + first.text();
        return new Completion(
                first.method(),
                IntStream.concat(IntStream.of(first.ids()), IntStream.of(second.ids()))
                        .toArray(),
                second.text(),
                second.stop(),
                first.promptTokens(),
                first.freeTokens(),
                first.bytes(),
                sum(first.times(), second.times()),
                Stream.concat(first.top().stream(), second.top().stream()).toList(),
                thoughts,
                first.ids().length + second.thinkingTokens());
    }

    /** The work of both calls; rows of a batch are counted by its steps. */
    private static Times sum(Times one, Times other) {
        int steps = one.decodeSteps() + other.decodeSteps();
        double rows = steps == 0
                ? one.batchRows()
                : (one.batchRows() * one.decodeSteps() + other.batchRows() * other.decodeSteps()) / steps;
        return new Times(
                one.prefillSeconds() + other.prefillSeconds(),
                one.compressSeconds() + other.compressSeconds(),
                one.ownSeconds() + other.ownSeconds(),
                one.sharedSeconds() + other.sharedSeconds(),
                steps,
                rows);
    }
}
