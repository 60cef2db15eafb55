package io.hayloft.bench.record;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of one method on one sample: one line of {@code records.jsonl}. The line is flat; its names are those of the
 * components below in snake case, the names of the groups do not occur.
 *
 * @param subject which method answered which sample
 * @param outcome what it wrote and how that scored
 * @param tokens counts of tokens
 * @param bytes sizes of its cache; null where they are not known, as of a server
 * @param times seconds that each part of the work took; null likewise
 * @param origin hashes of what produced the record, and where
 */
public record BenchRecord(
        Subject subject,
        Outcome outcome,
        Tokens tokens,
        @Nullable Bytes bytes,
        @Nullable Times times,
        Origin origin) implements RunLine {
    /**
     * Which method answered which sample.
     *
     * @param model name of the model
     * @param method canonical expression of the method, such as {@code snapkv:4x}
     * @param family name of the method without its parameters, such as {@code snapkv}
     * @param task name of the task
     * @param taskVersion version of the task's texts and rules
     * @param category label of the task's category, such as {@code needle}
     * @param sample identifier of the sample within its task
     * @param seed seed of the run; each sample draws from a hash of it and of the sample
     * @param protocol where the question stood when the method compressed
     * @param facets numbers and words by which results are grouped: {@code length} in tokens, {@code depth} 0 to 1, ...
     */
    public record Subject(
            String model,
            String method,
            String family,
            String task,
            String taskVersion,
            String category,
            String sample,
            long seed,
            String protocol,
            Map<String, Object> facets) {
        /** Copies the facets and refuses missing texts. */
        public Subject {
            present(model, method, family, task, taskVersion, category, sample, protocol);
            facets = Collections.unmodifiableMap(new LinkedHashMap<>(facets));
        }
    }

    /**
     * An answer and its score. References and classes are all that a metric needs beside the output, so that stored
     * outputs can be scored again.
     *
     * @param metric the metric with its version, such as {@code qa_f1/1}
     * @param score 0 to 1
     * @param references the right answers
     * @param allClasses every class name of a classification task; empty for other tasks
     * @param output text that the model wrote, before the task's post-processing, without thoughts
     * @param stopReason why generation ended: {@code eos}, {@code length} or {@code stop_text}; of a server, {@code eos}
     *     for whatever ended the answer before its longest
     * @param thoughts text that the model wrote to itself before the answer; null if there was none
     */
    public record Outcome(
            String metric,
            double score,
            List<String> references,
            List<String> allClasses,
            String output,
            String stopReason,
            @Nullable String thoughts) {
        /** An answer without thoughts. */
        public Outcome(
                String metric,
                double score,
                List<String> references,
                List<String> allClasses,
                String output,
                String stopReason) {
            this(metric, score, references, allClasses, output, stopReason, null);
        }

        /** Copies the lists and refuses scores out of range. */
        public Outcome {
            present(metric, output, stopReason);
            references = List.copyOf(references);
            allClasses = List.copyOf(allClasses);
            if (!(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException("score " + score + " is not between 0 and 1");
            }
        }
    }

    /**
     * Counts of tokens.
     *
     * @param promptTokens tokens of the prompt as the model saw it
     * @param compressAfter tokens of the prompt that the method had seen when it compressed: all, or those up to the question
     * @param shortenedPart part of the prompt's text that the method shortened: {@code document} where the task separates
     *     it from the instruction, else {@code context}, or {@code prompt} for all of it; null for methods that leave
     *     the text alone
     * @param tokensBeforeTruncation tokens of the prompt before its middle was cut out
     * @param generatedTokens tokens of thoughts and output without an EOS token
     * @param freeTokens tokens generated before the first choice that compression could change
     * @param thinkingTokens how many of the generated tokens are thoughts, with their tags
     * @param keptSpans share of the tokens of each named part of the prompt that the cache keeps, mean over its KV heads;
     *     null where the prompt has no such parts or nothing is known
     */
    public record Tokens(
            int promptTokens,
            int compressAfter,
            @Nullable String shortenedPart,
            int tokensBeforeTruncation,
            int generatedTokens,
            int freeTokens,
            int thinkingTokens,
            @Nullable Map<String, Double> keptSpans) {
        /** Refuses counts that no run writes, and copies the map in its order. */
        public Tokens {
            keptSpans = keptSpans == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(keptSpans));
            if (promptTokens < 0 || generatedTokens < 0) {
                throw new IllegalArgumentException("a count is negative");
            }
            if (compressAfter < 0 || compressAfter > promptTokens) {
                throw new IllegalArgumentException(
                        "compressed after " + compressAfter + " of " + promptTokens + " tokens");
            }
        }
    }

    /**
     * Sizes of a cache at the end of prefill.
     *
     * @param requestedRatio compression that the method was asked for; null where its format decides
     * @param achievedRatio fullCacheBytes / storedBytes
     * @param readBytes bytes of what a decode step reads
     * @param storedBytes bytes of all that is kept for the sequence; more than readBytes only for methods that look tokens
     *     up
     * @param fullCacheBytes bytes of the full cache of the same prompt in the run's cache type
     * @param stateBytes the part of each of the other numbers that recurrent states take; 0 for most models
     */
    public record Bytes(
            @Nullable Double requestedRatio,
            double achievedRatio,
            long readBytes,
            long storedBytes,
            long fullCacheBytes,
            long stateBytes) {
        /** Refuses negative sizes. */
        public Bytes {
            if (readBytes < 0 || storedBytes < 0 || fullCacheBytes < 0 || stateBytes < 0) {
                throw new IllegalArgumentException("a number of bytes is negative");
            }
            finite(achievedRatio);
        }
    }

    /**
     * Wall times.
     *
     * @param prefillSeconds time of the prefill that the methods of a sample share
     * @param compressSeconds time to build this method's cache, as if no other method had computed the same scores before
     * @param decodeSeconds this method's part of the decode time of the batch: its own work and an equal part of the rest
     * @param ownDecodeSeconds time that the decode steps spent on this method's cache alone
     * @param sharedDecodeSeconds time of the rest of the same steps, undivided: alone, a step takes
     *     (ownDecodeSeconds + sharedDecodeSeconds) / decodeSteps
     * @param decodeSteps steps after the prompt that this method took part in: one less than the tokens chosen, an EOS
     *     token included, as reading the prompt chooses the first
     * @param batchRows mean number of sequences that decoded together in these steps; 0 if there were none
     */
    public record Times(
            double prefillSeconds,
            double compressSeconds,
            double decodeSeconds,
            double ownDecodeSeconds,
            double sharedDecodeSeconds,
            int decodeSteps,
            double batchRows) {
        /** Seconds from prompt to answer, if this method had run alone. */
        public double totalSeconds() {
            return prefillSeconds + compressSeconds + ownDecodeSeconds + sharedDecodeSeconds;
        }

        /** Refuses what is not a time. */
        public Times {
            finite(prefillSeconds, compressSeconds, decodeSeconds, ownDecodeSeconds, sharedDecodeSeconds, batchRows);
            if (decodeSteps < 0) {
                throw new IllegalArgumentException("a count is negative");
            }
        }
    }

    /**
     * The prompt, settings and machine that a record comes from.
     *
     * @param promptSha256 SHA-256 of the prompt's text in UTF-8, before the chat format and before it was shortened
     * @param promptIdsSha256 SHA-256 of the tokens that the model read; of a server, of the text that it was sent
     * @param key hash of everything that decides the output
     * @param machine name of the machine in {@code run.json}
     */
    public record Origin(String promptSha256, String promptIdsSha256, String key, String machine) {
        /** Refuses missing texts. */
        public Origin {
            present(promptSha256, promptIdsSha256, key, machine);
        }
    }

    private static void present(String... texts) {
        for (var text : texts) {
            Objects.requireNonNull(text, "a text field is missing");
        }
    }

    private static void finite(double... values) {
        for (double value : values) {
            if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a time or ratio is not a finite number");
            }
        }
    }

    /** The same answer with another score. */
    public BenchRecord scored(String metric, double score) {
        var other = new Outcome(
                metric,
                score,
                outcome.references(),
                outcome.allClasses(),
                outcome.output(),
                outcome.stopReason(),
                outcome.thoughts());
        return new BenchRecord(subject, other, tokens, bytes, times, origin);
    }

    @Override
    public String key() {
        return origin.key();
    }

    /** See {@link Subject}. */
    public String method() {
        return subject.method();
    }

    /** See {@link Subject}. */
    public String family() {
        return subject.family();
    }

    /** See {@link Subject}. */
    public String task() {
        return subject.task();
    }

    /** See {@link Subject}. */
    public String category() {
        return subject.category();
    }

    /** See {@link Subject}. */
    public String sample() {
        return subject.sample();
    }

    /** See {@link Subject}. */
    public Map<String, Object> facets() {
        return subject.facets();
    }

    /** See {@link Outcome}. */
    public double score() {
        return outcome.score();
    }

    /** See {@link Outcome}. */
    public List<String> references() {
        return outcome.references();
    }

    /** See {@link Outcome}. */
    public String output() {
        return outcome.output();
    }

    /** See {@link Outcome}. */
    public String stopReason() {
        return outcome.stopReason();
    }

    /** See {@link Tokens}. */
    public int promptTokens() {
        return tokens.promptTokens();
    }

    /** See {@link Tokens}. */
    public int compressAfter() {
        return tokens.compressAfter();
    }

    /** See {@link Tokens}. */
    public int generatedTokens() {
        return tokens.generatedTokens();
    }

    /** See {@link Tokens}. */
    public int freeTokens() {
        return tokens.freeTokens();
    }

    /** Returns whether sizes and times are known: not where a server has answered. */
    public boolean isMeasured() {
        return bytes != null && times != null;
    }

    private static <T> T known(@Nullable T group) {
        return Objects.requireNonNull(group, "sizes and times of this record are not known");
    }

    /** See {@link Bytes}; only of a record that {@link #isMeasured}. */
    public @Nullable Double requestedRatio() {
        return known(bytes).requestedRatio();
    }

    /** See {@link Bytes}; only of a record that {@link #isMeasured}. */
    public double achievedRatio() {
        return known(bytes).achievedRatio();
    }

    /** See {@link Bytes}; only of a record that {@link #isMeasured}. */
    public long readBytes() {
        return known(bytes).readBytes();
    }

    /** See {@link Bytes}; only of a record that {@link #isMeasured}. */
    public long storedBytes() {
        return known(bytes).storedBytes();
    }

    /** See {@link Bytes}; only of a record that {@link #isMeasured}. */
    public long fullCacheBytes() {
        return known(bytes).fullCacheBytes();
    }

    /** See {@link Bytes}; only of a record that {@link #isMeasured}. */
    public long stateBytes() {
        return known(bytes).stateBytes();
    }

    /** See {@link Times}; only of a record that {@link #isMeasured}. */
    public double prefillSeconds() {
        return known(times).prefillSeconds();
    }

    /** See {@link Times}; only of a record that {@link #isMeasured}. */
    public double compressSeconds() {
        return known(times).compressSeconds();
    }

    /** See {@link Times}; only of a record that {@link #isMeasured}. */
    public double decodeSeconds() {
        return known(times).decodeSeconds();
    }

    /** See {@link Times}; only of a record that {@link #isMeasured}. */
    public int decodeSteps() {
        return known(times).decodeSteps();
    }

    /** See {@link Times#totalSeconds}; only of a record that {@link #isMeasured}. */
    public double totalSeconds() {
        return known(times).totalSeconds();
    }

    /** See {@link Origin}. */
    public String promptSha256() {
        return origin.promptSha256();
    }
}
