package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Expression.CallArguments;
import io.hayloft.tokenizer.template.Expression.FilterCall;
import io.hayloft.tokenizer.template.Value.Bool;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Sequence;
import io.hayloft.tokenizer.template.Value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Computes the values of expressions. */
final class Evaluator {
    private final Budget budget;

    Evaluator(Budget budget) {
        this.budget = budget;
    }

    Value value(Expression expression, Scope scope) {
        budget.enter();
        var value = switch (expression) {
            case Expression.Constant(Value constant) -> constant;
            case Expression.Name(String name) -> scope.get(name);
            case Expression.Items(boolean tuple, var items) -> {
                var values = values(items, scope);
                yield budget.made(tuple ? Sequence.tuple(values) : Sequence.list(values));
            }
            case Expression.Pairs(var keys, var values) -> dict(keys, values, scope);
            case Expression.Attribute(var object, String name) -> attribute(value(object, scope), name);
            case Expression.Item(var object, var key) ->
                budget.made(Attributes.item(value(object, scope), value(key, scope)));
            case Expression.Slice slice -> budget.made(slice(slice, scope));
            case Expression.Call call -> call(call, scope, null);
            case Expression.Filter(var inner, var filter) -> filter(value(inner, scope), filter, scope);
            case Expression.Test(var inner, String name, var arguments) ->
                Bool.of(test(name, value(inner, scope), arguments(arguments, scope)));
            case Expression.Arithmetic(String operator, var left, var right) ->
                budget.made(Operators.arithmetic(operator, value(left, scope), value(right, scope)));
            case Expression.Unary(String operator, var inner) -> unary(operator, value(inner, scope));
            case Expression.Logical(boolean and, var left, var right) -> {
                var first = value(left, scope);
                yield first.truth() == and ? value(right, scope) : first;
            }
            case Expression.Comparison comparison -> Bool.of(compare(comparison, scope));
            case Expression.Concatenation(var parts) -> {
                var out = new TextBuilder();
                values(parts, scope).forEach(part -> out.append(Printing.print(part)));
                yield budget.made(out.toText());
            }
            case Expression.Conditional conditional -> conditional(conditional, scope);
        };
        budget.leave();
        return value;
    }

    private Value attribute(Value object, String name) {
        if (object instanceof Text) {
            // A method is likely to walk over the text.
            budget.walk(object);
        }
        return budget.made(Attributes.attribute(object, name));
    }

    private List<Value> values(List<Expression> expressions, Scope scope) {
        var values = new ArrayList<Value>(expressions.size());
        for (var expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Value dict(List<Expression> keys, List<Expression> values, Scope scope) {
        var dict = new Dict();
        for (int i = 0; i < keys.size(); i++) {
            var key = value(keys.get(i), scope);
            dict.put(key, value(values.get(i), scope));
        }
        budget.spend(dict.extent().weight());
        return dict;
    }

    private Value slice(Expression.Slice slice, Scope scope) {
        var object = value(slice.value(), scope);
        return Slices.slice(
                object, orNone(slice.from(), scope), orNone(slice.to(), scope), orNone(slice.step(), scope));
    }

    private Value orNone(@Nullable Expression expression, Scope scope) {
        return expression == null ? None.NONE : value(expression, scope);
    }

    private static Value unary(String operator, Value value) {
        return switch (operator) {
            case "not" -> Bool.of(!value.truth());
            case "-" -> Operators.negative(value);
            default -> Operators.positive(value);
        };
    }

    private boolean compare(Expression.Comparison comparison, Scope scope) {
        var left = value(comparison.values().getFirst(), scope);
        for (int i = 0; i < comparison.operators().size(); i++) {
            var right = value(comparison.values().get(i + 1), scope);
            budget.walk(left);
            budget.walk(right);
            if (!Operators.compare(comparison.operators().get(i), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Value conditional(Expression.Conditional conditional, Scope scope) {
        if (value(conditional.condition(), scope).truth()) {
            return value(conditional.value(), scope);
        }
        return conditional.otherwise() == null
                ? new Undefined("the inline if-expression evaluated to false and no else section was defined.")
                : value(conditional.otherwise(), scope);
    }

    /** @param caller the body of a call block, given as a further argument, or null */
    Value call(Expression.Call call, Scope scope, @Nullable Macro caller) {
        var function = value(call.function(), scope);
        return budget.made(call(function, arguments(call.arguments(), scope, caller)));
    }

    private static Value call(Value function, Arguments arguments) {
        return switch (function) {
            case Thing thing -> thing.call(arguments);
            case Undefined undefined -> throw undefined.failure();
            default -> throw new TemplateFailure("'" + function.type() + "' object is not callable");
        };
    }

    private Arguments arguments(CallArguments given, Scope scope) {
        return arguments(given, scope, null);
    }

    private Arguments arguments(CallArguments given, Scope scope, @Nullable Macro caller) {
        var positional = new ArrayList<>(values(given.positional(), scope));
        if (given.list() != null) {
            value(given.list(), scope).iterate().forEachRemaining(positional::add);
        }
        var named = new LinkedHashMap<String, Value>();
        for (var argument : given.named()) {
            named.put(argument.name(), value(argument.value(), scope));
        }
        if (caller != null && named.put("caller", caller) != null) {
            throw new TemplateFailure("a call block gives the argument 'caller' twice");
        }
        if (given.dict() != null) {
            spread(value(given.dict(), scope), named);
        }
        return new Arguments(positional, named);
    }

    private static void spread(Value value, Map<String, Value> named) {
        if (!(value instanceof Dict dict)) {
            throw new TemplateFailure("argument after ** must be a mapping, not " + value.type());
        }
        for (var key : dict.keys()) {
            var given = dict.get(key);
            if (!(key instanceof Text name) || given == null) {
                throw new TemplateFailure("keywords must be strings");
            }
            if (named.put(name.toString(), given) != null) {
                throw new TemplateFailure("got multiple values for keyword argument '" + name + "'");
            }
        }
    }

    Value filter(Value value, FilterCall filter, Scope scope) {
        return filter(filter.name(), value, arguments(filter.arguments(), scope));
    }

    /** Applies a filter by its name. */
    Value filter(String name, Value value, Arguments arguments) {
        budget.walk(value);
        return budget.made(Filters.apply(name, value, arguments, this));
    }

    /** Applies a test by its name. */
    boolean test(String name, Value value, Arguments arguments) {
        budget.spend(1);
        return Tests.apply(name, value, arguments);
    }
}
