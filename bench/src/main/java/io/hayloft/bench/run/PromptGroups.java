package io.hayloft.bench.run;

import io.hayloft.bench.Protocol;
import io.hayloft.methods.Method;
import io.hayloft.methods.prompt.CompressedPrompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     */
    record Answered(Answer answer, int promptTokens, int compressAfter) {}

    private final SampleRunner runner;
    private final PlannedSample planned;
    private final Protocol protocol;

    PromptGroups(SampleRunner runner, PlannedSample planned, Protocol protocol) {
        this.runner = runner;
        this.planned = planned;
        this.protocol = protocol;
    }

    /** Answers in the order of the methods. */
    List<Answered> answer(List<Method> methods) {
        var original = planned.sample().prompt();
        var shortened = new ArrayList<@Nullable CompressedPrompt>();
        var groups = new LinkedHashMap<String, List<Integer>>();
        for (var method : methods) {
            var compressed = method.prompt()
                    .filter(step -> !step.keepsAll())
                    .map(step -> runner.compress(step, original.document()))
                    .orElse(null);
            var document = compressed == null ? original.document() : compressed.text();
            groups.computeIfAbsent(document, any -> new ArrayList<>()).add(shortened.size());
            shortened.add(compressed);
        }
        var answered = new Answered[methods.size()];
        for (Map.Entry<String, List<Integer>> group : groups.entrySet()) {
            var prompt = prompt(group.getKey());
            var members = group.getValue();
            var answers =
                    runner.answer(prompt, members.stream().map(methods::get).toList(), planned.rules());
            for (int i = 0; i < answers.size(); i++) {
                int at = members.get(i);
                var answer = adjusted(answers.get(i), shortened.get(at));
                answered[at] = new Answered(answer, prompt.ids().length, prompt.compressAfter());
            }
        }
        return Arrays.asList(answered);
    }

    private EncodedPrompt prompt(String document) {
        var original = planned.sample().prompt();
        return document.equals(original.document())
                ? planned.prompt()
                : runner.encode(original.withDocument(document), protocol);
    }

    /** An answer to a shorter prompt: measured against the original one, with the time that shortening took. */
    private Answer adjusted(Answer answer, @Nullable CompressedPrompt shortened) {
        if (shortened == null) {
            return answer;
        }
        return new Answer(
                answer.output(),
                answer.stopReason(),
                answer.generatedTokens(),
                0, // even the first token is chosen from what compression left
                answer.cacheBytes(),
                answer.storedBytes(),
                runner.fullCacheBytes(planned.prompt().compressAfter()),
                answer.prefillSeconds(),
                answer.compressSeconds() + shortened.seconds(),
                answer.decodeSeconds(),
                answer.decodeSteps());
    }
}
