package io.hayloft.bench;

import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The methods of a run in the order of its tables: the full cache, random choice, then what the user named. */
final class MethodRows {
    private static final String FULL = "full";
    private static final String RANDOM = "random";
    private static final String TRUNCATION = "truncation";

    /** Ratio of the controls where no other method has one. */
    private static final double USUAL_RATIO = 4;

    /** Ratios that differ by less share their controls. */
    private static final double SAME_RATIO = 0.03;

    /** A number of tokens where an expression has its budget, as in {@code snapkv:512,window=64}. */
    private static final Pattern TOKENS = Pattern.compile(":(\\d{1,9})(?=,| |$)");

    private MethodRows() {}

    /**
     * Canonical expressions without doubles. The rows {@code full}, {@code random} and {@code truncation} (the latter at
     * every ratio and number of tokens that is asked of another method) are added where the user did not name them: nothing
     * can be judged without them.
     *
     * @param truncation whether rows of {@code truncation} are added
     * @throws io.hayloft.base.UserError if an expression is wrong
     */
    static List<String> of(List<String> expressions, boolean truncation) {
        var wanted = expressions.isEmpty() ? Methods.defaultGrid() : expressions;
        var parsed = wanted.stream().map(Methods::parse).toList();
        var rows = new ArrayList<String>();
        rows.add(FULL);
        addControl(RANDOM, parsed, true, rows);
        addControl(TRUNCATION, parsed, truncation, rows);
        parsed.stream().map(Method::name).forEach(rows::add);
        return rows.stream().distinct().toList();
    }

    /** Rows of a control: those that the user named, else one for each budget of the others. */
    private static void addControl(String name, List<Method> methods, boolean wanted, List<String> rows) {
        var named = methods.stream()
                .filter(method -> method.family().equals(name))
                .map(Method::name)
                .toList();
        rows.addAll(!named.isEmpty() ? named : wanted ? controlRows(name, methods) : List.<String>of());
    }

    private static List<String> controlRows(String name, List<Method> methods) {
        var ratios = methods.stream()
                .map(Method::requestedRatio)
                .filter(ratio -> ratio > 1)
                .distinct()
                .sorted()
                .toList();
        var budgets = new ArrayList<String>();
        ratios.stream()
                .filter(ratio -> ratios.stream().noneMatch(other -> covers(other, ratio)))
                .forEach(ratio -> budgets.add(number(ratio) + "x"));
        methods.stream().flatMap(MethodRows::tokens).distinct().sorted().forEach(tokens -> budgets.add("" + tokens));
        if (budgets.isEmpty()) {
            budgets.add(number(USUAL_RATIO) + "x");
        }
        return budgets.stream()
                .map(budget -> Methods.parse(name + ":" + budget).name())
                .toList();
    }

    /** Returns whether the control of a round ratio, such as 6, is enough for another one, such as 5.88. */
    private static boolean covers(double round, double ratio) {
        return round == Math.rint(round) && ratio != Math.rint(ratio) && Math.abs(ratio / round - 1) < SAME_RATIO;
    }

    /** Budgets in tokens that a canonical expression holds. */
    private static Stream<Integer> tokens(Method method) {
        return TOKENS.matcher(method.name()).results().map(found -> Integer.valueOf(found.group(1)));
    }

    private static String number(double ratio) {
        return ratio == Math.rint(ratio) ? String.format(Locale.ROOT, "%.0f", ratio) : Double.toString(ratio);
    }
}
