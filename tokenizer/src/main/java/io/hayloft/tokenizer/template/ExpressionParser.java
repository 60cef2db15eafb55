package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Expression.CallArguments;
import io.hayloft.tokenizer.template.Expression.FilterCall;
import io.hayloft.tokenizer.template.Token.Kind;
import io.hayloft.tokenizer.template.Value.Bool;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Real;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions, with the precedence of Jinja2. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
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
            throw new TemplateFailure("an expression is missing before " + tokens.current().describe());
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
            if (tokens.current().kind() == Kind.OPERATOR && COMPARISONS.contains(tokens.current().text())) {
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
            value = primary();
        }
        value = postfix(value);
        value = withFilters ? filters(value) : value;
        tokens.leave();
        return value;
    }

    Expression primary() {
        var token = tokens.next();
        switch (token.kind()) {
            case NAME -> {
                return name(token.text());
            }
            case STRING -> {
                var text = new StringBuilder(token.text());
                while (tokens.current().kind() == Kind.STRING) {
                    text.append(tokens.next().text());
                }
                return new Expression.Constant(Text.of(text.toString()));
            }
            case INTEGER -> {
                return new Expression.Constant(new Int(token.integer()));
            }
            case REAL -> {
                return new Expression.Constant(new Real(Double.parseDouble(token.text().replace("_", ""))));
            }
            case OPERATOR -> {
                switch (token.text()) {
                    case "(" -> {
                        var inner = tuple(true, true, Set.of());
                        tokens.expectOperator(")");
                        return inner;
                    }
                    case "[" -> {
                        return new Expression.Items(false, list("]"));
                    }
                    case "{" -> {
                        return dict();
                    }
                    default -> throw new TemplateFailure("unexpected " + token.describe());
                }
            }
            default -> throw new TemplateFailure("unexpected " + token.describe());
        }
    }

    private Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Expression.Constant(Bool.TRUE);
            case "false", "False" -> new Expression.Constant(Bool.FALSE);
            case "none", "None" -> new Expression.Constant(None.NONE);
            default -> {
                tokens.mention(name);
                yield new Expression.Name(name);
            }
        };
    }

    private List<Expression> list(String end) {
        var items = new ArrayList<Expression>();
        while (!tokens.current().isOperator(end)) {
            items.add(expression());
            if (!tokens.skipOperator(",")) {
                break;
            }
        }
        tokens.expectOperator(end);
        return items;
    }

    private Expression dict() {
        var keys = new ArrayList<Expression>();
        var values = new ArrayList<Expression>();
        while (!tokens.current().isOperator("}")) {
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
            if (!tokens.skipOperator(",")) {
                break;
            }
        }
        tokens.expectOperator("}");
        return new Expression.Pairs(keys, values);
    }

    private Expression postfix(Expression start) {
        var value = start;
        while (tokens.current().kind() == Kind.OPERATOR) {
            switch (tokens.current().text()) {
                case "." -> value = member(value);
                case "[" -> value = subscript(value);
                case "(" -> value = new Expression.Call(value, arguments());
                default -> {
                    return value;
                }
            }
        }
        return value;
    }

    private Expression member(Expression value) {
        tokens.next();
        var name = tokens.next();
        return switch (name.kind()) {
            case NAME -> new Expression.Attribute(value, name.text());
            case INTEGER -> new Expression.Item(value, new Expression.Constant(new Int(name.integer())));
            default -> throw new TemplateFailure("a name or number is missing behind '.'");
        };
    }

    private Expression subscript(Expression value) {
        tokens.next();
        var keys = new ArrayList<Expression>();
        boolean more = !tokens.current().isOperator("]");
        while (more) {
            var from = tokens.current().isOperator(":") ? null : expression();
            if (tokens.current().isOperator(":")) {
                if (!keys.isEmpty()) {
                    throw new TemplateFailure("a slice cannot be part of a tuple of keys");
                }
                return slice(value, from);
            }
            if (from != null) {
                keys.add(from);
            }
            more = tokens.skipOperator(",");
        }
        tokens.expectOperator("]");
        return new Expression.Item(value, keys.size() == 1 ? keys.getFirst() : new Expression.Items(true, keys));
    }

    private Expression slice(Expression value, @Nullable Expression from) {
        tokens.next();
        var to = sliceEnd();
        var step = tokens.skipOperator(":") ? sliceEnd() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(value, from, to, step);
    }

    private @Nullable Expression sliceEnd() {
        var token = tokens.current();
        return token.isOperator(":") || token.isOperator("]") || token.isOperator(",") ? null : expression();
    }

    CallArguments arguments() {
        tokens.expectOperator("(");
        var positional = new ArrayList<Expression>();
        var named = new ArrayList<Expression.NamedArgument>();
        var names = new HashSet<String>();
        Expression list = null;
        Expression dict = null;
        while (!tokens.current().isOperator(")")) {
            if (dict != null) {
                throw new TemplateFailure("invalid syntax for function call expression");
            }
            if (tokens.skipOperator("**")) {
                dict = expression();
            } else if (list == null && tokens.skipOperator("*")) {
                list = expression();
            } else if (tokens.current().kind() == Kind.NAME && tokens.peek().isOperator("=")) {
                var name = tokens.next().text();
                tokens.next();
                if (!names.add(name)) {
                    throw new TemplateFailure("keyword argument repeated: " + name);
                }
                named.add(new Expression.NamedArgument(name, expression()));
            } else if (list == null && named.isEmpty()) {
                positional.add(expression());
            } else {
                throw new TemplateFailure("invalid syntax for function call expression");
            }
            if (!tokens.skipOperator(",")) {
                break;
            }
        }
        tokens.expectOperator(")");
        return new CallArguments(positional, named, list, dict);
    }

    private Expression filters(Expression start) {
        var value = start;
        while (true) {
            if (tokens.current().isOperator("|")) {
                tokens.next();
                value = new Expression.Filter(value, filterCall());
            } else if (tokens.current().isName("is")) {
                value = test(value);
            } else if (tokens.current().isOperator("(")) {
                value = new Expression.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    /** A filter's name and arguments. */
    FilterCall filterCall() {
        var name = dottedName();
        var arguments = tokens.current().isOperator("(") ? arguments() : CallArguments.NONE;
        if (!Filters.exists(name)) {
            tokens.unknown("No filter named '" + name + "'.");
        }
        return new FilterCall(name, arguments);
    }

    private String dottedName() {
        var name = new StringBuilder(tokens.expectName());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expectName());
        }
        return name.toString();
    }

    private Expression test(Expression value) {
        tokens.next();
        boolean negated = tokens.skipName("not");
        var name = dottedName();
        var arguments = CallArguments.NONE;
        var token = tokens.current();
        if (token.isOperator("(")) {
            arguments = arguments();
        } else if (startsArgument(token)) {
            if (token.isName("is")) {
                throw new TemplateFailure("You cannot chain multiple tests with is");
            }
            arguments = new CallArguments(List.of(postfix(primary())), List.of(), null, null);
        }
        if (!Tests.exists(name)) {
            tokens.unknown("No test named '" + name + "'.");
        }
        var test = new Expression.Test(value, name, arguments);
        return negated ? new Expression.Unary("not", test) : test;
    }

    private static boolean startsArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !Set.of("else", "or", "and").contains(token.text());
            case STRING, INTEGER, REAL -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }
}
