package io.hayloft.tokenizer.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call. */
record Arguments(List<Value> positional, Map<String, Value> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /**
     * The arguments by the parameters of a function.
     *
     * @param function its name, for errors
     * @param parameters their names with blanks between; those that end in {@code ?} may be missing, those behind a
     *     {@code /} cannot be named
     */
    Bound bind(String function, String parameters) {
        var names = parameters.isEmpty() ? new String[0] : parameters.split(" ", -1);
        if (positional.size() > names.length) {
            throw new TemplateFailure(
                    function + "() takes at most " + names.length + " arguments (" + positional.size() + " given)");
        }
        var rest = new LinkedHashMap<>(named);
        var values = new ArrayList<@Nullable Value>();
        for (int i = 0; i < names.length; i++) {
            boolean optional = names[i].endsWith("?");
            var name = optional ? names[i].substring(0, names[i].length() - 1) : names[i];
            var value = name.startsWith("/") ? null : rest.remove(name);
            if (i < positional.size()) {
                if (value != null) {
                    throw new TemplateFailure(function + "() got multiple values for argument '" + name + "'");
                }
                value = positional.get(i);
            }
            if (value == null && !optional) {
                throw new TemplateFailure(function + "() missing required argument '" + name.replace("/", "") + "'");
            }
            values.add(value);
        }
        if (!rest.isEmpty()) {
            var name = rest.keySet().iterator().next();
            throw new TemplateFailure(function + "() got an unexpected keyword argument '" + name + "'");
        }
        return new Bound(function, values);
    }

    /** All but the first {@code count} positional arguments. */
    Arguments without(int count) {
        return new Arguments(positional.subList(count, positional.size()), named);
    }

    /** Arguments by place; missing ones are null. */
    record Bound(String function, List<@Nullable Value> values) {
        @Nullable
        Value get(int i) {
            return values.get(i);
        }

        /** The argument, or null if it is missing or None. */
        @Nullable
        Value orNull(int i) {
            var value = values.get(i);
            return value == Value.None.NONE ? null : value;
        }

        Value or(int i, Value otherwise) {
            var value = values.get(i);
            return value == null ? otherwise : value;
        }

        Value require(int i) {
            return or(i, Value.None.NONE);
        }

        boolean flag(int i) {
            var value = values.get(i);
            return value != null && value.truth();
        }

        Text text(int i) {
            return textOf(require(i));
        }

        /** A text, or null if the argument is missing or None. */
        @Nullable
        Text textOrNull(int i) {
            var value = orNull(i);
            return value == null ? null : textOf(value);
        }

        private Text textOf(Value value) {
            if (value instanceof Text text) {
                return text;
            }
            throw new TemplateFailure(function + "() wants a string, not '" + value.type() + "'");
        }

        /** A whole number, cut to what an int holds. */
        int integer(int i, int otherwise) {
            var value = values.get(i);
            if (value == null) {
                return otherwise;
            }
            return clamp(whole(value, function + "()"));
        }
    }

    /** The value of an Int or Bool. */
    static BigInteger whole(Value value, String where) {
        return switch (value) {
            case Value.Int number -> number.value();
            case Value.Bool bool -> bool.value() ? BigInteger.ONE : BigInteger.ZERO;
            case Value.Undefined undefined -> throw undefined.failure();
            default ->
                throw new TemplateFailure(
                        where + ": '" + value.type() + "' object cannot be interpreted as an integer");
        };
    }

    static int clamp(BigInteger value) {
        return value.bitLength() < 32 ? value.intValue() : value.signum() < 0 ? -Integer.MAX_VALUE : Integer.MAX_VALUE;
    }
}
