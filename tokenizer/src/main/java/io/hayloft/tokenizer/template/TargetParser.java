package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Statement.Target;
import io.hayloft.tokenizer.template.Token.Kind;
import java.util.ArrayList;
import java.util.Set;

/** Reads what values are assigned to. */
final class TargetParser {
    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    /** Loops around this place, in the whole template: none of them lets its variable {@code loop} be set. */
    private int loops;

    TargetParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** The body of a loop starts here. */
    void enterLoop(Target target) {
        loops++;
        requireOther(target);
    }

    void leaveLoop() {
        loops--;
    }

    /** One name. */
    String name() {
        var name = tokens.expectName();
        variable(name);
        return name;
    }

    /** Names, tuples of names, and attributes of namespaces where {@code members} allows them. */
    Target target(boolean members) {
        var targets = new ArrayList<Target>();
        boolean comma = false;
        while (true) {
            var token = tokens.current();
            if (token.kind() == Kind.TAG_END || token.isOperator(")") || (!members && token.isName("in"))) {
                break;
            }
            targets.add(oneTarget(members));
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && targets.size() != 1) {
            throw new TemplateFailure(
                    "a name to assign to is missing before " + tokens.current().describe());
        }
        return comma ? new Target.Several(targets) : targets.getFirst();
    }

    private Target oneTarget(boolean members) {
        if (tokens.skipOperator("(")) {
            var inner = tuplesOfNames(expressions.tuple(true, true, Set.of()));
            tokens.expectOperator(")");
            return inner;
        }
        var name = tokens.expectName();
        if (members && tokens.skipOperator(".")) {
            tokens.mention(name);
            return new Target.Member(name, tokens.expectName());
        }
        return variable(name);
    }

    private Target tuplesOfNames(Expression expression) {
        return switch (expression) {
            case Expression.Name(String name) -> variable(name);
            case Expression.Items(boolean tuple, var items)
            when tuple ->
                new Target.Several(items.stream().map(this::tuplesOfNames).toList());
            default -> throw new TemplateFailure("can't assign to an expression");
        };
    }

    private Target variable(String name) {
        if (CONSTANTS.contains(name)) {
            throw new TemplateFailure("can't assign to '" + name + "'");
        }
        if (loops > 0 && name.equals("loop")) {
            throw new TemplateFailure("Can't assign to special loop variable in for-loop target");
        }
        tokens.store(name);
        return new Target.Variable(name);
    }

    private static void requireOther(Target target) {
        switch (target) {
            case Target.Variable(String name) -> {
                if (name.equals("loop")) {
                    throw new TemplateFailure("Can't assign to special loop variable in for-loop target");
                }
            }
            case Target.Several(var targets) -> targets.forEach(TargetParser::requireOther);
            case Target.Member member -> {
                // Namespaces may have any attribute.
            }
        }
    }
}
