package io.hayloft.benchmarks.peers;

import io.hayloft.base.Suggest;
import java.util.List;

/**
 * One comparison: what the model does, and how each side stores its cache meanwhile.
 *
 * @param name what the user calls it
 * @param prompt tokens to read; 0 for a case of generating
 * @param generated tokens to generate; 0 for a case of reading
 * @param depth tokens in the cache before
 * @param method Hayloft's method
 * @param cacheType Hayloft's type of a full cache
 * @param peerCacheType type of keys and values in llama.cpp
 * @param plainAttention whether the peer may also run without flash attention, the better of both counting; types other
 *     than f16 need flash attention
 */
record PeerCase(
        String name,
        int prompt,
        int generated,
        int depth,
        String method,
        String cacheType,
        String peerCacheType,
        boolean plainAttention) {

    private static final int GENERATED = 64;

    /** All cases there are, cheap ones first. */
    static final List<PeerCase> ALL = List.of(
            reading("pp512", 512),
            generating("tg", 0),
            reading("pp4k", 4096),
            generating("tg-8k", 8192),
            new PeerCase("tg-8k-8bit", 0, GENERATED, 8192, "full", "q8", "q8_0", false),
            new PeerCase("tg-8k-4bit", 0, GENERATED, 8192, "kivi:4bit", "f16", "q4_0", false),
            generating("tg-16k", 16_384),
            new PeerCase("tg-16k-8bit", 0, GENERATED, 16_384, "full", "q8", "q8_0", false),
            new PeerCase("tg-16k-4bit", 0, GENERATED, 16_384, "kivi:4bit", "f16", "q4_0", false));

    private static PeerCase reading(String name, int tokens) {
        return new PeerCase(name, tokens, 0, 0, "full", "f16", "f16", true);
    }

    private static PeerCase generating(String name, int depth) {
        return new PeerCase(name, 0, GENERATED, depth, "full", "f16", "f16", true);
    }

    /**
     * The case of this name.
     *
     * @throws io.hayloft.base.UserError if there is none
     */
    static PeerCase named(String name) {
        return ALL.stream()
                .filter(one -> one.name.equals(name))
                .findFirst()
                .orElseThrow(() -> Suggest.unknown(
                        "case", name, ALL.stream().map(PeerCase::name).toList()));
    }
}
