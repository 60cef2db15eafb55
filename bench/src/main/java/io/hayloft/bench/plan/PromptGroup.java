package io.hayloft.bench.plan;

import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Methods for which the model reads the same text, and which decode in lockstep: those that leave prompts alone, or that
 * shorten them alike.
 *
 * @param step how they shorten prompts; empty if they do not
 * @param methods the methods, at least one
 */
public record PromptGroup(Optional<PromptStep> step, List<Method> methods) {
    /** Copies the list. */
    public PromptGroup {
        methods = List.copyOf(methods);
    }

    /** The groups of a run. */
    public static List<PromptGroup> of(List<Method> methods) {
        var groups = new LinkedHashMap<Optional<PromptStep>, List<Method>>();
        for (var method : methods) {
            var step = method.prompt().filter(prompt -> !prompt.keepsAll());
            groups.computeIfAbsent(step, any -> new ArrayList<>()).add(method);
        }
        return groups.entrySet().stream()
                .map(group -> new PromptGroup(group.getKey(), group.getValue()))
                .toList();
    }

    /** Tokens that the model reads of a prompt, nearly all of which is the document. */
    public int tokens(int prompt) {
        return step.map(shorter -> shorter.budget().keptTokens(prompt)).orElse(prompt);
    }

    /** Number of prefills of the text: methods whose prompt sees the same share one. */
    public long prefills() {
        return methods.stream().map(Method::prefillPattern).distinct().count();
    }

    /**
     * Size of the caches of these methods together, as a multiple of the original prompt's full cache; a method without a
     * ratio counts as full.
     */
    public double fullCaches() {
        double text = step.map(shorter -> shorter.budget().requestedRatio())
                .filter(ratio -> ratio > 1)
                .orElse(1.0);
        double sum = 0;
        for (var method : methods) {
            double ratio = method.requestedRatio();
            sum += 1 / (ratio > 1 ? ratio : text);
        }
        return sum;
    }
}
