package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.base.UserError;
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
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerCache;
import io.hayloft.kv.cache.OutOfWindowStore;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.registry.Methods;
import io.hayloft.testing.Shared;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole registry, each method alone and with every codec that it goes together with, on small checkpoints of several
 * architectures. (With three query heads for each KV head: {@link ConformanceTest}.)
 */
class RegistryConformanceTest {
    /**
     * One, two and four query heads for each KV head; then some layers with a sliding window of 24, then all; then hybrids;
     * then sinks with windows, latents that are keys and values at once, and layers that read the cache of others.
     */
    static Stream<String> checkpoints() {
        return Stream.of(
                "architectures/llama_linear_rope",
                "architectures/llama",
                "architectures/mistral",
                "architectures/gemma2",
                "architectures/gemma3",
                "architectures/mistral_sliding",
                "architectures/falcon_h1",
                "architectures/jamba",
                "architectures/recurrent_gemma",
                "architectures-2026/gpt_oss",
                "architectures-2026/deepseek_v2_lite",
                "architectures-2026/gemma3n");
    }

    private static final int PROMPT = 600;
    private static final int NEW_TOKENS = 12;
    private static final String SMALL_BLOCKS = ",block=32,local=32,rows=32";
    private static final List<String> CODECS =
            List.of("kivi:2bit", "kivi:4bit", "kivi-paper:4bit", "flexgen:4bit", "flexgen-paper:4bit");

    /** Methods with a budget that leave the text alone, as forms with a place for the budget. */
    private static List<String> budgeted() {
        var registry = Methods.all().stream()
                .map(MethodInfo::example)
                .filter(example -> example.endsWith(":4x"))
                .filter(example -> Methods.parse(example).prompt().isEmpty())
                .map(example -> example.replace("4x", "%s"))
                .map(form -> form.startsWith("infllm") ? form + SMALL_BLOCKS : form);
        var more = Stream.of(
                "streaming:%s,decode=grow",
                "streaming:%s,prefill=windowed",
                "streaming:%s,positions=slot",
                "streaming:%s,positions=clamped",
                "h2o:%s,heads=query",
                "snapkv:%s,allocator=ada",
                "h2o:%s,allocator=ada");
        return Stream.concat(registry, more).toList();
    }

    /** The same with every codec that they go together with; for the others, parsing says why not. */
    private static List<String> composed() {
        var forms = new ArrayList<String>();
        for (var form : budgeted()) {
            for (var codec : CODECS) {
                try {
                    forms.add(Methods.parse(form.formatted("4x") + " + " + codec)
                            .name()
                            .replaceFirst("4x", "%s"));
                } catch (UserError e) {
                    assertThat(e).hasMessageContaining("does not go together");
                }
            }
        }
        return forms;
    }

    private static List<String> quantised() {
        return Stream.concat(CODECS.stream(), Stream.of("kivi:8bit", "flexgen:8bit", "flexgen:2bit"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void aRatioOfOneIsFullToTheBit(String checkpoint) {
        try (var model = load(checkpoint)) {
            assertSame(model, budgeted(), "1x", "full");
            var byCodec =
                    composed().stream().collect(Collectors.groupingBy(form -> form.substring(form.indexOf('+') + 2)));
            byCodec.forEach((codec, forms) -> assertSame(model, forms, "1x", codec));
        }
    }

    /** Quantisers have no ratio: what comes nearest to 1 is a residual that holds everything, which no code is read from. */
    @ParameterizedTest
    @MethodSource("checkpoints")
    void aResidualThatHoldsAllIsFullToTheBit(String checkpoint) {
        try (var model = load(checkpoint)) {
            assertSame(model, List.of("kivi:2bit,residual=1024", "kivi:k=4,v=2,residual=1024"), "", "full");
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void aBudgetBeyondThePromptIsFullToTheBit(String checkpoint) {
        try (var model = load(checkpoint)) {
            // Clamped sinks are as far away as if the window were full; those at slots are read from a store of their
            // own, which is the same up to rounding.
            var same = new ArrayList<String>();
            var close = new ArrayList<String>();
            for (var form : budgeted()) {
                if (!form.endsWith("positions=clamped")) {
                    (form.endsWith("positions=slot") ? close : same).add(form);
                }
            }
            assertSame(model, same, "2000", "full");
            assertThat(close).isNotEmpty();
            close.forEach(form -> assertClose(model, form.formatted("2000"), "full"));
        }
    }

    /** All with this budget in one batch, whose rows do not depend on each other. */
    private static void assertSame(LanguageModel model, List<String> forms, String budget, String other) {
        var expressions = new ArrayList<String>();
        forms.forEach(form -> expressions.add(form.formatted(budget)));
        expressions.add(other);
        var all = complete(model, expressions.toArray(String[]::new));
        for (int i = 0; i < forms.size(); i++) {
            assertThat(all.get(i).top())
                    .as(expressions.get(i))
                    .isEqualTo(all.getLast().top());
            assertThat(all.get(i).ids())
                    .as(expressions.get(i))
                    .isEqualTo(all.getLast().ids());
        }
    }

    private static void assertClose(LanguageModel model, String expression, String other) {
        var both = complete(model, expression, other);
        assertThat(both.getFirst().ids())
                .as(expression)
                .isEqualTo(both.getLast().ids());
        for (int step = 0; step < NEW_TOKENS; step++) {
            float best = both.getLast().top().get(step).getFirst().logprob();
            assertThat(both.getFirst().top().get(step).getFirst().logprob())
                    .as(expression)
                    .isBetween(best - 1e-4f, best + 1e-4f);
        }
    }

    /** Layers with a sliding window bound themselves: where all have one, no method changes anything. */
    @ParameterizedTest
    @MethodSource("checkpoints")
    void bytesFallWithTheRatio(String checkpoint) {
        try (var model = load(checkpoint)) {
            var shape = model.cacheShape();
            int seeAll = seeAll(shape);
            var forms = Stream.concat(budgeted().stream(), composed().stream()).toList();
            var ratios = List.of("2x", "4x", "8x");
            var done = complete(
                    model,
                    forms.stream()
                            .flatMap(form -> ratios.stream().map(form::formatted))
                            .toArray(String[]::new));
            for (int i = 0; i < forms.size(); i++) {
                var form = forms.get(i);
                var sizes = done.subList(3 * i, 3 * i + 3).stream()
                        .map(one -> one.bytes().read())
                        .toList();
                long full = shape.fullBytes(PROMPT, new KvCodec.F16());
                // four query heads to a KV head: their representatives, or the union of their choices, outweigh 2x
                boolean outweighs =
                        form.startsWith("infllm") || form.startsWith("h2o-paper") || form.contains("heads=query");
                if (seeAll == kvLayers(shape) && !outweighs) {
                    assertThat(sizes.get(0)).as(form).isLessThan(full);
                }
                // rows of a latent cache are quantised in blocks of 128: of the 75 tokens at 8x none is
                boolean tooFew = checkpoint.contains("deepseek") && form.contains("kivi");
                if (seeAll == 0) {
                    assertThat(Set.copyOf(sizes)).as(form).hasSize(1);
                } else {
                    assertThat(sizes.get(1)).as(form).isLessThan(sizes.get(0));
                    if (!tooFew) {
                        assertThat(sizes.get(2)).as(form).isLessThan(sizes.get(1));
                    }
                }
            }
        }
    }

    private static int kvLayers(CacheShape shape) {
        return (int) IntStream.range(0, shape.layers()).filter(shape::isKv).count();
    }

    private static int seeAll(CacheShape shape) {
        return (int) IntStream.range(0, shape.layers()).filter(shape::seesAll).count();
    }

    /** Before and after steps; on the heap lie tables of blocks and positions, and what policies keep of tokens. */
    @ParameterizedTest
    @MethodSource("checkpoints")
    void bytesAreWhatTheSystemGave(String checkpoint) {
        try (var model = load(checkpoint)) {
            var forms = new ArrayList<>(budgeted());
            forms.addAll(composed());
            forms.addAll(quantised());
            for (var form : forms) {
                var method = Methods.parse(form.formatted("4x"));
                long before = NativeMemory.mappedBytes();
                var prefill = prefill(model, method);
                try (var cache = method.build(prefill)) {
                    prefill.close(); // what both share belongs to the cache now
                    assertMapped(form, cache, before);
                    for (int step = 0; step < 3; step++) {
                        model.decoder().step(new int[] {9 + step}, new SequenceCache[] {cache}, null);
                    }
                    assertMapped(form, cache, before);
                }
                assertThat(NativeMemory.mappedBytes()).as(form).isEqualTo(before);
            }
        }
    }

    private static void assertMapped(String form, SequenceCache cache, long before) {
        var policy = cache.policy();
        long onTheHeap = policy == null || policy instanceof OutOfWindowStore ? 0 : policy.bytes();
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            onTheHeap += cache.shape().isKv(layer)
                    ? cache.layer(layer).tableBytes()
                    : cache.state(layer).bytes();
        }
        if (cache.outOfWindow() == null) {
            MethodRuns.assertMapped(form, cache, cache.bytes() - onTheHeap, before);
        } else { // stores keep representatives, and sums of attention, on the heap
            long mapped = NativeMemory.mappedBytes() - before;
            long pages = 2L * MethodRuns.PAGES_OF_A_LAYER * cache.shape().layers();
            assertThat(cache.bytes()).as(form).isBetween(mapped - pages + onTheHeap, onTheHeap + 3 * mapped / 2);
        }
        assertThat(cache.residentBytes()).as(form).isLessThanOrEqualTo(cache.bytes());
    }

    /** What a memory plan counts on. Methods whose first step still sees the whole prompt shrink in it. */
    @ParameterizedTest
    @MethodSource("checkpoints")
    void holdsNoMoreTokensThanItSays(String checkpoint) {
        try (var model = load(checkpoint);
                var prefills = new Prefills(model)) {
            for (var form : budgeted()) {
                // one token; odd ones; more than there are; with 150.25x the first new token makes room for one more
                for (var budget : List.of("1", "7", "2000", "1x", "1.5x", "8x", "150.25x")) {
                    assertKept(prefills, form.formatted(budget));
                }
            }
            for (var form : composed()) {
                assertKept(prefills, form.formatted("8x"));
            }
            for (var expression : quantised()) {
                assertKept(prefills, expression);
            }
        }
    }

    private static void assertKept(Prefills prefills, String expression) {
        var model = prefills.model;
        var method = Methods.parse(expression);
        int most = method.keptTokens(
                PROMPT, model.config().firstAttention().orElseThrow().groupSize());
        assertThat(most).as(expression).isBetween(1, PROMPT);
        try (var cache = method.build(prefills.of(method))) {
            for (int step = 1; step < method.freeTokens(); step++) {
                model.decoder().step(new int[] {9}, new SequenceCache[] {cache}, null);
            }
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                if (!cache.shape().isKv(layer)) {
                    continue;
                }
                int heads = cache.shape().kv(layer).kvHeads();
                int sum = 0;
                for (int head = 0; head < heads; head++) {
                    sum += promptTokens(cache, layer, head).size();
                    assertThat(promptTokens(cache, layer, head)).as(expression).isNotEmpty();
                }
                if (model.cacheShape().seesAll(layer)) {
                    assertThat(sum).as(expression).isLessThanOrEqualTo(most * heads);
                }
            }
        }
    }

    /** Positions of the prompt's tokens that a KV head holds, in its cache or beside it. */
    private static Set<Integer> promptTokens(SequenceCache cache, int layer, int head) {
        var positions = new HashSet<Integer>();
        var outOfWindow = cache.outOfWindow();
        for (var part : new LayerCache[] {cache.layer(layer), outOfWindow == null ? null : outOfWindow.tokens(layer)}) {
            for (int slot = 0; part != null && slot < part.length(head); slot++) {
                positions.add(part.position(head, slot));
            }
        }
        positions.removeIf(position -> position >= PROMPT);
        return positions;
    }

    private static LanguageModel load(String checkpoint) {
        return LanguageModel.load(Shared.golden(checkpoint), LoadOptions.withThreads(2));
    }

    private static int[] prompt(LanguageModel model) {
        var random = new Random(5);
        return IntStream.range(0, PROMPT)
                .map(i -> 4 + random.nextInt(model.config().vocabulary() - 4))
                .toArray();
    }

    private static List<Completion> complete(LanguageModel model, String... expressions) {
        var parsed = new ArrayList<CompressionMethod>();
        for (var expression : expressions) {
            parsed.add(Methods.parse(expression));
        }
        var greedy = GenerationOptions.greedy(NEW_TOKENS);
        var options = new GenerationOptions(
                NEW_TOKENS,
                NEW_TOKENS,
                greedy.sampling(),
                greedy.stopIds(),
                null,
                greedy.cacheType(),
                64,
                5,
                greedy.cacheMemory(),
                3);
        return Generation.run(model, prompt(model), PROMPT, parsed, options, GenerationListener.NONE);
    }

    /** Prompts that were read once for all methods that read them alike. */
    private static final class Prefills implements AutoCloseable {
        private final LanguageModel model;
        private final Map<List<Object>, Prefilled> read = new HashMap<>();

        private Prefills(LanguageModel model) {
            this.model = model;
        }

        private Prefilled of(Method method) {
            return read.computeIfAbsent(
                    List.of(method.prefillPattern(), method.signals()), any -> prefill(model, method));
        }

        @Override
        public void close() {
            read.values().forEach(Prefilled::close);
        }
    }

    private static Prefilled prefill(LanguageModel model, Method method) {
        var pattern = method.prefillPattern();
        var f16 = new KvCodec.F16();
        var cache = switch (pattern) {
            case PrefillPattern.Exact exact -> new SequenceCache(model.cacheShape(), f16, PROMPT);
            case PrefillPattern.Stored(var codec) -> new SequenceCache(model.cacheShape(), codec, PROMPT);
            case PrefillPattern.Own own -> own.cache(model, f16, PROMPT);
        };
        int chunk = pattern instanceof PrefillPattern.Own own ? own.chunk(64) : 64;
        var signals = new PrefillSignals(method.signals(), model.config(), PROMPT);
        var options = new PrefillOptions(chunk, signals, LogitsSink.NONE, ProgressListener.NONE);
        model.decoder().prefill(prompt(model), 0, PROMPT, cache, options);
        return new Prefilled(model, cache, signals, 3);
    }
}
