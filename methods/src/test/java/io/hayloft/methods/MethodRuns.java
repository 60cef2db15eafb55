package io.hayloft.methods;

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
import io.hayloft.hub.ModelStore;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Runs methods on the embedded model (6 query heads share 2 KV heads). */
abstract class MethodRuns {
    static final int PROMPT = 300;

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
        var recipes = new ArrayList<CompressionMethod>();
        for (var expression : expressions) {
            recipes.add(Methods.parse(expression));
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
        return Generation.run(model, prompt, prompt.length, recipes, options, GenerationListener.NONE);
    }

    static Prefilled prefill(int[] prompt, Method method) {
        var cache = new SequenceCache(model.cacheShape(), prefillType(method), prompt.length);
        var signals = new PrefillSignals(method.signals(), model.config(), prompt.length);
        var options = new PrefillOptions(128, signals, LogitsSink.NONE, ProgressListener.NONE);
        model.decoder().prefill(prompt, 0, prompt.length, cache, options);
        return new Prefilled(model, cache, signals, 64, 11);
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

    /** Bytes of the tables of positions: 4 for each token of a head that does not hold consecutive ones. */
    static long tables(SequenceCache cache) {
        long bytes = 0;
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            for (int head = 0; head < cache.shape().kvHeads(); head++) {
                var positions = positions(cache, layer, head);
                boolean consecutive = positions.getLast() - positions.getFirst() == positions.size() - 1;
                bytes += consecutive ? 0 : 4L * positions.size();
            }
        }
        return bytes;
    }

    static long keptTokens(SequenceCache cache) {
        long tokens = 0;
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            for (int head = 0; head < cache.shape().kvHeads(); head++) {
                tokens += cache.layer(layer).length(head);
            }
        }
        return tokens;
    }
}
