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
 * @param peerCacheTypes types of keys and values in llama.cpp, the best of which counts
 */
record PeerCase(
        String name,
        int prompt,
        int generated,
        int depth,
        String method,
        String cacheType,
        List<String> peerCacheTypes) {

    private static final int GENERATED = 64;

    /** All cases there are, cheap ones first. */
    static final List<PeerCase> ALL = List.of(
            reading("pp512", 512),
            generating("tg", 0),
            reading("pp4k", 4096),
            generating("tg-8k", 8192),
            behind("tg-8k-8bit", 8192, "full", "q8", "q8_0"),
            behind("tg-8k-4bit", 8192, "kivi:4bit", "f16", "q4_0"),
            behind("tg-8k-best", 8192, "kivi:4bit", "f16", "f16", "q8_0"),
            generating("tg-16k", 16_384),
            behind("tg-16k-8bit", 16_384, "full", "q8", "q8_0"),
            behind("tg-16k-4bit", 16_384, "kivi:4bit", "f16", "q4_0"),
            behind("tg-16k-best", 16_384, "kivi:4bit", "f16", "f16", "q8_0"));

    private static PeerCase reading(String name, int tokens) {
        return new PeerCase(name, tokens, 0, 0, "full", "f16", List.of("f16"));
    }

    private static PeerCase generating(String name, int depth) {
        return behind(name, depth, "full", "f16", "f16");
    }

    private static PeerCase behind(String name, int depth, String method, String cacheType, String... peerCacheTypes) {
        return new PeerCase(name, 0, GENERATED, depth, method, cacheType, List.of(peerCacheTypes));
    }

    /** Whether the peer can run with this cache without flash attention too; the better of both counts. */
    static boolean plainAttention(String cacheType) {
        return cacheType.equals("f16");
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
