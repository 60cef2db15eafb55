package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.hub.ModelStore;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Runs methods on the embedded model (6 query heads share 2 KV heads). */
abstract class MethodRuns {
    static final int PROMPT = 300;
    static final long PAGES_OF_A_LAYER = 2 * 4096;

    static LanguageModel model;

    @BeforeAll
    static void load() {
        model = LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(2));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    static List<Completion> complete(int[] prompt, int newTokens, String... expressions) {
        return complete(prompt, newTokens, 64, expressions);
    }

    static List<Completion> complete(int[] prompt, int newTokens, int chunk, String... expressions) {
        var parsed = new ArrayList<CompressionMethod>();
        for (var expression : expressions) {
            parsed.add(Methods.parse(expression));
        }
        var greedy = GenerationOptions.greedy(newTokens);
        var options = new GenerationOptions(
                newTokens,
                newTokens,
                greedy.sampling(),
                greedy.stopIds(),
                null,
                greedy.cacheType(),
                chunk,
                5,
                greedy.cacheMemory(),
                11);
        return Generation.run(model, prompt, prompt.length, parsed, options, GenerationListener.NONE);
    }

    static Prefilled prefill(int[] prompt, Method method) {
        return prefill(prompt, method.signals(), prefillType(method));
    }

    static Prefilled prefill(int[] prompt, SignalRequest request) {
        return prefill(prompt, request, new KvCodec.F16());
    }

    static Prefilled prefill(int[] prompt, SignalRequest request, KvCodec type) {
        var cache = new SequenceCache(model.cacheShape(), type, prompt.length);
        var signals = new PrefillSignals(request, model.config(), prompt.length);
        var options = new PrefillOptions(128, signals, LogitsSink.NONE, ProgressListener.NONE);
        model.decoder().prefill(prompt, 0, prompt.length, cache, options);
        return new Prefilled(model, cache, signals, 11);
    }

    static KvCodec prefillType(Method method) {
        return method.prefillPattern() instanceof PrefillPattern.Stored(var codec) ? codec : new KvCodec.F16();
    }

    static int[] prompt(int tokens, long seed) {
        var random = new Random(seed);
        return IntStream.range(0, tokens)
                .map(i -> i == 0 ? 1 : 4 + random.nextInt(model.config().vocabulary() - 4))
                .toArray();
    }

    static List<Integer> positions(SequenceCache cache, int layer, int head) {
        var positions = new ArrayList<Integer>();
        for (int slot = 0; slot < cache.layer(layer).length(head); slot++) {
            positions.add(cache.layer(layer).position(head, slot));
        }
        return positions;
    }

    /** Bytes of the tables of blocks and positions on the heap, which the system's mappings do not show. */
    static long tables(SequenceCache cache) {
        long bytes = 0;
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            bytes += cache.layer(layer).tableBytes();
        }
        return bytes;
    }

    /**
     * Compares the bytes that a cache says it has with what the system gave since a moment before, counted apart. They
     * differ by the unused rests of the last pages: a layer has a piece for its kept tokens, and one that grows.
     */
    static void assertMapped(String what, SequenceCache cache, long bytes, long before) {
        long mapped = NativeMemory.mappedBytes() - before;
        assertThat(mapped)
                .as(what)
                .isBetween(bytes, bytes + PAGES_OF_A_LAYER * cache.shape().layers());
    }

    static long keptTokens(SequenceCache cache) {
        long tokens = 0;
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            for (int head = 0; head < cache.shape().kv(layer).kvHeads(); head++) {
                tokens += cache.layer(layer).length(head);
            }
        }
        return tokens;
    }
}
