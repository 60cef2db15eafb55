package io.hayloft.bench.predict;

/**
 * The sizes of a method's cache when a prompt has been read.
 *
 * @param stored bytes of all that is kept
 * @param read bytes that a decode step reads
 * @param low the fewest bytes stored that were found for prompts of this length
 * @param high the most that a prompt of this length can leave
 * @param exact whether the bytes are those of every prompt of this length
 * @param prompt bytes of the cache that the prompt was read into
 * @param channels channels of the queries of a decode step times tokens that they look at
 * @param form what decides how long such a channel takes: codec, what changes the cache, what is looked up
 */
public record CacheSizes(
        long stored, long read, long low, long high, boolean exact, long prompt, double channels, String form) {}
