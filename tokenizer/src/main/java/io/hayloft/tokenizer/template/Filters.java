package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Arguments.Bound;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The table of filters. */
final class Filters {
    /** The function of a filter, with its arguments bound to parameters. */
    interface Body {
        Value apply(Value value, Bound arguments);
    }

    private interface Filter {
        Value apply(Value value, Arguments arguments, Evaluator evaluator);
    }

    private static final Map<String, Filter> TABLE = new HashMap<>();
    private static final Set<String> UNSUPPORTED = Set.of("random", "urlize", "pprint", "wordwrap", "striptags");

    static {
        TextFilters.all(Filters::define);
        ListFilters.all(Filters::define);
        NumberFilters.all(Filters::define);
        define("default", "default_value? boolean?", Filters::orDefault);
        define("d", "default_value? boolean?", Filters::orDefault);
        define("length", "", (value, given) -> Value.Int.of(value.requireSize()));
        define("count", "", (value, given) -> Value.Int.of(value.requireSize()));
        define("attr", "name", (value, given) -> {
            var name = given.text(0).toString();
            var own = Attributes.own(value, name);
            return own == null ? new Value.Undefined("'" + value.type() + "' has no attribute '" + name + "'") : own;
        });
        TABLE.put("tojson", (value, arguments, evaluator) -> Json.dump(value, arguments));
        TABLE.put("format", (value, arguments, evaluator) -> TextFilters.format(value, arguments));
        TABLE.put("map", Chosen::map);
        TABLE.put("select", (value, arguments, evaluator) -> Chosen.select(value, arguments, evaluator, true, false));
        TABLE.put("reject", (value, arguments, evaluator) -> Chosen.select(value, arguments, evaluator, false, false));
        TABLE.put(
                "selectattr", (value, arguments, evaluator) -> Chosen.select(value, arguments, evaluator, true, true));
        TABLE.put(
                "rejectattr", (value, arguments, evaluator) -> Chosen.select(value, arguments, evaluator, false, true));
        for (var name : UNSUPPORTED) {
            TABLE.put(name, (value, arguments, evaluator) -> {
                throw new TemplateFailure("the filter '" + name + "' is not supported");
            });
        }
    }

    /** Takes the entries of a part of the table. */
    interface Table {
        void put(String name, String parameters, Body body);
    }

    private Filters() {}

    private static void define(String name, String parameters, Body body) {
        TABLE.put(name, (value, arguments, evaluator) -> body.apply(value, arguments.bind(name, parameters)));
    }

    static boolean exists(String name) {
        return TABLE.containsKey(name);
    }

    static Value apply(String name, Value value, Arguments arguments, Evaluator evaluator) {
        var filter = TABLE.get(name);
        if (filter == null) {
            throw new TemplateFailure("No filter named '" + name + "'.");
        }
        return filter.apply(value, arguments, evaluator);
    }

    private static Value orDefault(Value value, Bound given) {
        boolean missing = value instanceof Value.Undefined || (given.flag(1) && !value.truth());
        return missing ? given.or(0, Text.EMPTY) : value;
    }
}
