package io.hayloft.methods;

import java.util.List;

/**
 * What there is to say of a method: the line of the registry that help texts, the docs page and {@code --json} print.
 *
 * @param name what an expression starts with
 * @param school how it saves bytes
 * @param idea one sentence
 * @param source paper or code it comes from
 * @param amount what stands behind the colon, empty if nothing does
 * @param parameters its options
 * @param composesWith what may stand behind a plus sign
 * @param example an expression that works
 * @param deviations what differs from the source on purpose, a sentence each
 */
public record MethodInfo(
        String name,
        School school,
        String idea,
        String source,
        String amount,
        List<Parameter> parameters,
        String composesWith,
        String example,
        List<String> deviations) {
    /** Copies the lists. */
    public MethodInfo {
        parameters = List.copyOf(parameters);
        deviations = List.copyOf(deviations);
    }

    /** A method that follows its source. */
    MethodInfo(
            String name,
            School school,
            String idea,
            String source,
            String amount,
            List<Parameter> parameters,
            String composesWith,
            String example) {
        this(name, school, idea, source, amount, parameters, composesWith, example, List.of());
    }

    /** The same method with what differs from its source. */
    MethodInfo deviating(String... sentences) {
        return new MethodInfo(
                name, school, idea, source, amount, parameters, composesWith, example, List.of(sentences));
    }

    /**
     * An option of a method.
     *
     * @param name its key
     * @param standard its default
     * @param meaning what it does
     */
    public record Parameter(String name, String standard, String meaning) {}
}
