package io.hayloft.methods;

import java.util.List;

/**
 * The description of a method, which help texts, the docs page and {@code --json} print.
 *
 * @param name the word that an expression starts with
 * @param category how it saves bytes
 * @param idea one sentence
 * @param source paper or code it comes from
 * @param amount meaning of the amount behind the colon, empty if the method takes none
 * @param parameters its options
 * @param composesWith the parts that may follow a plus sign
 * @param example an expression that works
 * @param deviations differences to the source that are meant, a sentence each
 * @param version starts at 1 and goes up by one whenever results of the method change under an unchanged expression: with
 *     its code, or with the default of a parameter
 */
public record MethodInfo(
        String name,
        Category category,
        String idea,
        String source,
        String amount,
        List<Parameter> parameters,
        String composesWith,
        String example,
        List<String> deviations,
        int version) {
    /** Copies the lists. */
    public MethodInfo {
        parameters = List.copyOf(parameters);
        deviations = List.copyOf(deviations);
    }

    /** A method that follows its source, in its first version. */
    public MethodInfo(
            String name,
            Category category,
            String idea,
            String source,
            String amount,
            List<Parameter> parameters,
            String composesWith,
            String example) {
        this(name, category, idea, source, amount, parameters, composesWith, example, List.of(), 1);
    }

    /** The same method with its differences to its source. */
    public MethodInfo deviating(String... sentences) {
        var lines = List.of(sentences);
        return new MethodInfo(name, category, idea, source, amount, parameters, composesWith, example, lines, version);
    }

    /** The same method in another version. */
    public MethodInfo version(int number) {
        return new MethodInfo(
                name, category, idea, source, amount, parameters, composesWith, example, deviations, number);
    }

    /**
     * An option of a method.
     *
     * @param name its key
     * @param standard its default
     * @param meaning its effect
     */
    public record Parameter(String name, String standard, String meaning) {}
}
