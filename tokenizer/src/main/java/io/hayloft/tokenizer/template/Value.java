package io.hayloft.tokenizer.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of the template language, which is a value of Python. Nothing but namespaces and iterators ever changes. */
sealed interface Value
        permits Value.None,
                Value.Undefined,
                Value.Bool,
                Value.Int,
                Value.Real,
                Value.Items,
                Value.View,
                Dict,
                Text,
                Generator,
                Thing {
    /** Python's None. */
    enum None implements Value {
        NONE
    }

    /**
     * The value of a name or attribute that does not exist: prints as nothing, is false, has no items.
     *
     * @param problem the message of any other use
     */
    record Undefined(String problem) implements Value {
        TemplateFailure failure() {
            return new TemplateFailure(problem);
        }
    }

    /** True or False; counts as 1 or 0. */
    record Bool(boolean value) implements Value {
        static final Bool TRUE = new Bool(true);
        static final Bool FALSE = new Bool(false);

        static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }
    }

    /** A whole number of any size up to {@link #MAX_BITS}. */
    record Int(BigInteger value) implements Value {
        private static final int MAX_BITS = 100_000;

        public Int {
            if (value.bitLength() > MAX_BITS) {
                throw new TemplateFailure("a number has more than " + MAX_BITS + " bits");
            }
        }

        static Int of(long value) {
            return new Int(BigInteger.valueOf(value));
        }
    }

    /** A float. */
    record Real(double value) implements Value {}

    /** A list, tuple or range: anything with items at whole places. */
    sealed interface Items extends Value permits Sequence, Range {
        List<Value> items();
    }

    /**
     * A list or tuple.
     *
     * @param names of the items of a named tuple, else empty
     */
    record Sequence(boolean tuple, List<Value> items, List<String> names, Extent extent) implements Items {
        static final Sequence EMPTY_LIST = list(List.of());

        static Sequence list(List<Value> items) {
            return new Sequence(false, items, List.of(), Extent.of(items));
        }

        static Sequence tuple(List<Value> items) {
            return new Sequence(true, items, List.of(), Extent.of(items));
        }

        static Sequence tuple(Value... items) {
            return tuple(List.of(items));
        }
    }

    /** Python's range; its items are few enough to be made at once. */
    record Range(long start, long stop, long step, List<Value> items) implements Items {
        private static final int MAX = 100_000;

        static Range of(long start, long stop, long step) {
            if (step == 0) {
                throw new TemplateFailure("range() arg 3 must not be zero");
            }
            var items = new ArrayList<Value>();
            for (long i = start; step > 0 ? i < stop : i > stop; i = Math.addExact(i, step)) {
                if (items.size() == MAX) {
                    throw new TemplateFailure(
                            "Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + MAX + ").");
                }
                items.add(Int.of(i));
            }
            return new Range(start, stop, step, items);
        }
    }

    /** The result of {@code keys()}, {@code values()} or {@code items()} of a dict. */
    record View(String kind, List<Value> items) implements Value {}

    /**
     * How deep and how large a container is: limits keep every walk over values within stack and time.
     *
     * @param depth levels of containers
     * @param weight values in it, those in inner containers included
     */
    record Extent(int depth, int weight) {
        private static final int MAX_DEPTH = 100;
        private static final int MAX_WEIGHT = 1_000_000;

        static Extent of(Iterable<Value> items) {
            int depth = 0;
            long weight = 1;
            for (var item : items) {
                var extent = of(item);
                depth = Math.max(depth, extent.depth);
                weight += extent.weight;
            }
            return checked(depth + 1, weight);
        }

        static Extent of(Value value) {
            return switch (value) {
                case Sequence sequence -> sequence.extent();
                case Dict dict -> dict.extent();
                case Range range -> new Extent(1, range.items().size() + 1);
                case View view -> of(view.items());
                default -> new Extent(0, 1);
            };
        }

        private static Extent checked(int depth, long weight) {
            if (depth > MAX_DEPTH) {
                throw new TemplateFailure("lists are nested more than " + MAX_DEPTH + " deep");
            }
            requireFew(weight);
            return new Extent(depth, (int) weight);
        }

        /** Throws if that many values are too many for a list. */
        static void requireFew(long values) {
            if (values > MAX_WEIGHT) {
                throw new TemplateFailure("a list holds more than " + MAX_WEIGHT + " values");
            }
        }
    }

    /** The name of the value's type in Python. */
    default String type() {
        return switch (this) {
            case None none -> "NoneType";
            case Undefined undefined -> "Undefined";
            case Bool bool -> "bool";
            case Int number -> "int";
            case Real real -> "float";
            case Sequence sequence -> sequence.tuple() ? "tuple" : "list";
            case Range range -> "range";
            case View view -> "dict_" + view.kind();
            case Dict dict -> "dict";
            case Text text -> text.markup() ? "Markup" : "str";
            case Generator generator -> "generator";
            case Thing thing -> thing.typeName();
        };
    }

    /** Whether an {@code if} takes the value as true. */
    default boolean truth() {
        return switch (this) {
            case None none -> false;
            case Undefined undefined -> false;
            case Bool bool -> bool.value();
            case Int number -> number.value().signum() != 0;
            case Real real -> real.value() != 0;
            case Items items -> !items.items().isEmpty();
            case View view -> !view.items().isEmpty();
            case Dict dict -> dict.count() > 0;
            case Text text -> text.length() > 0;
            case Generator generator -> true;
            case Thing thing -> true;
        };
    }

    /** The items of a loop over the value, or null if it cannot be looped over. */
    default @Nullable Iterator<Value> iterator() {
        return switch (this) {
            case Undefined undefined -> List.<Value>of().iterator();
            case Items items -> items.items().iterator();
            case View view -> view.items().iterator();
            case Dict dict -> dict.keys().iterator();
            case Text text -> text.characters().iterator();
            case Generator generator -> generator;
            default -> null;
        };
    }

    /** The items of a loop over the value. */
    default Iterator<Value> iterate() {
        var items = iterator();
        if (items == null) {
            throw new TemplateFailure("'" + type() + "' object is not iterable");
        }
        return items;
    }

    /** All items of the value, as {@code list(value)}. */
    default List<Value> toList() {
        var items = new ArrayList<Value>();
        iterate().forEachRemaining(item -> {
            Extent.requireFew(items.size());
            items.add(item);
        });
        return items;
    }

    /** The number of items as {@code len(value)}, or -1 if Python would not say. */
    default int size() {
        return switch (this) {
            case Undefined undefined -> 0;
            case Items items -> items.items().size();
            case View view -> view.items().size();
            case Dict dict -> dict.count();
            case Text text -> text.length();
            case Thing thing -> thing.length();
            default -> -1;
        };
    }

    /** As {@code len(value)}. */
    default int requireSize() {
        int size = size();
        if (size < 0) {
            throw new TemplateFailure("object of type '" + type() + "' has no len()");
        }
        return size;
    }
}
