package io.hayloft.tokenizer;

import java.util.Arrays;

/**
 * Decodes a growing list of ids: each piece of text is given out once, as soon as it is complete.
 *
 * <p>A character may need several tokens, and how a token reads may depend on the one before it (a space in front, for
 * instance). So a short window of ids is decoded with and without the newest, and the difference is new text; while the
 * text ends in U+FFFD, more bytes may still come. Not safe for use by several threads.
 */
public final class TextStream {
    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final boolean skipSpecial;
    private int[] ids = new int[16];
    /** ids[0, given) have been given out and are kept as what stands before; ids[given, size) wait. */
    private int given;

    private int size;

    /** @param skipSpecial whether special tokens add no text */
    TextStream(Tokenizer tokenizer, boolean skipSpecial) {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
    }

    /** Adds an id and returns the text that is now complete; often empty, never half a code point. */
    public String push(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
        }
        ids[size++] = id;
        var text = waiting();
        if (text.isEmpty() || text.charAt(text.length() - 1) == REPLACEMENT) {
            return "";
        }
        System.arraycopy(ids, given, ids, 0, size - given);
        size -= given;
        given = size;
        return text;
    }

    /** The rest, with U+FFFD for bytes that never became a character. The stream is then as new. */
    public String flush() {
        var text = waiting();
        given = 0;
        size = 0;
        return text;
    }

    private String waiting() {
        if (given == size) {
            return "";
        }
        var before = tokenizer.decode(Arrays.copyOf(ids, given), skipSpecial);
        var all = tokenizer.decode(Arrays.copyOf(ids, size), skipSpecial);
        // Bytes that end a valid run wrongly may spoil what was given out before; it stays as it was.
        return all.startsWith(before)
                ? all.substring(before.length())
                : tokenizer.decode(Arrays.copyOfRange(ids, given, size), skipSpecial);
    }
}
