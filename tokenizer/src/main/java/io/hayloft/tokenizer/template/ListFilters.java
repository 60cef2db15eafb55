package io.hayloft.tokenizer.template;

import io.hayloft.tokenizer.template.Arguments.Bound;
import io.hayloft.tokenizer.template.Value.Int;
import io.hayloft.tokenizer.template.Value.None;
import io.hayloft.tokenizer.template.Value.Sequence;
import io.hayloft.tokenizer.template.Value.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** Filters of lists and dicts. */
final class ListFilters {
    private ListFilters() {}

    static void all(Filters.Table table) {
        table.put("list", "", (value, given) -> Sequence.list(value.toList()));
        table.put("first", "", (value, given) -> {
            var items = value.iterate();
            return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
        });
        table.put("last", "", (value, given) -> {
            var items = reversed(value);
            return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getFirst();
        });
        table.put("reverse", "", ListFilters::reverse);
        table.put("join", "d? attribute?", ListFilters::join);
        table.put("items", "", (value, given) -> new Generator(value, () -> pairs(value)));
        table.put("sum", "attribute? start?", ListFilters::sum);
        table.put("min", "case_sensitive? attribute?", (value, given) -> extreme(value, given, -1));
        table.put("max", "case_sensitive? attribute?", (value, given) -> extreme(value, given, 1));
        table.put("sort", "reverse? case_sensitive? attribute?", ListFilters::sort);
        table.put("dictsort", "case_sensitive? by? reverse?", ListFilters::sortDict);
        table.put("unique", "case_sensitive? attribute?", ListFilters::unique);
        table.put("groupby", "attribute default? case_sensitive?", ListFilters::groupBy);
        table.put("batch", "linecount fill_with?", (value, given) -> new Generator(value, () -> batches(value, given)));
        table.put("slice", "slices fill_with?", (value, given) -> new Generator(value, () -> slices(value, given)));
    }

    /** The items from the last to the first, of what has an end. */
    private static List<Value> reversed(Value value) {
        if (value instanceof Generator || value instanceof Thing || value.iterator() == null) {
            throw new TemplateFailure("'" + value.type() + "' object is not reversible");
        }
        var items = value.toList();
        Collections.reverse(items);
        return items;
    }

    private static Value reverse(Value value, Bound given) {
        if (value instanceof Text text) {
            return text.reversed();
        }
        if (value instanceof Generator generator) {
            var items = generator.toList();
            Collections.reverse(items);
            return Sequence.list(items);
        }
        if (value.iterator() == null) {
            throw new TemplateFailure("argument must be iterable");
        }
        var items = reversed(value);
        return new Generator(value, items::iterator);
    }

    private static Value join(Value value, Bound given) {
        var separator = Printing.print(given.or(0, Text.EMPTY));
        var attribute = given.orNull(1);
        var path = attribute == null ? List.<Value>of() : Chosen.path(attribute);
        var out = new TextBuilder();
        boolean first = true;
        for (var items = value.iterate(); items.hasNext(); first = false) {
            out.append(first ? Text.EMPTY : separator).append(Printing.print(Chosen.at(items.next(), path, null)));
        }
        return out.toText();
    }

    private static Iterator<Value> pairs(Value value) {
        return switch (value) {
            case Undefined undefined -> Collections.emptyIterator();
            case Dict dict -> dict.pairs().iterator();
            default -> throw new TemplateFailure("Can only get item pairs from a mapping.");
        };
    }

    private static Value sum(Value value, Bound given) {
        var attribute = given.orNull(0);
        var path = attribute == null ? List.<Value>of() : Chosen.path(attribute);
        var sum = given.or(1, Int.of(0));
        if (sum instanceof Text) {
            throw new TemplateFailure("sum() can't sum strings [use ''.join(seq) instead]");
        }
        for (var items = value.iterate(); items.hasNext(); ) {
            sum = Operators.arithmetic("+", sum, Chosen.at(items.next(), path, null));
        }
        return sum;
    }

    /** The key by which items are compared: an attribute, in lower case unless case counts. */
    private static Function<Value, Value> key(Bound given, int caseSensitive, int attribute) {
        var named = given.orNull(attribute);
        var path = named == null ? List.<Value>of() : Chosen.path(named);
        boolean exact = given.flag(caseSensitive);
        return item -> folded(Chosen.at(item, path, null), exact);
    }

    private static Value folded(Value value, boolean exact) {
        return !exact && value instanceof Text text ? Cases.lower(text) : value;
    }

    private static Value extreme(Value value, Bound given, int sign) {
        var key = key(given, 0, 1);
        var items = value.iterate();
        if (!items.hasNext()) {
            return new Undefined("No aggregated item, sequence was empty.");
        }
        var best = items.next();
        var bestKey = key.apply(best);
        while (items.hasNext()) {
            var item = items.next();
            var itemKey = key.apply(item);
            if (Operators.compare(sign > 0 ? ">" : "<", itemKey, bestKey)) {
                best = item;
                bestKey = itemKey;
            }
        }
        return best;
    }

    private record Keyed(Value key, Value item) {}

    private static Value sorted(List<Value> items, Function<Value, Value> key, boolean reverse) {
        var keyed = new ArrayList<Keyed>();
        items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
        Comparator<Keyed> order = (a, b) -> Operators.order(a.key(), b.key());
        try {
            keyed.sort(reverse ? order.reversed() : order);
        } catch (IllegalArgumentException e) {
            throw new TemplateFailure("the values have no order to sort by");
        }
        return Sequence.list(keyed.stream().map(Keyed::item).toList());
    }

    private static Value sort(Value value, Bound given) {
        var paths = new ArrayList<List<Value>>();
        var attribute = given.or(2, None.NONE);
        if (attribute instanceof Text text) {
            Texts.split(text, Text.of(","), -1).forEach(part -> paths.add(Chosen.path(part)));
        } else {
            paths.add(Chosen.path(attribute));
        }
        boolean exact = given.flag(1);
        return sorted(
                value.toList(),
                item -> Sequence.list(paths.stream()
                        .map(path -> folded(Chosen.at(item, path, null), exact))
                        .toList()),
                given.flag(0));
    }

    private static Value sortDict(Value value, Bound given) {
        if (!(value instanceof Dict dict)) {
            throw new TemplateFailure("'" + value.type() + "' object has no attribute 'items'");
        }
        var by = Printing.print(given.or(1, Text.of("key"))).toString();
        if (!by.equals("key") && !by.equals("value")) {
            throw new TemplateFailure("You can only sort by either \"key\" or \"value\"");
        }
        int place = by.equals("key") ? 0 : 1;
        boolean exact = given.flag(0);
        return sorted(dict.pairs(), pair -> folded(((Sequence) pair).items().get(place), exact), given.flag(2));
    }

    private static Value unique(Value value, Bound given) {
        return new Generator(value, () -> {
            var key = key(given, 0, 1);
            var seen = new HashSet<Object>();
            return Chosen.matching(value.iterate(), item -> seen.add(Dict.key(key.apply(item))));
        });
    }

    private static Value groupBy(Value value, Bound given) {
        var path = Chosen.path(given.require(0));
        var otherwise = given.orNull(1);
        boolean exact = given.flag(2);
        Function<Value, Value> key = item -> folded(Chosen.at(item, path, otherwise), exact);
        var groups = new ArrayList<List<Value>>();
        Value last = null;
        for (var item : ((Sequence) sorted(value.toList(), key, false)).items()) {
            var now = key.apply(item);
            if (last == null || !Operators.equal(last, now)) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(item);
            last = now;
        }
        return Sequence.list(groups.stream()
                .<Value>map(group -> {
                    var items = List.of(Chosen.at(group.getFirst(), path, otherwise), Sequence.list(group));
                    return new Sequence(true, items, List.of("grouper", "list"), Value.Extent.of(items));
                })
                .toList());
    }

    private static Iterator<Value> batches(Value value, Bound given) {
        int size = given.integer(0, 1);
        var fill = given.orNull(1);
        var items = value.iterate();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Value next() {
                var batch = new ArrayList<Value>();
                do {
                    batch.add(items.next());
                } while (items.hasNext() && batch.size() != size);
                if (!items.hasNext() && fill != null && batch.size() < size) {
                    batch.addAll(Collections.nCopies(Math.min(size, 1_000_001) - batch.size(), fill));
                }
                return Sequence.list(batch);
            }
        };
    }

    private static Iterator<Value> slices(Value value, Bound given) {
        int count = given.integer(0, 1);
        var fill = given.orNull(1);
        var items = value.toList();
        if (count == 0) {
            throw new TemplateFailure("integer division or modulo by zero");
        }
        if (count > 1_000_000) {
            throw new TemplateFailure("slice gives more than 1000000 lists");
        }
        var slices = new ArrayList<Value>();
        int size = count < 0 ? 0 : items.size() / count;
        int longer = count < 0 ? 0 : items.size() % count;
        int from = 0;
        for (int i = 0; i < count; i++) {
            int to = from + size + (i < longer ? 1 : 0);
            var slice = new ArrayList<>(items.subList(from, to));
            if (fill != null && i >= longer) {
                slice.add(fill);
            }
            slices.add(Sequence.list(slice));
            from = to;
        }
        return slices.iterator();
    }
}
