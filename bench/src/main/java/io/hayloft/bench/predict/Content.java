package io.hayloft.bench.predict;

/**
 * The content of a made-up prompt. Where different contents give caches of different sizes, the size depends on the content.
 *
 * @param seed of all draws
 * @param uneven whether heads differ in how much their keys and their attention vary, and the query heads of a group
 *     agree with each other; if not, all heads are alike and none agree
 * @param recent whether tokens matter more the newer they are; if not, all are alike
 */
record Content(int seed, boolean uneven, boolean recent) {
    /** All heads and tokens alike. */
    static final Content PLAIN = new Content(0, false, false);

    /** Heads that differ. */
    static final Content UNEVEN = new Content(1, true, false);

    /** Tokens that matter more the newer they are. */
    static final Content RECENT = new Content(2, false, true);

    /** As plain, drawn anew. */
    static Content plain(int seed) {
        return new Content(seed, false, false);
    }
}
