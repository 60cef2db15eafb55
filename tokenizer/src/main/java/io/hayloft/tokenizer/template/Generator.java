package io.hayloft.tokenizer.template;

import java.util.Iterator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An iterator that some filters give in place of a list: it runs once, makes its items when asked, and has no length. */
final class Generator implements Value, Iterator<Value> {
    private static final int MAX_DEPTH = 50;

    private final int depth;
    private @Nullable Supplier<Iterator<Value>> start;
    private @Nullable Iterator<Value> items;

    /**
     * @param source the value that it reads: generators over generators must not nest too deep
     * @param start gives the items when the first is asked for
     */
    Generator(Value source, Supplier<Iterator<Value>> start) {
        depth = source instanceof Generator inner ? inner.depth + 1 : 0;
        if (depth > MAX_DEPTH) {
            throw new TemplateFailure("filters that give iterators are nested more than " + MAX_DEPTH + " deep");
        }
        this.start = start;
    }

    private Iterator<Value> items() {
        if (items == null) {
            var first = start;
            start = null;
            if (first == null) {
                throw new TemplateFailure("a generator runs already");
            }
            items = first.get();
        }
        return items;
    }

    @Override
    public boolean hasNext() {
        return items().hasNext();
    }

    @Override
    public Value next() {
        return items().next();
    }
}
