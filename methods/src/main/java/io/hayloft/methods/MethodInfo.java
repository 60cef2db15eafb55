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
 */
public record MethodInfo(
        String name,
        School school,
        String idea,
        String source,
        String amount,
        List<Parameter> parameters,
        String composesWith,
        String example) {
    /**
     * An option of a method.
     *
     * @param name its key
     * @param standard its default
     * @param meaning what it does
     */
    public record Parameter(String name, String standard, String meaning) {}
}
