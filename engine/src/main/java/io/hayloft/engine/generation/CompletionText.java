package io.hayloft.engine.generation;

import io.hayloft.tokenizer.TextStream;
import io.hayloft.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;

/** The growing text of a completion: finds the stop text and holds back what might be its beginning. */
final class CompletionText {
    private final @Nullable TextStream stream;
    private final @Nullable StopText stop;
    private final StringBuilder text = new StringBuilder();
    private int tokens;
    private int searchFrom;
    private int told;
    private boolean stopped;

    /** Without a tokenizer the text stays empty. */
    CompletionText(@Nullable Tokenizer tokenizer, @Nullable StopText stop) {
        this.stream = tokenizer == null ? null : tokenizer.stream();
        this.stop = stop;
    }

    /** Adds a token; returns the text that is now certain. */
    String push(int id) {
        if (stream == null) {
            return "";
        }
        if (stop != null && tokens++ < stop.afterTokens()) {
            text.append(stream.push(id));
            searchFrom = text.length();
        } else {
            text.append(stream.push(id));
            cutAtStop();
        }
        return tell(stopped ? text.length() : text.length() - heldBack());
    }

    /** Ends the text; returns what had been held back. */
    String finish() {
        if (stream != null && !stopped) {
            text.append(stream.flush());
            cutAtStop();
        }
        return tell(text.length());
    }

    /** Whether the stop text has appeared. */
    boolean stopped() {
        return stopped;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    private void cutAtStop() {
        int at = stop == null ? -1 : text.indexOf(stop.text(), searchFrom);
        if (at >= 0) {
            text.setLength(at);
            stopped = true;
        } else if (stop != null) {
            searchFrom = Math.max(searchFrom, text.length() - stop.text().length() + 1);
        }
    }

    /** Length of the longest end of the text that may be the beginning of the stop text. */
    private int heldBack() {
        if (stop == null) {
            return 0;
        }
        int longest = Math.min(stop.text().length() - 1, text.length() - searchFrom);
        for (int n = longest; n > 0; n--) {
            if (stop.text().startsWith(text.substring(text.length() - n))) {
                return n;
            }
        }
        return 0;
    }

    private String tell(int end) {
        var piece = text.substring(Math.min(told, end), end);
        told = Math.max(told, end);
        return piece;
    }
}
