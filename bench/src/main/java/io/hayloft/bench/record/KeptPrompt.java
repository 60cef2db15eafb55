package io.hayloft.bench.record;

import io.hayloft.kv.cache.KeptPositions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a sample's prompt and which of them each method kept.
 *
 * @param task name of the task
 * @param sample the sample's name in the task
 * @param length the prompt length asked for; 0 if the task has its own
 * @param protocol where its question stands
 * @param compressAfter how many tokens a method had seen when it compressed; those after them were read later
 * @param tokens the text of each token, special ones included
 * @param parts named parts of the prompt, in tokens; they may overlap
 * @param methods what each method kept, in the order of the run
 */
public record KeptPrompt(
        String task,
        String sample,
        int length,
        String protocol,
        int compressAfter,
        List<String> tokens,
        List<Part> parts,
        List<OfMethod> methods) {
    /** Copies the lists. */
    public KeptPrompt {
        tokens = List.copyOf(tokens);
        parts = List.copyOf(parts);
        methods = List.copyOf(methods);
    }

    /**
     * A named part of a prompt.
     *
     * @param from its first token
     * @param to the token after its last
     */
    public record Part(String name, int from, int to) {}

    /** Where it can be seen what a method kept. */
    public enum Source {
        /** The positions that its cache stores, by layer and KV head. */
        CACHE,
        /** The words that it left in the text: one layer with one head. */
        TEXT,
        /** Nowhere. */
        NONE
    }

    /**
     * The tokens that a method kept.
     *
     * @param layers ranges of tokens [layer][KV head], such as {@code 0-3 40 229-299}; a recurrent layer has no heads;
     *     null if each head keeps everything, or nothing is known
     * @param reason why nothing is known; null if something is
     */
    public record OfMethod(
            String method,
            Source source,
            @Nullable List<List<String>> layers,
            @Nullable String reason) {
        /** The tokens that a cache stores. */
        public static OfMethod of(String method, KeptPositions kept) {
            return new OfMethod(method, Source.CACHE, kept.keepsAll() ? null : ranges(kept), null);
        }

        /** The tokens that a shortened text still has. */
        public static OfMethod ofText(String method, BitSet kept, int tokens) {
            boolean all = kept.cardinality() == tokens;
            return new OfMethod(method, Source.TEXT, all ? null : List.of(List.of(KeptPrompt.ranges(kept))), null);
        }

        /** Nothing is known. */
        public static OfMethod unknown(String method, String reason) {
            return new OfMethod(method, Source.NONE, null, reason);
        }

        private static List<List<String>> ranges(KeptPositions kept) {
            return kept.layers().stream()
                    .map(heads -> heads.stream().map(KeptPrompt::ranges).toList())
                    .toList();
        }
    }

    /** Ranges of the numbers in a set. */
    static String ranges(BitSet set) {
        var text = new StringBuilder();
        for (int from = set.nextSetBit(0); from >= 0; ) {
            int to = set.nextClearBit(from);
            text.append(text.isEmpty() ? "" : " ").append(from);
            if (to > from + 1) {
                text.append('-').append(to - 1);
            }
            from = set.nextSetBit(to);
        }
        return text.toString();
    }

    /** Whether another one is of the same prompt. */
    boolean isOfSamePrompt(KeptPrompt other) {
        return task.equals(other.task)
                && sample.equals(other.sample)
                && length == other.length
                && protocol.equals(other.protocol);
    }

    /** This with the methods of another one of the same prompt, whose results are newer. */
    KeptPrompt with(KeptPrompt newer) {
        var all = new LinkedHashMap<String, OfMethod>();
        methods.forEach(one -> all.put(one.method(), one));
        newer.methods().forEach(one -> all.put(one.method(), one));
        return new KeptPrompt(
                task,
                sample,
                length,
                protocol,
                newer.compressAfter,
                newer.tokens,
                newer.parts,
                new ArrayList<>(all.values()));
    }
}
