package io.hayloft.engine.generation;

/**
 * Sizes of a compressed cache, taken when it has been built; of a method that shrinks its cache in the first steps after
 * the prompt, taken then.
 *
 * @param stored bytes of all that is kept for the sequence, wherever it lies
 * @param read bytes of what a decode step reads; less than stored only where a method looks tokens up
 * @param full bytes of a full cache of the same tokens, in the cache type of the run
 * @param state the part of each of the others that recurrent states take; 0 for most models
 */
public record CacheBytes(long stored, long read, long full, long state) {
    /** Of a model without recurrent states. */
    public CacheBytes(long stored, long read, long full) {
        this(stored, read, full, 0);
    }
}
