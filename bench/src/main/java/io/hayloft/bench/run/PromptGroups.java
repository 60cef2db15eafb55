package io.hayloft.bench.run;

import io.hayloft.bench.PaperCompat;
import io.hayloft.bench.Protocol;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.Method;
import io.hayloft.tasks.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers a sample with methods of which some shorten its document: one prefill for each text that comes of it. Instruction
 * and question stay as they are.
 */
final class PromptGroups {
    /**
     * An answer and what it was made from.
     *
     * @param answer compared to the full cache of the original prompt
     * @param promptTokens tokens of the prompt as the model saw it
     * @param compressAfter how many of them the method had seen when it compressed
     * @param shortenedPart see {@link io.hayloft.bench.record.BenchRecord#shortenedPart}
     */
    record Answered(
            Answer answer,
            int promptTokens,
            int compressAfter,
            @Nullable String shortenedPart) {}

    /**
     * What a prefill reads.
     *
     * @param twice whether a second start token goes in front
     */
    private record Reading(Prompt prompt, boolean twice) {}

    /**
     * A prompt that a method has shortened, or has not.
     *
     * @param source the prompt before
     * @param reading the prompt after
     * @param compressed what was made of the document; null for a method that leaves the text as it is
     */
    private record Source(
            Prompt source, Reading reading, @Nullable CompressedPrompt compressed) {}

    private final SampleRunner runner;
    private final PlannedSample planned;
    private final Protocol protocol;
    private final @Nullable PaperRows paper;

    PromptGroups(SampleRunner runner, PlannedSample planned, Protocol protocol, @Nullable PaperCompat compat) {
        this.runner = runner;
        this.planned = planned;
        this.protocol = protocol;
        this.paper = compat == null ? null : new PaperRows(compat, planned, runner.model());
    }

    /** Answers in the order of the methods. */
    List<Answered> answer(List<Method> methods) {
        var sources = methods.stream().map(this::source).toList();
        var groups = new LinkedHashMap<Reading, List<Integer>>();
        for (int i = 0; i < sources.size(); i++) {
            groups.computeIfAbsent(sources.get(i).reading(), any -> new ArrayList<>())
                    .add(i);
        }
        var answered = new Answered[methods.size()];
        groups.forEach((reading, members) -> {
            var prompt = encode(reading);
            var running = members.stream()
                    .map(methods::get)
                    .map(method -> paper == null ? method : paper.method(method, prompt.ids().length))
                    .toList();
            var answers = runner.answer(prompt, running, planned.rules());
            for (int i = 0; i < answers.size(); i++) {
                var source = sources.get(members.get(i));
                answered[members.get(i)] = new Answered(
                        adjusted(answers.get(i), source), prompt.ids().length, prompt.compressAfter(), part(source));
            }
        });
        return Arrays.asList(answered);
    }

    private Source source(Method method) {
        var cut = planned.sample().prompt();
        if (paper == null) {
            return source(method, cut);
        }
        var source = source(method, paper.prompt(method));
        return source.compressed() == null || paper.fits(encode(source.reading())) ? source : source(method, cut);
    }

    private Source source(Method method, Prompt prompt) {
        boolean inChat = prompt.chat() && runner.model().chatFormat();
        boolean twice = paper != null && inChat && paper.startsTwice(method);
        var step = method.prompt().filter(one -> !one.keepsAll());
        if (step.isEmpty()) {
            return new Source(prompt, new Reading(prompt, twice), null);
        }
        var compressed = runner.compress(step.get(), prompt.document());
        return new Source(prompt, new Reading(prompt.withDocument(compressed.text()), twice), compressed);
    }

    private EncodedPrompt encode(Reading reading) {
        var prompt = reading.prompt().equals(planned.sample().prompt())
                ? planned.prompt()
                : runner.encode(reading.prompt(), protocol);
        return reading.twice() ? prompt.startingTwice(runner.repeatedStartToken()) : prompt;
    }

    private static @Nullable String part(Source source) {
        if (source.compressed() == null) {
            return null;
        }
        if (source.source().question().isEmpty()) {
            return "prompt";
        }
        return source.source().instruction().isEmpty() ? "context" : "document";
    }

    /** An answer to a shorter prompt: measured against the original one, with the time that shortening took. */
    private Answer adjusted(Answer answer, Source source) {
        var shortened = source.compressed();
        if (shortened == null) {
            return answer;
        }
        var original = encode(new Reading(source.source(), source.reading().twice()));
        return new Answer(
                answer.output(),
                answer.stopReason(),
                answer.generatedTokens(),
                0, // even the first token is chosen from what compression left
                answer.cacheBytes(),
                answer.storedBytes(),
                runner.fullCacheBytes(original.compressAfter()),
                answer.prefillSeconds(),
                answer.compressSeconds() + shortened.seconds(),
                answer.decodeSeconds(),
                answer.decodeSteps());
    }
}
