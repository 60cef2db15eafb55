package io.hayloft.tokenizer.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The variable {@code loop}: where a loop over some values is. */
final class Loop extends Thing implements Iterator<Value> {
    private final @Nullable UnaryOperator<Value> recursion;
    private final int depth;
    private Iterator<Value> items;
    private int length;
    private int index = -1;
    private @Nullable Value before;
    private @Nullable Value current;
    private @Nullable Value after;
    private @Nullable List<Value> changed;

    /**
     * @param length of {@code items}, or -1 if it is not known before they have been run through
     * @param recursion renders the loop's body for the items of another value, in loops marked as recursive
     * @param depth of recursion, from 0
     */
    Loop(Iterator<Value> items, int length, @Nullable UnaryOperator<Value> recursion, int depth) {
        this.items = items;
        this.length = length;
        this.recursion = recursion;
        this.depth = depth;
    }

    @Override
    public boolean hasNext() {
        return after != null || items.hasNext();
    }

    @Override
    public Value next() {
        var value = after == null ? items.next() : after;
        after = null;
        index++;
        before = current;
        current = value;
        return value;
    }

    private @Nullable Value peek() {
        if (after == null && items.hasNext()) {
            after = items.next();
        }
        return after;
    }

    @Override
    int length() {
        if (length < 0) {
            var rest = new ArrayList<Value>();
            items.forEachRemaining(rest::add);
            items = rest.iterator();
            length = rest.size() + index + 1 + (after == null ? 0 : 1);
        }
        return length;
    }

    @Override
    String typeName() {
        return "LoopContext";
    }

    @Override
    String print() {
        return "<LoopContext " + (index + 1) + "/" + length() + ">";
    }

    @Override
    boolean callable() {
        return true;
    }

    @Override
    Value call(Arguments arguments) {
        var value = arguments.bind("loop", "iterable").require(0);
        if (recursion == null) {
            throw new TemplateFailure("The loop must have the 'recursive' marker to be called recursively.");
        }
        return recursion.apply(value);
    }

    @Override
    @Nullable
    Value attribute(String name) {
        return switch (name) {
            case "index" -> Int.of(index + 1);
            case "index0" -> Int.of(index);
            case "revindex" -> Int.of(length() - index);
            case "revindex0" -> Int.of(length() - index - 1);
            case "first" -> Bool.of(index == 0);
            case "last" -> Bool.of(peek() == null);
            case "length" -> Int.of(length());
            case "depth" -> Int.of(depth + 1);
            case "depth0" -> Int.of(depth);
            case "previtem" -> index == 0 || before == null ? new Undefined("there is no previous item") : before;
            case "nextitem" -> {
                var next = peek();
                yield next == null ? new Undefined("there is no next item") : next;
            }
            case "cycle" -> new Function(this::cycle);
            case "changed" -> new Function(this::changed);
            default -> null;
        };
    }

    private Value cycle(Arguments arguments) {
        if (arguments.positional().isEmpty() || !arguments.named().isEmpty()) {
            throw new TemplateFailure("no items for cycling given");
        }
        return arguments.positional().get(index % arguments.positional().size());
    }

    private Value changed(Arguments arguments) {
        var now = arguments.positional();
        boolean same = changed != null && Operators.equal(Sequence.tuple(changed), Sequence.tuple(now));
        changed = now;
        return Bool.of(!same);
    }
}
