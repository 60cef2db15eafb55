package io.hayloft.bench.plan;

import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.RecordKey;
import io.hayloft.bench.record.PromptFile;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.longbench.ChoiceTask;
import java.util.Optional;

/**
 * A sample that a run is about to answer.
 *
 * @param task where it comes from
 * @param sample the sample
 * @param uncut its prompt before its middle was cut out, where the run wants that; else the same as the sample's
 * @param limitTokens where the middle was cut out; 0 for nowhere
 * @param prompt its prompt in tokens
 * @param length prompt length that was asked for; 0 if the task has its own
 * @param rules when its answers end
 * @param protocol where its question stands; not {@code all}
 */
public record PlannedSample(
        Task task,
        Sample sample,
        Prompt uncut,
        int limitTokens,
        EncodedPrompt prompt,
        int length,
        AnswerRules rules,
        Protocol protocol) {
    /** Facet in which tasks that cut prompts say how long they were. */
    private static final String TOKENS_BEFORE = "tokensBeforeCut";

    /** Tokens of the prompt. */
    public int promptTokens() {
        return prompt.ids().length;
    }

    /** Tokens of the prompt before its middle was cut out. */
    public int tokensBeforeCut() {
        return sample.facets().get(TOKENS_BEFORE) instanceof Number number ? number.intValue() : promptTokens();
    }

    /**
     * The prompt of its second call after a reply to the first, cut where the first one is, as the published program does: a
     * reply may be long.
     *
     * @throws java.util.NoSuchElementException if the sample has one call only
     */
    public Prompt second(String reply, TokenCounter tokens) {
        return ChoiceTask.cut(Optional.ofNullable(sample.second()).orElseThrow().prompt(reply), limitTokens, tokens);
    }

    /** SHA-256 of the prompt's text before the chat format. */
    public String promptSha256() {
        return Hashes.of(sample.prompt().text());
    }

    /** Its prompt as a run keeps it. */
    public PromptFile.Line promptLine() {
        return new PromptFile.Line(promptSha256(), sample.prompt().text());
    }

    /** Its part of the key of a record. */
    public RecordKey.Request request() {
        return new RecordKey.Request(
                task.name(),
                sample.id(),
                length,
                rules.maxNewTokens(),
                rules.minNewTokens(),
                rules.atNewline(),
                rules.seed(),
                rules.maxThinkingTokens());
    }
}
