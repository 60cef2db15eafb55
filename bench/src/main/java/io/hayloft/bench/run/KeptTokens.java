package io.hayloft.bench.run;

import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.bench.record.KeptPrompt;
import io.hayloft.bench.record.KeptPrompt.OfMethod;
import io.hayloft.bench.record.KeptPrompt.Part;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.kv.cache.KeptPositions;
import io.hayloft.kv.cache.LayerShape;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.Method;
import io.hayloft.tasks.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what the methods keep of one sample's prompt while they answer it. */
final class KeptTokens {
    /** How many samples of each task and length are looked at. */
    static final int SAMPLES = 2;

    /** Most positions of all heads together: more would make the file as large as a small cache. */
    private static final long MOST = 1 << 24;

    private static final String AROUND = "chat format";

    private final PlannedSample planned;
    private final List<String> tokens;
    private final int[] starts; // first character of each token, and where the text ends
    private final String text;
    private final List<Part> spans;
    private final Map<String, OfMethod> methods = new LinkedHashMap<>();
    private final Map<String, Map<String, Double>> shares = new HashMap<>();

    KeptTokens(SampleRunner runner, PlannedSample planned) {
        this.planned = planned;
        this.tokens = runner.pieces(planned.prompt().ids());
        this.text = String.join("", tokens);
        this.starts = new int[tokens.size() + 1];
        for (int i = 0; i < tokens.size(); i++) {
            starts[i + 1] = starts[i] + tokens.get(i).length();
        }
        this.spans = spans(planned.sample().prompt());
    }

    /** The named parts of a prompt in tokens; none where its text is not found as it is, in one piece or in two messages. */
    private List<Part> spans(Prompt prompt) {
        if (prompt.spans().isEmpty()) {
            return List.of();
        }
        var parts = new ArrayList<>(spans(prompt, prompt.context(), 0));
        if (parts.isEmpty()) {
            parts.addAll(spans(prompt, prompt.instruction(), 0));
            parts.addAll(spans(prompt, prompt.document(), prompt.instruction().length()));
        }
        return List.copyOf(parts);
    }

    /** The named parts that lie in a piece of the prompt, which begins at this character of it. */
    private List<Part> spans(Prompt prompt, String piece, int from) {
        int at = text.indexOf(piece.strip());
        int shift = at - piece.indexOf(piece.strip()) - from;
        return at < 0
                ? List.of()
                : prompt.spans().stream()
                        .filter(span -> span.from() >= from && span.to() <= from + piece.length())
                        .map(span ->
                                new Part(span.name(), tokenAt(shift + span.from()), tokenAt(shift + span.to() - 1) + 1))
                        .toList();
    }

    /**
     * The share of the tokens of each named part that a method keeps, mean over the KV heads; null where there are no such
     * parts or nothing is known.
     */
    @Nullable
    Map<String, Double> spans(Method method) {
        return shares.get(method.name());
    }

    /** Notes the shares of a method, given what it keeps [layer][KV head]. */
    private void addShares(String method, List<List<BitSet>> layers) {
        var heads = layers.stream().flatMap(List::stream).toList();
        if (spans.isEmpty() || heads.isEmpty()) {
            return;
        }
        var ofMethod = new LinkedHashMap<String, Double>();
        for (var span : spans) {
            long kept = 0;
            for (var head : heads) {
                kept += head.get(span.from(), span.to()).cardinality();
            }
            ofMethod.put(span.name(), (double) kept / heads.size() / (span.to() - span.from()));
        }
        shares.put(method, ofMethod);
    }

    /** Hears of the caches that these methods make of a prompt. */
    GenerationListener of(EncodedPrompt prompt, List<Method> some) {
        boolean same = Arrays.equals(prompt.ids(), planned.prompt().ids());
        return new GenerationListener() {
            @Override
            public void measured(int sequence, SequenceCache cache) {
                var name = some.get(sequence).name();
                if (!same) {
                    methods.putIfAbsent(name, OfMethod.unknown(name, "it read another prompt"));
                } else {
                    var kept = KeptPositions.of(cache, prompt.compressAfter());
                    boolean tooLong = cells(cache) > MOST;
                    methods.put(
                            name,
                            tooLong
                                    ? OfMethod.unknown(name, "the prompt is too long to write it down")
                                    : OfMethod.of(name, kept));
                    addShares(name, kept.layers());
                }
            }
        };
    }

    private long cells(SequenceCache cache) {
        long heads = 0;
        for (var shape : cache.shape().shapes()) {
            heads += shape instanceof LayerShape.KvShape kv ? kv.kvHeads() : 0;
        }
        return heads * planned.prompt().compressAfter();
    }

    /** Notes the words that a method left in the document of the prompt. */
    void shortened(Method method, CompressedPrompt compressed) {
        var document = planned.sample().prompt().document();
        int start = text.indexOf(document.strip());
        var kept = new BitSet();
        kept.set(0, tokens.size());
        if (!compressed.words().isEmpty()) {
            int end = start + document.strip().length();
            if (start < 0 || !keepWords(compressed, start, end, kept)) {
                methods.put(method.name(), OfMethod.unknown(method.name(), "its words cannot be found in the prompt"));
                return;
            }
        }
        methods.put(method.name(), OfMethod.ofText(method.name(), kept, tokens.size()));
        addShares(method.name(), List.of(List.of(kept)));
    }

    /** Leaves of the document's tokens those of its kept words; false if one of its words is not found in order. */
    private boolean keepWords(CompressedPrompt compressed, int start, int end, BitSet kept) {
        kept.clear(tokenAt(start), tokenAt(end));
        int at = start;
        for (var word : compressed.words()) {
            int found = text.indexOf(word.text(), at);
            if (found < 0 || found + word.text().length() > end) {
                return false;
            }
            at = found + word.text().length();
            if (word.kept() && at > found) {
                kept.set(tokenAt(found), tokenAt(at - 1) + 1);
            }
        }
        return true;
    }

    /** The token that has a character of the text; the number of tokens at its end. */
    private int tokenAt(int character) {
        int found = Arrays.binarySearch(starts, character);
        if (found < 0) {
            return -found - 2;
        }
        while (found + 1 < starts.length && starts[found + 1] == character) {
            found++; // tokens without text of their own come before
        }
        return Math.min(found, tokens.size());
    }

    /** The prompt with what was collected; empty if that is nothing. */
    Optional<KeptPrompt> prompt() {
        if (methods.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new KeptPrompt(
                planned.task().name(),
                planned.sample().id(),
                planned.length(),
                planned.protocol().text(),
                planned.prompt().compressAfter(),
                tokens,
                parts(),
                List.copyOf(methods.values())));
    }

    /** Instruction, document and question, and what the chat format puts around them. */
    private List<Part> parts() {
        var prompt = planned.sample().prompt();
        var parts = new ArrayList<Part>();
        int at = 0;
        int done = 0;
        for (var part : List.of(
                Map.entry("instruction", prompt.instruction()),
                Map.entry("document", prompt.document()),
                Map.entry("question", prompt.question()))) {
            var words = part.getValue().strip();
            int found = words.isEmpty() ? -1 : text.indexOf(words, at);
            if (found >= 0) {
                at = found + words.length();
                int from = Math.max(done, tokenAt(found));
                int to = Math.max(from, tokenAt(at - 1) + 1);
                add(parts, AROUND, done, from);
                add(parts, part.getKey(), from, to);
                done = to;
            }
        }
        add(parts, AROUND, done, tokens.size());
        parts.addAll(spans);
        return parts;
    }

    private static void add(List<Part> parts, String name, int from, int to) {
        if (to > from) {
            parts.add(new Part(name, from, to));
        }
    }
}
