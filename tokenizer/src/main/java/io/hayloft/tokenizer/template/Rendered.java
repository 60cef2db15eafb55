package io.hayloft.tokenizer.template;

import java.util.ArrayList;
import java.util.List;

/**
 * A rendered template.
 *
 * @param content the places in {@code text} that come from contents of messages, in order, apart from each other
 */
public record Rendered(String text, List<Span> content) {
    /** Chars {@code from} (included) to {@code to} (excluded) of a text. */
    public record Span(int from, int to) {}

    /** A copy of the list is kept. */
    public Rendered {
        content = List.copyOf(content);
    }

    /** The first {@code length} chars. */
    public Rendered prefix(int length) {
        var spans = new ArrayList<Span>();
        for (var span : content) {
            if (span.from() < length) {
                spans.add(new Span(span.from(), Math.min(span.to(), length)));
            }
        }
        return new Rendered(text.substring(0, length), spans);
    }
}
