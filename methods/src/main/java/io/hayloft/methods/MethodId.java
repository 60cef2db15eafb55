package io.hayloft.methods;

import org.jspecify.annotations.Nullable;

/**
 * The identity of a method, and its prompt step, which every kind of method may have.
 *
 * <p>Name and version together identify the results of a method: the name has every parameter that differs from its
 * default, and the version goes up whenever results change under an unchanged name, as they do when a default changes.
 *
 * @param name canonical expression, such as {@code snapkv:4x}
 * @param family name without parameters, such as {@code snapkv}
 * @param category how it saves bytes
 * @param version sum of the versions of its parts, at least 1; see {@link MethodInfo#version}
 * @param prompt how the text of the prompt is shortened before the model reads it; null if it is not
 */
public record MethodId(
        String name,
        String family,
        Category category,
        int version,
        @Nullable PromptStep prompt) {
    /** The ratio by which the text is shortened: 1 if it is not, NaN where it depends on the prompt. */
    public double textRatio() {
        return prompt == null ? 1 : prompt.budget().requestedRatio();
    }
}
