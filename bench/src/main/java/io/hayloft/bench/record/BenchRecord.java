package io.hayloft.bench.record;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of one method on one sample: one line of {@code records.jsonl}, its names in snake case.
 *
 * @param model name of the model
 * @param method canonical expression of the method, such as {@code snapkv:4x}
 * @param family what the expression starts with, such as {@code snapkv}
 * @param task name of the task
 * @param taskVersion version of the task's texts and rules
 * @param category label of the task's category, such as {@code needle}
 * @param sample identifier of the sample within its task
 * @param metric the metric with its version, such as {@code qa_f1/1}
 * @param score 0 to 1
 * @param references the right answers
 * @param output what the model wrote, before the task's post-processing
 * @param stopReason why generation ended: {@code eos}, {@code length} or {@code stop_text}
 * @param promptTokens tokens of the prompt as the model saw it
 * @param compressAfter how many of them the method had seen when it compressed: all, or those up to the question
 * @param shortenedPart which part of the prompt's text the method shortened: {@code document} where the task tells it from
 *     the instruction, else {@code context}, or {@code prompt} where all of it was; null for methods that leave the text as it is
 * @param tokensBeforeTruncation tokens of the prompt before its middle was cut out
 * @param generatedTokens tokens of the output, an end token not counted
 * @param freeTokens tokens generated before the first choice that compression could change
 * @param requestedRatio the compression that the method was asked for; null where it is a matter of its format
 * @param achievedRatio fullCacheBytes / cacheBytes
 * @param cacheBytes allocated bytes of this method's cache at the end of prefill, of which each step reads
 * @param storedBytes cacheBytes and what is stored beside, to be looked up: equal except for methods with a far memory
 * @param fullCacheBytes bytes that the full cache of the run's cache type needs for the same prompt
 * @param prefillSeconds time of the prefill that the methods of a sample share
 * @param compressSeconds time to build this method's cache, as if no other method had computed the same scores
 *     before
 * @param decodeSeconds time of decoding in lockstep: this method's own attention and policy, and an equal share of the
 *     rest, the linear layers above all
 * @param decodeSteps lockstep steps after the prompt that this method took part in, which decodeSeconds is the time of: one
 *     less than the tokens chosen, an end token included, as reading the prompt chooses the first
 * @param promptSha256 SHA-256 of the final prompt text in UTF-8, before the chat format
 * @param seed seed of the run; each sample draws from a hash of it and of the sample
 * @param protocol whether the method saw the question
 * @param facets numbers and words by which results are grouped: {@code length} in tokens, {@code depth} 0 to 1, ...
 * @param key hash of everything that produced this record
 */
public record BenchRecord(
        String model,
        String method,
        String family,
        String task,
        String taskVersion,
        String category,
        String sample,
        String metric,
        double score,
        List<String> references,
        String output,
        String stopReason,
        int promptTokens,
        int compressAfter,
        @Nullable String shortenedPart,
        int tokensBeforeTruncation,
        int generatedTokens,
        int freeTokens,
        @Nullable Double requestedRatio,
        double achievedRatio,
        long cacheBytes,
        long storedBytes,
        long fullCacheBytes,
        double prefillSeconds,
        double compressSeconds,
        double decodeSeconds,
        int decodeSteps,
        String promptSha256,
        long seed,
        String protocol,
        Map<String, Object> facets,
        String key) {

    /** Refuses what no run writes, so that a damaged line is noticed where it is read. */
    public BenchRecord {
        for (var text : new String[] {
            model,
            method,
            family,
            task,
            taskVersion,
            category,
            sample,
            metric,
            output,
            stopReason,
            promptSha256,
            protocol,
            key
        }) {
            Objects.requireNonNull(text, "a text field is missing");
        }
        references = List.copyOf(references);
        facets = Collections.unmodifiableMap(new LinkedHashMap<>(facets));
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("score " + score + " is not between 0 and 1");
        }
        if (promptTokens < 0 || generatedTokens < 0 || decodeSteps < 0) {
            throw new IllegalArgumentException("a count is negative");
        }
        if (cacheBytes < 0 || storedBytes < 0 || fullCacheBytes < 0) {
            throw new IllegalArgumentException("a number of bytes is negative");
        }
        if (compressAfter < 0 || compressAfter > promptTokens) {
            throw new IllegalArgumentException("compressed after " + compressAfter + " of " + promptTokens + " tokens");
        }
        if (!isTime(prefillSeconds) || !isTime(compressSeconds) || !isTime(decodeSeconds) || !isTime(achievedRatio)) {
            throw new IllegalArgumentException("a time or ratio is no finite number");
        }
    }

    private static boolean isTime(double value) {
        return value >= 0 && value < Double.POSITIVE_INFINITY;
    }
}
