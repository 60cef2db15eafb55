package io.hayloft.tokenizer.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dict: keys in the order in which they came; 1, 1.0 and True are one key. */
final class Dict implements Value {
    private record Entry(Value key, Value value) {}

    private final Map<Object, Entry> entries = new LinkedHashMap<>();
    private @Nullable Extent extent;

    /** Adds or replaces a value, while the dict is made; a key that is there keeps its form. */
    Dict put(Value key, Value value) {
        entries.merge(key(key), new Entry(key, value), (old, now) -> new Entry(old.key(), now.value()));
        return this;
    }

    @Nullable
    Value get(Value key) {
        var entry = entries.get(key(key));
        return entry == null ? null : entry.value();
    }

    int count() {
        return entries.size();
    }

    List<Value> keys() {
        return entries.values().stream().map(Entry::key).toList();
    }

    List<Value> values() {
        return entries.values().stream().map(Entry::value).toList();
    }

    /** Pairs of key and value. */
    List<Value> pairs() {
        return entries.values().stream()
                .<Value>map(entry -> Sequence.tuple(entry.key(), entry.value()))
                .toList();
    }

    boolean equalTo(Dict other) {
        if (count() != other.count()) {
            return false;
        }
        for (var entry : entries.entrySet()) {
            var theirs = other.entries.get(entry.getKey());
            if (theirs == null || !Operators.equal(entry.getValue().value(), theirs.value())) {
                return false;
            }
        }
        return true;
    }

    Extent extent() {
        if (extent == null) {
            var all = new ArrayList<>(keys());
            all.addAll(values());
            extent = Extent.of(all);
        }
        return extent;
    }

    static boolean hashable(Value value) {
        return switch (value) {
            case Sequence sequence ->
                sequence.tuple() && sequence.items().stream().allMatch(Dict::hashable);
            case Dict dict -> false;
            case View view -> false;
            default -> true;
        };
    }

    /** An object that equals that of another value if the values are equal in Python. */
    static Object key(Value value) {
        if (!hashable(value)) {
            throw new TemplateFailure("unhashable type: '" + value.type() + "'");
        }
        return switch (value) {
            case Bool bool -> bool.value() ? BigInteger.ONE : BigInteger.ZERO;
            case Int number -> number.value();
            case Real real -> realKey(real.value());
            case Text text -> text.toString();
            case Sequence sequence -> sequence.items().stream().map(Dict::key).toList();
            case Range range ->
                new RangeKey(range.items().stream().map(Dict::key).toList());
            case Undefined undefined -> Undefined.class;
            default -> value;
        };
    }

    private record RangeKey(List<Object> items) {}

    private static Object realKey(double value) {
        if (!Double.isFinite(value) || value != Math.rint(value)) {
            return value;
        }
        return new BigDecimal(value).toBigInteger();
    }
}
