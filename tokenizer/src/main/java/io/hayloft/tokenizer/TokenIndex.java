package io.hayloft.tokenizer;

import java.util.Arrays;

/**
 * Ids of tokens by their text: a table with open addressing over {@link String#hashCode}, which finds parts of a string
 * without copying them. Big vocabularies are cut into hundreds of thousands of parts when a model is loaded.
 */
final class TokenIndex {
    private static final int NONE = -1;

    private final String[] tokens;
    /** Ids, or {@link #NONE}; the length is a power of two, at least twice the number of tokens. */
    private final int[] slots;

    private final int[] hashes;

    /** An index without tokens; {@link #put} adds them. */
    TokenIndex(String[] tokens) {
        this.tokens = tokens;
        slots = new int[Integer.highestOneBit(Math.max(4, tokens.length)) << 2];
        Arrays.fill(slots, NONE);
        hashes = new int[tokens.length];
    }

    /** Adds a token by its id; if another has the same text, that one stays and its id is returned, else -1. */
    int put(int id) {
        var token = tokens[id];
        int hash = token.hashCode();
        hashes[id] = hash;
        int slot = slot(token, 0, token.length(), hash);
        int before = slots[slot];
        if (before == NONE) {
            slots[slot] = id;
        }
        return before;
    }

    /** Makes a token the one of its text, after {@link #put} found another with the same text. */
    void replace(int id) {
        var token = tokens[id];
        slots[slot(token, 0, token.length(), hashes[id])] = id;
    }

    /** The id of a token, or -1. */
    int id(String token) {
        return slots[slot(token, 0, token.length(), token.hashCode())];
    }

    /**
     * The id of the token that is part of a text, or -1.
     *
     * @param hash what {@link String#hashCode} of the part would be
     */
    int id(String text, int from, int to, int hash) {
        return slots[slot(text, from, to, hash)];
    }

    /** Where the token is, or the free slot where it would be. */
    private int slot(String text, int from, int to, int hash) {
        int mask = slots.length - 1;
        // Hashes of short texts lie close together; the upper bits of this product are spread.
        int slot = ((hash * 0x9E3779B9) >>> 8) & mask;
        while (slots[slot] != NONE && !matches(slots[slot], text, from, to, hash)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private boolean matches(int id, String text, int from, int to, int hash) {
        return hashes[id] == hash
                && tokens[id].length() == to - from
                && tokens[id].regionMatches(0, text, from, to - from);
    }
}
