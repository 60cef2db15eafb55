package io.hayloft.bench;

import io.hayloft.methods.Method;
import io.hayloft.methods.Methods;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The methods of a run in the order of its tables: the full cache, random choice, then what the user named. */
final class MethodRows {
    private static final String FULL = "full";
    private static final String RANDOM = "random";

    /** Ratio of the random row where no other method has one. */
    private static final double USUAL_RATIO = 4;

    private MethodRows() {}

    /**
     * Canonical expressions without doubles. The rows {@code full} and {@code random} (at every ratio that is asked of
     * another method) are added where the user did not name them: nothing can be judged without them.
     *
     * @throws io.hayloft.base.UserError if an expression is wrong
     */
    static List<String> of(List<String> expressions) {
        var wanted = expressions.isEmpty() ? Methods.defaultGrid() : expressions;
        var parsed = wanted.stream().map(Methods::parse).toList();
        var rows = new ArrayList<String>();
        rows.add(FULL);
        if (parsed.stream().noneMatch(method -> method.family().equals(RANDOM))) {
            rows.addAll(randomRows(parsed));
        }
        parsed.stream()
                .filter(method -> method.family().equals(RANDOM))
                .map(Method::name)
                .forEach(rows::add);
        parsed.stream().map(Method::name).forEach(rows::add);
        return rows.stream().distinct().toList();
    }

    private static List<String> randomRows(List<Method> methods) {
        var ratios = methods.stream()
                .map(Method::requestedRatio)
                .filter(ratio -> ratio > 1)
                .distinct()
                .sorted()
                .toList();
        return (ratios.isEmpty() ? List.of(USUAL_RATIO) : ratios)
                .stream()
                        .map(ratio -> Methods.parse(RANDOM + ":" + number(ratio) + "x")
                                .name())
                        .toList();
    }

    private static String number(double ratio) {
        return ratio == Math.rint(ratio) ? String.format(Locale.ROOT, "%.0f", ratio) : Double.toString(ratio);
    }
}
