package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Token.Kind;
import java.util.ArrayList;
import java.util.Set;

/** Reads expressions: operators, with the precedence of Jinja2. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        operands = new OperandParser(tokens, this);
    }

    OperandParser operands() {
        return operands;
    }

    /** A value, or several with commas between, which are a tuple. */
    Expression tuple(boolean conditional, boolean inParentheses, Set<String> endNames) {
        var items = new ArrayList<Expression>();
        boolean comma = false;
        while (!atTupleEnd(endNames)) {
            items.add(conditional ? expression() : or());
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && items.size() == 1) {
            return items.getFirst();
        }
        if (!comma && !inParentheses) {
            throw new TemplateFailure(
                    "an expression is missing before " + tokens.current().describe());
        }
        return new Expression.Items(true, items);
    }

    private boolean atTupleEnd(Set<String> endNames) {
        var token = tokens.current();
        return switch (token.kind()) {
            case PRINT_END, TAG_END -> true;
            case OPERATOR -> token.text().equals(")");
            case NAME -> endNames.contains(token.text());
            default -> false;
        };
    }

    Expression expression() {
        tokens.enter();
        int unknown = tokens.unknownNames();
        var value = or();
        while (tokens.skipName("if")) {
            var condition = or();
            var otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expression.Conditional(condition, value, otherwise);
            tokens.forgiveUnknown(unknown);
        }
        tokens.leave();
        return value;
    }

    private Expression or() {
        var left = and();
        while (tokens.skipName("or")) {
            left = new Expression.Logical(false, left, and());
        }
        return left;
    }

    private Expression and() {
        var left = not();
        while (tokens.skipName("and")) {
            left = new Expression.Logical(true, left, not());
        }
        return left;
    }

    private Expression not() {
        if (tokens.skipName("not")) {
            tokens.enter();
            var value = not();
            tokens.leave();
            return new Expression.Unary("not", value);
        }
        return comparison();
    }

    private Expression comparison() {
        var values = new ArrayList<Expression>();
        var operators = new ArrayList<String>();
        values.add(sum());
        while (true) {
            if (tokens.current().kind() == Kind.OPERATOR
                    && COMPARISONS.contains(tokens.current().text())) {
                operators.add(tokens.next().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (tokens.current().isName("not") && tokens.peek().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("notin");
            } else {
                return operators.isEmpty() ? values.getFirst() : new Expression.Comparison(values, operators);
            }
            values.add(sum());
        }
    }

    private Expression sum() {
        var left = concatenation();
        while (tokens.current().isOperator("+") || tokens.current().isOperator("-")) {
            left = new Expression.Arithmetic(tokens.next().text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        var parts = new ArrayList<Expression>();
        parts.add(product());
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Concatenation(parts);
    }

    private Expression product() {
        var left = power();
        while (tokens.current().kind() == Kind.OPERATOR
                && Set.of("*", "/", "//", "%").contains(tokens.current().text())) {
            left = new Expression.Arithmetic(tokens.next().text(), left, power());
        }
        return left;
    }

    private Expression power() {
        var left = unary(true);
        while (tokens.skipOperator("**")) {
            left = new Expression.Arithmetic("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean withFilters) {
        tokens.enter();
        Expression value;
        if (tokens.current().isOperator("-") || tokens.current().isOperator("+")) {
            value = new Expression.Unary(tokens.next().text(), unary(false));
        } else {
            value = operands.primary();
        }
        value = operands.postfix(value);
        value = withFilters ? operands.filters(value) : value;
        tokens.leave();
        return value;
    }
}
