package io.hayloft.methods;

import java.util.Locale;

/** The ways of saving bytes, by which help and docs group the methods. */
public enum Category {
    /** Baselines that compress nothing or choose blindly: the full cache and the random choice. */
    CONTROL,
    /** Stores every token with fewer bits. */
    QUANTISE,
    /** Drops tokens for good. */
    EVICT,
    /** Shortens the text before the model reads it. */
    PROMPT,
    /** Keeps every token but reads few at a time. */
    RETRIEVE,
    /** More than one of the above. */
    COMPOSED;

    /** The name in tables and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
