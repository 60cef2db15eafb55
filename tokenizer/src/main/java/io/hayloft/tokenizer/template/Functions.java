package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Value.Bool;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Range;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions that every template has. */
final class Functions {
    private Functions() {}

    /** A scope with all functions. */
    static Scope scope(Clock clock) {
        var scope = new Scope(null);
        scope.set("range", new Thing.Function(Functions::range));
        scope.set("dict", new DictType());
        scope.set("namespace", new Thing.Function(Functions::namespace));
        scope.set("joiner", new Thing.Function(arguments -> {
            return new Joiner(arguments.bind("joiner", "sep?").or(0, Text.of(", ")));
        }));
        scope.set("cycler", new Thing.Function(arguments -> new Cycler(arguments)));
        scope.set("lipsum", new Thing.Function(arguments -> {
            throw new TemplateFailure("lipsum() is not supported: its text is random");
        }));
        scope.set("raise_exception", new Thing.Function(arguments -> {
            var message = arguments.bind("raise_exception", "message").require(0);
            throw new TemplateFailure(Printing.print(message).toString(), true);
        }));
        scope.set("strftime_now", new Thing.Function(arguments -> {
            var format = arguments.bind("strftime_now", "format").text(0);
            return Text.of(Strftime.format(LocalDateTime.now(clock), format.toString()));
        }));
        return scope;
    }

    private static Value range(Arguments arguments) {
        var given = arguments.bind("range", "/start /stop? /step?");
        long first = whole(given.require(0));
        var stop = given.get(1);
        var step = given.get(2);
        return stop == null ? Range.of(0, first, 1) : Range.of(first, whole(stop), step == null ? 1 : whole(step));
    }

    private static long whole(Value value) {
        var number = Arguments.whole(value, "range()");
        if (number.bitLength() > 60) {
            throw new TemplateFailure("range() wants smaller numbers");
        }
        return number.longValue();
    }

    private static Dict dict(Arguments arguments) {
        if (arguments.positional().size() > 1) {
            throw new TemplateFailure("dict expected at most 1 argument, got "
                    + arguments.positional().size());
        }
        var dict = new Dict();
        if (!arguments.positional().isEmpty()) {
            var given = arguments.positional().getFirst();
            if (given instanceof Value.Undefined undefined) {
                throw undefined.failure();
            }
            for (var pair : given instanceof Dict source ? source.pairs() : given.toList()) {
                var items = pair.toList();
                if (items.size() != 2) {
                    throw new TemplateFailure(
                            "dictionary update sequence element has length " + items.size() + "; 2 is required");
                }
                dict.put(items.get(0), items.get(1));
            }
        }
        arguments.named().forEach((name, value) -> dict.put(Text.of(name), value));
        return dict;
    }

    static Dict fromKeys(Value keys, Value value) {
        var dict = new Dict();
        keys.toList().forEach(key -> dict.put(key, value));
        return dict;
    }

    private static Value namespace(Arguments arguments) {
        var namespace = new Namespace();
        var values = dict(arguments);
        var names = values.keys();
        for (int i = 0; i < names.size(); i++) {
            namespace.set(
                    Printing.print(names.get(i)).toString(), values.values().get(i));
        }
        return namespace;
    }

    /** The function {@code dict}, which has a method. */
    private static final class DictType extends Thing {
        @Override
        String typeName() {
            return "TemplateDict";
        }

        @Override
        boolean callable() {
            return true;
        }

        @Override
        Value call(Arguments arguments) {
            return dict(arguments);
        }

        @Override
        @Nullable
        Value attribute(String name) {
            return name.equals("fromkeys")
                    ? new Function(arguments -> {
                        var given = arguments.bind("fromkeys", "/iterable /value?");
                        return fromKeys(given.require(0), given.require(1));
                    })
                    : null;
        }
    }

    /** Gives nothing at its first call, then what stands between items. */
    private static final class Joiner extends Thing {
        private final Value separator;
        private boolean used;

        Joiner(Value separator) {
            this.separator = separator;
        }

        @Override
        String typeName() {
            return "Joiner";
        }

        @Override
        boolean callable() {
            return true;
        }

        @Override
        Value call(Arguments arguments) {
            arguments.bind("joiner", "");
            var value = used ? separator : Text.EMPTY;
            used = true;
            return value;
        }

        @Override
        @Nullable
        Value attribute(String name) {
            return switch (name) {
                case "sep" -> separator;
                case "used" -> Bool.of(used);
                default -> null;
            };
        }
    }

    /** Gives its items in turn, over and over. */
    private static final class Cycler extends Thing {
        private final List<Value> items;
        private int place;

        Cycler(Arguments arguments) {
            if (arguments.positional().isEmpty() || !arguments.named().isEmpty()) {
                throw new TemplateFailure("at least one item has to be provided");
            }
            items = List.copyOf(arguments.positional());
        }

        @Override
        String typeName() {
            return "Cycler";
        }

        @Override
        @Nullable
        Value attribute(String name) {
            return switch (name) {
                case "current" -> items.get(place);
                case "items" -> Sequence.tuple(items);
                case "pos" -> Int.of(place);
                case "next" ->
                    new Function(arguments -> {
                        arguments.bind("next", "");
                        var item = items.get(place);
                        place = (place + 1) % items.size();
                        return item;
                    });
                case "reset" ->
                    new Function(arguments -> {
                        arguments.bind("reset", "");
                        place = 0;
                        return None.NONE;
                    });
                default -> null;
            };
        }
    }
}
