package io.hayloft.methods.registry;

import io.hayloft.methods.Budget;
import io.hayloft.methods.Category;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.Part;
import io.hayloft.methods.expression.Arguments;
import java.util.List;
import java.util.function.Function;

/**
 * One entry of the registry.
 *
 * @param info its description
 * @param part makes the method's part of an expression from the arguments of a call
 */
record Entry(MethodInfo info, Function<Arguments, Part> part) {
    private static final String AMOUNT = "ratio (4x) or tokens (512)";

    /** The same with its differences to its source. */
    Entry deviating(String... sentences) {
        return new Entry(info.deviating(sentences), part);
    }

    /** The same in another version. */
    Entry version(int number) {
        return new Entry(info.version(number), part);
    }

    /** The description of a method whose amount is a budget. */
    static MethodInfo budgeted(
            String name,
            Category category,
            String idea,
            String source,
            List<MethodInfo.Parameter> parameters,
            String composesWith) {
        return new MethodInfo(name, category, idea, source, AMOUNT, parameters, composesWith, name + ":4x");
    }

    /** Reads the amount of such a method. */
    static Budget budget(Arguments arguments) {
        var budget = Budget.parse(arguments.amount("4x"));
        arguments.printAmountAs(budget.text());
        return budget;
    }
}
