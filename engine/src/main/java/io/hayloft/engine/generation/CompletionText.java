package io.hayloft.engine.generation;

import io.hayloft.tokenizer.TextStream;
import org.jspecify.annotations.Nullable;

/** The growing text of a completion: finds the stop text and holds back what might be its beginning. */
final class CompletionText {
    private final @Nullable TextStream stream;
    private final @Nullable StopText stop;
    private final StringBuilder text = new StringBuilder();
    private String rest = "";
    private int tokens;
    private int searchFrom;
    private int returned;
    private boolean stopped;
    private boolean blankStart;

    /** Without a stream the text stays empty. */
    CompletionText(@Nullable TextStream stream, @Nullable StopText stop) {
        this.stream = stream;
        this.stop = stop;
    }

    /** Adds a token; returns the text that is now certain. */
    String push(int id) {
        if (stream == null) {
            return "";
        }
        if (stop != null && tokens++ < stop.afterTokens()) {
            text.append(stream.push(id));
            dropBlankStart();
            searchFrom = text.length();
            return certain();
        }
        return append(stream.push(id));
    }

    /** Adds text; returns the text that is now certain. */
    String append(String more) {
        text.append(more);
        dropBlankStart();
        cutAtStop();
        return certain();
    }

    private String certain() {
        return newText(stopped ? text.length() : text.length() - heldBack());
    }

    /** From here on the text begins with the first character that is not blank. */
    void skipBlankStart() {
        blankStart = true;
    }

    /** Whether nothing but blanks was added since {@link #skipBlankStart}. */
    boolean atBlankStart() {
        return blankStart;
    }

    private void dropBlankStart() {
        int blank = 0;
        while (blankStart && blank < text.length() && Character.isWhitespace(text.charAt(blank))) {
            blank++;
        }
        text.delete(0, blank);
        blankStart &= text.isEmpty();
    }

    /** Ends the text; returns what had been held back. */
    String finish() {
        if (stream != null && !stopped) {
            text.append(stream.flush());
            dropBlankStart();
            cutAtStop();
        }
        return newText(text.length());
    }

    /** The text behind the stop text in the token that completed it. */
    String rest() {
        return rest;
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
        if (stop == null) {
            return;
        }
        int at = text.indexOf(stop.text(), searchFrom);
        if (at >= 0) {
            rest = text.substring(at + stop.text().length());
            text.setLength(at);
            stopped = true;
        } else {
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

    private String newText(int end) {
        var piece = text.substring(Math.min(returned, end), end);
        returned = Math.max(returned, end);
        return piece;
    }
}
