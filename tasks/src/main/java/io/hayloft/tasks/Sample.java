package io.hayloft.tasks;

import io.hayloft.tasks.metric.UnicodeText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One question with its true answers.
 *
 * @param id unique within the task, and stable: the same request gives the same ids
 * @param references the true answers; the best match counts, unless the task says otherwise
 * @param allClasses every class name of a classification task; empty for other tasks
 * @param maxNewTokens the most tokens an answer may take
 * @param facets what scores may be grouped by, such as {@code length} (tokens or words), {@code depth} (0 to 1) and
 *     {@code repeat}; values are text, whole numbers or doubles, in a fixed order
 * @param second the prompt of a second call, after which the answer counts; null for samples of one call
 */
public record Sample(
        String task,
        Category category,
        String id,
        Prompt prompt,
        List<String> references,
        List<String> allClasses,
        int maxNewTokens,
        Map<String, Object> facets,
        @Nullable SecondCall second) {
    /**
     * A prompt without the document, with the model's own reply to the first prompt in it.
     *
     * @param template its text; the reply stands wherever {@value #REPLY} does
     * @param maxNewTokens the most tokens its answer may take
     */
    public record SecondCall(String template, int maxNewTokens) {
        private static final String REPLY = "$COT$";

        /** The prompt after a reply to the first one. */
        public Prompt prompt(String reply) {
            return new Prompt("", template.replace(REPLY, UnicodeText.strip(reply)), true);
        }
    }

    /** A sample of one call. */
    public Sample(
            String task,
            Category category,
            String id,
            Prompt prompt,
            List<String> references,
            List<String> allClasses,
            int maxNewTokens,
            Map<String, Object> facets) {
        this(task, category, id, prompt, references, allClasses, maxNewTokens, facets, null);
    }

    /** The same sample with another prompt. */
    public Sample withPrompt(Prompt other) {
        return new Sample(task, category, id, other, references, allClasses, maxNewTokens, facets, second);
    }

    /** Copies the lists and facets, keeping the order of the facets. */
    public Sample {
        references = List.copyOf(references);
        allClasses = List.copyOf(allClasses);
        facets = Collections.unmodifiableMap(new LinkedHashMap<>(facets));
    }
}
