package io.hayloft.tokenizer.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value that a template computes. */
sealed interface Expression {
    /** A literal. */
    record Constant(Value value) implements Expression {}

    /** A variable. */
    record Name(String name) implements Expression {}

    /** A list or tuple. */
    record Items(boolean tuple, List<Expression> items) implements Expression {}

    /** A dict. */
    record Pairs(List<Expression> keys, List<Expression> values) implements Expression {}

    /** {@code value.name}. */
    record Attribute(Expression value, String name) implements Expression {}

    /** {@code value[key]}. */
    record Item(Expression value, Expression key) implements Expression {}

    /** {@code value[from:to:step]}. */
    record Slice(
            Expression value,
            @Nullable Expression from,
            @Nullable Expression to,
            @Nullable Expression step) implements Expression {}

    /** {@code function(arguments)}. */
    record Call(Expression function, CallArguments arguments) implements Expression {}

    /** {@code value | filter}. */
    record Filter(Expression value, FilterCall filter) implements Expression {}

    /** {@code value is name}. */
    record Test(Expression value, String name, CallArguments arguments) implements Expression {}

    /** {@code + - * / // % **}. */
    record Arithmetic(String operator, Expression left, Expression right) implements Expression {}

    /** {@code + - not} before a value. */
    record Unary(String operator, Expression value) implements Expression {}

    /** {@code and or}. */
    record Logical(boolean and, Expression left, Expression right) implements Expression {}

    /** {@code a < b <= c}: one more value than operators. */
    record Comparison(List<Expression> values, List<String> operators) implements Expression {}

    /** {@code a ~ b}. */
    record Concatenation(List<Expression> parts) implements Expression {}

    /** {@code value if condition else otherwise}. */
    record Conditional(
            Expression condition,
            Expression value,
            @Nullable Expression otherwise) implements Expression {}

    /** Arguments of a call; the last two are {@code *list} and {@code **dict}. */
    record CallArguments(
            List<Expression> positional,
            List<NamedArgument> named,
            @Nullable Expression list,
            @Nullable Expression dict) {
        static final CallArguments NONE = new CallArguments(List.of(), List.of(), null, null);
    }

    /** {@code name=value}. */
    record NamedArgument(String name, Expression value) {}

    /** A filter without what it is applied to. */
    record FilterCall(String name, CallArguments arguments) {}
}
