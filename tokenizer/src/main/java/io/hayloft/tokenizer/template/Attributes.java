package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.Items;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Range;
import io.hayloft.tokenizer.template.Value.Real;
import io.hayloft.tokenizer.template.Value.Sequence;
import io.hayloft.tokenizer.template.Value.Undefined;
import io.hayloft.tokenizer.template.Value.View;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Attributes and items of values, within the limits of Jinja2's immutable sandbox. */
final class Attributes {
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> DICT_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Attributes() {}

    /** {@code object.name}: the attribute, else the item of that name, else undefined. */
    static Value attribute(Value object, String name) {
        var own = own(object, name);
        if (own != null) {
            return own;
        }
        if (object instanceof Dict dict) {
            var item = dict.get(Text.of(name));
            if (item != null) {
                return item;
            }
        }
        return missing(object, Text.of(name));
    }

    /** {@code object[key]}: the item, else the attribute of that name, else undefined. */
    static Value item(Value object, Value key) {
        var item = itemOrNull(object, key);
        if (item != null) {
            return item;
        }
        var own = key instanceof Text name ? own(object, name.toString()) : null;
        return own == null ? missing(object, key) : own;
    }

    private static @Nullable Value itemOrNull(Value object, Value key) {
        return switch (object) {
            case Undefined undefined -> throw undefined.failure();
            case Dict dict -> Dict.hashable(key) ? dict.get(key) : null;
            case Text text -> {
                int place = place(key, text.length());
                yield place < 0 ? null : text.slice(place, place + 1);
            }
            case Items items -> {
                int place = place(key, items.items().size());
                yield place < 0 ? null : items.items().get(place);
            }
            default -> null;
        };
    }

    /** The place that a key names, or -1. */
    private static int place(Value key, int length) {
        if (!Operators.isWhole(key)) {
            return -1;
        }
        int index = Arguments.clamp(Arguments.whole(key, "an index"));
        int place = index < 0 ? index + length : index;
        return place < length ? Math.max(place, -1) : -1;
    }

    private static Undefined missing(Value object, Value name) {
        var owner = object == None.NONE ? "None" : "'" + object.type() + " object'";
        return new Undefined(
                name instanceof Text ? owner + " has no attribute '" + name + "'" : owner + " has no such element");
    }

    /** An attribute in the sense of Python: methods and the like, not items. */
    static @Nullable Value own(Value object, String name) {
        if (object instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (name.startsWith("__") && name.endsWith("__")) {
            return unsafe(object, name);
        }
        return switch (object) {
            case Text text -> TextMethods.method(text, name);
            case Dict dict -> DICT_CHANGES.contains(name) ? unsafe(object, name) : ofDict(dict, name);
            case Sequence sequence ->
                !sequence.tuple() && LIST_CHANGES.contains(name) ? unsafe(object, name) : ofSequence(sequence, name);
            case Range range -> ofRange(range, name);
            case Thing thing -> thing.attribute(name);
            case View view -> null;
            default -> ofNumber(object, name);
        };
    }

    private static Undefined unsafe(Value object, String name) {
        return new Undefined("access to attribute '" + name + "' of '" + object.type() + "' object is unsafe.");
    }

    private static @Nullable Value ofDict(Dict dict, String name) {
        return switch (name) {
            case "keys" -> function("keys", "", arguments -> new View("keys", dict.keys()));
            case "values" -> function("values", "", arguments -> new View("values", dict.values()));
            case "items" -> function("items", "", arguments -> new View("items", dict.pairs()));
            case "copy" -> function("copy", "", arguments -> dict);
            case "get" ->
                function("get", "/key /default?", arguments -> {
                    var value = dict.get(arguments.require(0));
                    return value == null ? arguments.require(1) : value;
                });
            case "fromkeys" ->
                function(
                        "fromkeys",
                        "/iterable /value?",
                        arguments -> Functions.fromKeys(arguments.require(0), arguments.require(1)));
            default -> null;
        };
    }

    private static @Nullable Value ofSequence(Sequence sequence, String name) {
        int named = sequence.names().indexOf(name);
        if (named >= 0) {
            return sequence.items().get(named);
        }
        return switch (name) {
            case "copy" -> sequence.tuple() ? null : function("copy", "", arguments -> sequence);
            case "count" -> count(sequence.items());
            case "index" ->
                function("index", "/value /start? /stop?", arguments -> {
                    int[] ends = Slices.range(sequence.items().size(), arguments, 1);
                    return Int.of(index(sequence, arguments.require(0), ends[0], ends[1]));
                });
            default -> null;
        };
    }

    private static Value count(List<Value> items) {
        return function(
                "count",
                "/value",
                arguments -> Int.of(items.stream()
                        .filter(item -> Operators.same(item, arguments.require(0)))
                        .count()));
    }

    private static int index(Items items, Value wanted, int from, int to) {
        for (int i = from; i < Math.min(to, items.items().size()); i++) {
            var item = items.items().get(i);
            if (Operators.same(item, wanted)) {
                return i;
            }
        }
        throw new TemplateFailure(Printing.literal(wanted) + " is not in " + items.type());
    }

    private static @Nullable Value ofRange(Range range, String name) {
        return switch (name) {
            case "start" -> Int.of(range.start());
            case "stop" -> Int.of(range.stop());
            case "step" -> Int.of(range.step());
            case "count" -> count(range.items());
            case "index" ->
                function(
                        "index",
                        "/value",
                        arguments -> Int.of(index(range, arguments.require(0), 0, Integer.MAX_VALUE)));
            default -> null;
        };
    }

    private static @Nullable Value ofNumber(Value value, String name) {
        if (!Operators.isNumber(value)) {
            return null;
        }
        boolean real = value instanceof Real;
        return switch (name) {
            case "real" -> Operators.positive(value);
            case "imag" -> real ? new Real(0) : Int.of(0);
            case "conjugate" -> function("conjugate", "", arguments -> Operators.positive(value));
            case "numerator" -> real ? null : Operators.positive(value);
            case "denominator" -> real ? null : Int.of(1);
            case "bit_length" ->
                real
                        ? null
                        : function(
                                name,
                                "",
                                arguments -> Int.of(
                                        Arguments.whole(value, name).abs().bitLength()));
            case "is_integer" ->
                real
                        ? function(
                                name,
                                "",
                                arguments -> Value.Bool.of(Numbers.toDouble(value) == Math.rint(Numbers.toDouble(value))
                                        && Double.isFinite(Numbers.toDouble(value))))
                        : null;
            default -> null;
        };
    }

    private interface Method {
        Value call(Arguments.Bound arguments);
    }

    private static Value function(String name, String parameters, Method method) {
        return new Thing.Function(arguments -> method.call(arguments.bind(name, parameters)));
    }
}
