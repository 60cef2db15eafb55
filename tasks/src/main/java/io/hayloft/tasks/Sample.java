package io.hayloft.tasks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One question with its true answers.
 *
 * @param id unique within the task, and stable: the same request gives the same ids
 * @param references the true answers; the best match counts, unless the task says otherwise
 * @param allClasses every class name of a classification task; empty for other tasks
 * @param maxNewTokens the most tokens an answer may take
 * @param facets what scores may be grouped by, such as {@code length} (tokens or words), {@code depth} (0 to 1) and
 *     {@code repeat}; values are text, whole numbers or doubles, in a fixed order
 */
public record Sample(
        String task,
        Category category,
        String id,
        Prompt prompt,
        List<String> references,
        List<String> allClasses,
        int maxNewTokens,
        Map<String, Object> facets) {
    /** Copies the lists and facets, keeping the order of the facets. */
    public Sample {
        references = List.copyOf(references);
        allClasses = List.copyOf(allClasses);
        facets = Collections.unmodifiableMap(new LinkedHashMap<>(facets));
    }
}
