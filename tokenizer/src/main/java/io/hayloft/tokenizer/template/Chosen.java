package io.hayloft.tokenizer.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The filters that apply other filters or tests to each item, one at a time as the items are asked for. */
final class Chosen {
    private Chosen() {}

    static Value map(Value value, Arguments arguments, Evaluator evaluator) {
        return lazy(value, () -> {
            var function = mapping(arguments, evaluator);
            var items = value.iterate();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return items.hasNext();
                }

                @Override
                public Value next() {
                    return function.apply(items.next());
                }
            };
        });
    }

    /** A generator; as in Jinja2, what is false has no items, and mistakes show when the first is asked for. */
    private static Generator lazy(Value value, Supplier<Iterator<Value>> items) {
        return new Generator(value, () -> value.truth() ? items.get() : Collections.emptyIterator());
    }

    private static Function<Value, Value> mapping(Arguments arguments, Evaluator evaluator) {
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            var named = new LinkedHashMap<>(arguments.named());
            var attribute = named.remove("attribute");
            var otherwise = named.remove("default");
            if (!named.isEmpty() || attribute == null) {
                throw new TemplateFailure("Unexpected keyword argument '"
                        + named.keySet().iterator().next() + "'");
            }
            var path = path(attribute);
            return item -> at(item, path, otherwise == Value.None.NONE ? null : otherwise);
        }
        if (arguments.positional().isEmpty()) {
            throw new TemplateFailure("map requires a filter argument");
        }
        var name = name(arguments.positional().getFirst(), "filter");
        var rest = arguments.without(1);
        return item -> evaluator.filter(name, item, rest);
    }

    private static String name(Value value, String what) {
        if (!(value instanceof Text text)) {
            throw new TemplateFailure("No " + what + " named " + Printing.literal(value) + ".");
        }
        return text.toString();
    }

    static Value select(Value value, Arguments arguments, Evaluator evaluator, boolean wanted, boolean byAttribute) {
        return lazy(value, () -> {
            var test = test(arguments, evaluator, byAttribute);
            return matching(value.iterate(), item -> test.test(item) == wanted);
        });
    }

    private static Predicate<Value> test(Arguments arguments, Evaluator evaluator, boolean byAttribute) {
        var rest = arguments;
        Function<Value, Value> part = item -> item;
        if (byAttribute) {
            if (rest.positional().isEmpty()) {
                throw new TemplateFailure("Missing parameter for attribute name");
            }
            var path = path(rest.positional().getFirst());
            part = item -> at(item, path, null);
            rest = rest.without(1);
        }
        var looked = part;
        if (rest.positional().isEmpty()) {
            return item -> looked.apply(item).truth();
        }
        var name = name(rest.positional().getFirst(), "test");
        var given = rest.without(1);
        return item -> evaluator.test(name, looked.apply(item), given);
    }

    static Iterator<Value> matching(Iterator<Value> items, Predicate<Value> test) {
        return new Iterator<>() {
            private @Nullable Value next;

            @Override
            public boolean hasNext() {
                while (next == null && items.hasNext()) {
                    var item = items.next();
                    next = test.test(item) ? item : null;
                }
                return next != null;
            }

            @Override
            public Value next() {
                if (!hasNext() || next == null) {
                    throw new NoSuchElementException();
                }
                var item = next;
                next = null;
                return item;
            }
        };
    }

    /** The parts of a path such as {@code address.city} or {@code pair.0}. */
    static List<Value> path(Value attribute) {
        if (attribute == Value.None.NONE) {
            return List.of();
        }
        if (!(attribute instanceof Text text)) {
            return List.of(attribute);
        }
        var parts = new ArrayList<Value>();
        for (var part : Texts.split(text, Text.of("."), -1)) {
            var number = part.truth() && part.toString().chars().allMatch(Character::isDigit)
                    ? Numbers.parseWhole(part.toString(), 10)
                    : null;
            parts.add(number == null ? part : new Value.Int(number));
        }
        return parts;
    }

    /** The value at the end of a path; {@code otherwise} stands in for parts that do not exist, if it is given. */
    static Value at(Value item, List<Value> path, @Nullable Value otherwise) {
        var value = item;
        for (var part : path) {
            value = Attributes.item(value, part);
            if (otherwise != null && value instanceof Value.Undefined) {
                value = otherwise;
            }
        }
        return value;
    }
}
