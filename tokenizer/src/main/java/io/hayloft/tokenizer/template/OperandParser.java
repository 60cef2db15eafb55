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

/** Reads what operators stand between: literals and names with the attributes, items, calls, filters and tests behind them. */
final class OperandParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
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
                return new Expression.Constant(
                        new Real(Double.parseDouble(token.text().replace("_", ""))));
            }
            case OPERATOR -> {
                switch (token.text()) {
                    case "(" -> {
                        var inner = expressions.tuple(true, true, Set.of());
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
            items.add(expressions.expression());
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
            keys.add(expressions.expression());
            tokens.expectOperator(":");
            values.add(expressions.expression());
            if (!tokens.skipOperator(",")) {
                break;
            }
        }
        tokens.expectOperator("}");
        return new Expression.Pairs(keys, values);
    }

    Expression postfix(Expression start) {
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
            var from = tokens.current().isOperator(":") ? null : expressions.expression();
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
        return token.isOperator(":") || token.isOperator("]") || token.isOperator(",")
                ? null
                : expressions.expression();
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
                dict = expressions.expression();
            } else if (list == null && tokens.skipOperator("*")) {
                list = expressions.expression();
            } else if (tokens.current().kind() == Kind.NAME && tokens.peek().isOperator("=")) {
                var name = tokens.next().text();
                tokens.next();
                if (!names.add(name)) {
                    throw new TemplateFailure("keyword argument repeated: " + name);
                }
                named.add(new Expression.NamedArgument(name, expressions.expression()));
            } else if (list == null && named.isEmpty()) {
                positional.add(expressions.expression());
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

    Expression filters(Expression start) {
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
