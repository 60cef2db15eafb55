package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Bool;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Real;
import io.hayloft.tokenizer.template.Value.Undefined;
import java.util.HashMap;
import java.util.Map;

/** The tests of templates: the word after {@code is}, as in {@code x is defined}. */
final class Tests {
    private interface Plain {
        boolean holds(Value value);
    }

    private interface Binary {
        boolean holds(Value value, Value other);
    }

    private static final Map<String, Plain> PLAIN = new HashMap<>();
    private static final Map<String, Binary> BINARY = new HashMap<>();

    static {
        PLAIN.put("defined", value -> !(value instanceof Undefined));
        PLAIN.put("undefined", value -> value instanceof Undefined);
        PLAIN.put("none", value -> value == None.NONE);
        PLAIN.put("boolean", value -> value instanceof Bool);
        PLAIN.put("true", value -> value instanceof Bool bool && bool.value());
        PLAIN.put("false", value -> value instanceof Bool bool && !bool.value());
        PLAIN.put("integer", value -> value instanceof Int);
        PLAIN.put("float", value -> value instanceof Real);
        PLAIN.put("number", Operators::isNumber);
        PLAIN.put("string", value -> value instanceof Text);
        PLAIN.put("mapping", value -> value instanceof Dict);
        PLAIN.put("iterable", value -> value.iterator() != null || value instanceof Loop);
        PLAIN.put("sequence", Tests::isSequence);
        PLAIN.put(
                "callable", value -> value instanceof Undefined || (value instanceof Thing thing && thing.callable()));
        PLAIN.put("escaped", value -> value instanceof Text text && text.markup());
        PLAIN.put("odd", value -> remainderIs(value, Int.of(2), 1));
        PLAIN.put("even", value -> remainderIs(value, Int.of(2), 0));
        PLAIN.put("lower", value -> TextMethods.isLower(Printing.print(value)));
        PLAIN.put("upper", value -> TextMethods.isUpper(Printing.print(value)));
        PLAIN.put("filter", value -> named(value) && Filters.exists(value.toString()));
        PLAIN.put("test", value -> named(value) && exists(value.toString()));
        BINARY.put("divisibleby", (value, other) -> remainderIs(value, other, 0));
        BINARY.put("sameas", Operators::identical);
        BINARY.put("in", (value, other) -> Operators.compare("in", value, other));
        for (var names : new String[][] {
            {"==", "eq", "equalto"},
            {"!=", "ne"},
            {">", "gt", "greaterthan"},
            {">=", "ge"},
            {"<", "lt", "lessthan"},
            {"<=", "le"}
        }) {
            for (var name : names) {
                BINARY.put(name, (value, other) -> Operators.compare(names[0], value, other));
            }
        }
    }

    private Tests() {}

    static boolean exists(String name) {
        return PLAIN.containsKey(name) || BINARY.containsKey(name);
    }

    /**
     * Runs a test.
     *
     * @param arguments those of the test, behind the value: {@code 3} in {@code x is divisibleby 3}
     * @throws TemplateFailure if there is no such test, or it takes other arguments
     */
    static boolean apply(String name, Value value, Arguments arguments) {
        var binary = BINARY.get(name);
        if (binary != null) {
            // /b: the argument of a comparison is given by its place only (see Arguments.bind)
            var parameter = name.equals("divisibleby")
                    ? "num"
                    : name.equals("in") ? "seq" : name.equals("sameas") ? "other" : "/b";
            return binary.holds(value, arguments.bind(name, parameter).require(0));
        }
        var plain = PLAIN.get(name);
        if (plain == null) {
            throw new TemplateFailure("No test named '" + name + "'.");
        }
        arguments.bind(name, "");
        return plain.holds(value);
    }

    private static boolean isSequence(Value value) {
        return value instanceof Undefined
                || value instanceof Value.Items
                || value instanceof Dict
                || value instanceof Text;
    }

    private static boolean remainderIs(Value value, Value divisor, int wanted) {
        return Operators.equal(Operators.arithmetic("%", value, divisor), Int.of(wanted));
    }

    private static boolean named(Value value) {
        Dict.key(value);
        return value instanceof Text;
    }
}
