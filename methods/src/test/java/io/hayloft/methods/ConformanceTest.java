package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.cache.KvCodec;
import io.hayloft.engine.cache.SequenceCache;
import io.hayloft.engine.generation.CacheRecipe;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.hub.ModelStore;
import io.hayloft.engine.memory.NativeMemory;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.engine.model.ProgressListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every method of the registry promises, on the embedded model (6 query heads share 2 KV heads). */
class ConformanceTest {
    private static final int PROMPT = 300;

    private static LanguageModel model;

    @BeforeAll
    static void load() {
        model = LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(2));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Methods that take a budget, by the text in front of it. */
    static Stream<String> evicting() {
        return Methods.all().stream()
                .filter(info -> info.school() != School.RETRIEVE)
                .map(MethodInfo::example)
                .filter(example -> example.endsWith(":4x"))
                .filter(example -> Methods.parse(example).prompt().isEmpty()) // those leave the cache alone
                .map(example -> example.substring(0, example.length() - 2));
    }

    /** Those of them that start from an exact prefill and evict before the first step. */
    static Stream<String> evictingAtOnce() {
        return evicting()
                .filter(family -> Methods.parse(family + "4x").freeTokens() == 1)
                .filter(family -> Methods.parse(family + "4x").prefillPattern().equals(PrefillPattern.EXACT));
    }

    /** Those that do not, and forms of others that do not. */
    static Stream<String> others() {
        return Stream.concat(
                evicting().filter(family -> evictingAtOnce().noneMatch(family::equals)),
                Stream.of(
                        "streaming:prefill=windowed,",
                        "streaming:prefill=windowed,positions=slot,",
                        "streaming:positions=clamped,"));
    }

    static Stream<String> examples() {
        return Stream.concat(
                Methods.all().stream().map(MethodInfo::example),
                Stream.of(
                        "kivi:4bit",
                        "kivi:k=4,v=2",
                        "flexgen-paper:2bit",
                        "snapkv:2x + kivi:2bit",
                        "snapkv:2x + flexgen:4bit",
                        "h2o:4x + flexgen:4bit",
                        "streaming:4x,decode=grow",
                        "h2o:4x,heads=query",
                        "streaming:4x,prefill=windowed",
                        "streaming:4x,positions=slot",
                        "infllm:4x,block=16,local=32,rows=32",
                        "streaming:4x,prefill=windowed,positions=clamped"));
    }

    @ParameterizedTest
    @MethodSource("evicting")
    void aRatioOfOneIsFullToTheBit(String family) {
        var prompt = prompt(PROMPT, 1);
        var full = complete(prompt, 40, "full").getFirst();
        var whole = complete(prompt, 40, family + "1x").getFirst();
        assertThat(whole.ids()).containsExactly(full.ids());
        assertThat(whole.top()).isEqualTo(full.top());
        assertThat(whole.cacheBytes()).isEqualTo(full.cacheBytes());
    }

    @ParameterizedTest
    @MethodSource("evictingAtOnce")
    void keepsItsBudgetAndNoTokenTwice(String family) {
        try (var prefill = prefill(prompt(PROMPT, 2), Methods.parse(family + "4x"));
                var cache = Methods.parse(family + "4x").build(prefill)) {
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                for (int head = 0; head < cache.shape().kvHeads(); head++) {
                    assertThat(positions(cache, layer, head))
                            .hasSize(PROMPT / 4)
                            .doesNotHaveDuplicates()
                            .allMatch(position -> position >= 0 && position < PROMPT);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("evictingAtOnce")
    void bytesFallWithTheRatioAndAreWhatIsAllocated(String family) {
        var sizes = new ArrayList<Long>();
        for (var ratio : List.of("1x", "2x", "4x", "8x")) {
            var method = Methods.parse(family + ratio);
            try (var prefill = prefill(prompt(PROMPT, 3), method)) {
                long before = NativeMemory.liveBytes();
                try (var cache = method.build(prefill)) {
                    long onTheHeap = tables(cache);
                    if (family.equals("h2o:") && !ratio.equals("1x")) {
                        onTheHeap += 4L * keptTokens(cache); // attention mass
                    }
                    assertThat(cache.bytes()).isEqualTo(NativeMemory.liveBytes() - before + onTheHeap);
                    assertThat(onTheHeap == 0).isEqualTo(ratio.equals("1x"));
                    sizes.add(cache.bytes());
                }
                assertThat(NativeMemory.liveBytes()).isEqualTo(before);
            }
        }
        for (int i = 1; i < sizes.size(); i++) {
            assertThat(sizes.get(i)).isLessThan(sizes.get(i - 1));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void decodesLongPastTheCompression(String expression) {
        var first = complete(prompt(PROMPT, 4), 64, expression).getFirst();
        var again = complete(prompt(PROMPT, 4), 64, expression).getFirst();
        assertThat(first.ids()).hasSizeGreaterThan(0).containsExactly(again.ids());
        assertThat(first.top())
                .allSatisfy(step -> assertThat(step.getFirst().logprob()).isFinite());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 33})
    void survivesPromptsShorterThanItsWindows(int tokens) {
        var expressions = examples().toArray(String[]::new);
        assertThat(complete(prompt(tokens, 5), 8, expressions))
                .hasSize(expressions.length)
                .allSatisfy(completion -> assertThat(completion.ids()).isNotEmpty());
    }

    @Test
    void lockstepEqualsSoloToTheBit() {
        var prompt = prompt(PROMPT, 6);
        var expressions = examples().toArray(String[]::new);
        var together = complete(prompt, 24, expressions);
        for (int i = 0; i < expressions.length; i++) {
            var alone = complete(prompt, 24, expressions[i]).getFirst();
            assertThat(together.get(i).ids()).as(expressions[i]).containsExactly(alone.ids());
            assertThat(together.get(i).top()).as(expressions[i]).isEqualTo(alone.top());
            assertThat(together.get(i).cacheBytes()).as(expressions[i]).isEqualTo(alone.cacheBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"streaming:60", "h2o:60", "h2o:60 + flexgen:4bit"})
    void policiesHoldTheBudgetWhileDecoding(String expression) {
        var method = Methods.parse(expression);
        try (var prefill = prefill(prompt(PROMPT, 7), method);
                var cache = method.build(prefill)) {
            var logits = new float[model.config().vocabulary()];
            for (int step = 0; step < 40; step++) {
                model.decoder().step(new int[] {100 + step}, new SequenceCache[] {cache}, logits);
            }
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                for (int head = 0; head < cache.shape().kvHeads(); head++) {
                    assertThat(positions(cache, layer, head))
                            .hasSize(60)
                            .doesNotHaveDuplicates()
                            .contains(PROMPT + 39, PROMPT + 20);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("others")
    void bytesFallWithTheRatio(String text) {
        var options = text.endsWith(",") ? "," + text.substring(text.indexOf(':') + 1, text.length() - 1) : "";
        var family = text.substring(0, text.indexOf(':') + 1);
        long before = NativeMemory.liveBytes();
        var sizes = complete(
                prompt(PROMPT, 13),
                4,
                "full",
                family + "2x" + options,
                family + "4x" + options,
                family + "8x" + options);
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
        for (int i = 1; i < sizes.size(); i++) {
            assertThat(sizes.get(i).cacheBytes()).isLessThan(sizes.get(i - 1).cacheBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"streaming-paper:4x", "streaming:4x,prefill=windowed", "streaming:40,prefill=windowed,sinks=70"})
    void windowedPromptsDoNotDependOnChunks(String expression) {
        var prompt = prompt(PROMPT, 14);
        var whole = complete(prompt, 12, 512, expression).getFirst();
        var pieces = complete(prompt, 12, 37, expression).getFirst();
        assertThat(pieces.top()).isEqualTo(whole.top());
        assertThat(whole.freeTokens()).isZero();
        assertThat(whole.top())
                .isNotEqualTo(complete(prompt, 12, "full").getFirst().top());
    }

    /** What steps read shrinks with the ratio, what is stored does not; short prompts fit the window and lose nothing. */
    @Test
    void retrievalReadsFewAndStoresAll() {
        var prompt = prompt(PROMPT, 15);
        long before = NativeMemory.liveBytes();
        var options = ",block=16,local=32,rows=32";
        var all = complete(
                prompt, 8, "full", "infllm:1x" + options, "infllm:2x" + options, "infllm:4x" + options, "infllm:4x");
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
        var full = all.getFirst();
        assertThat(all.get(1).top()).isEqualTo(full.top());
        assertThat(all.get(2).cacheBytes()).isLessThan(full.cacheBytes());
        assertThat(all.get(3).cacheBytes()).isLessThan(all.get(2).cacheBytes());
        assertThat(all.get(3).storedBytes()).isGreaterThanOrEqualTo(full.fullCacheBytes());
        assertThat(all.get(3).freeTokens()).isZero();
        assertThat(all.get(4).top()).isEqualTo(full.top());
        assertThat(full.storedBytes()).isEqualTo(full.cacheBytes());
    }

    /** Its bytes are those after the step that shrinks it: the union of what the query heads of a KV head see. */
    @Test
    void paperHeavyHittersAreCountedWhenTheyHaveShrunk() {
        var prompt = prompt(PROMPT, 12);
        var completions = complete(prompt, 8, "full", "h2o-paper:2x", "h2o-paper:4x", "h2o-paper:8x");
        assertThat(completions.get(1).freeTokens()).isEqualTo(2);
        assertThat(completions.get(1).ids()[0]).isEqualTo(completions.getFirst().ids()[0]);
        assertThat(completions.get(1).ids()[1]).isEqualTo(completions.getFirst().ids()[1]);
        for (int i = 1; i < completions.size(); i++) {
            assertThat(completions.get(i).cacheBytes())
                    .isLessThan(completions.get(i - 1).cacheBytes());
        }
        var method = Methods.parse("h2o-paper:4x");
        try (var prefill = prefill(prompt, method);
                var cache = method.build(prefill)) {
            for (int step = 0; step < 40; step++) {
                model.decoder().step(new int[] {100 + step}, new SequenceCache[] {cache}, null);
            }
            int group = model.config().groupSize();
            for (int layer = 0; layer < cache.shape().layers(); layer++) {
                for (int head = 0; head < cache.shape().kvHeads(); head++) {
                    assertThat(positions(cache, layer, head))
                            .doesNotHaveDuplicates()
                            .contains(PROMPT + 39, PROMPT + 10)
                            .hasSizeBetween(74, 37 + group * 37);
                }
            }
        }
    }

    @Test
    void streamingKeepsItsSinksAndItsWindow() {
        var method = Methods.parse("streaming:60");
        try (var prefill = prefill(prompt(PROMPT, 8), method);
                var cache = method.build(prefill)) {
            model.decoder()
                    .step(
                            new int[] {9},
                            new SequenceCache[] {cache},
                            new float[model.config().vocabulary()]);
            var expected = new ArrayList<>(List.of(0, 1, 2, 3));
            IntStream.range(PROMPT - 55, PROMPT + 1).forEach(expected::add);
            assertThat(positions(cache, 0, 1)).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void headsDrawTheirOwnRandomTokens() {
        var method = Methods.parse("random:4x");
        try (var prefill = prefill(prompt(PROMPT, 9), method);
                var cache = method.build(prefill);
                var other = Methods.parse("random:4x,seed=1").build(prefill)) {
            assertThat(positions(cache, 0, 0)).isNotEqualTo(positions(cache, 0, 1));
            assertThat(positions(cache, 0, 0)).isNotEqualTo(positions(cache, 1, 0));
            assertThat(positions(cache, 0, 0)).isNotEqualTo(positions(other, 0, 0));
        }
    }

    /** Methods that store tokens with fewer bits, by the text in front of the width. */
    static Stream<String> storing() {
        return Methods.all().stream()
                .filter(info -> info.school() == School.QUANTISE)
                .map(info -> info.name() + ":");
    }

    @ParameterizedTest
    @MethodSource("storing")
    void bytesFallWithTheBitsAndAreWhatIsAllocated(String family) {
        long smaller = 0;
        for (var bits : List.of("2bit", "4bit", "8bit")) {
            var method = Methods.parse(family + bits);
            try (var prefill = prefill(prompt(PROMPT, 3), method)) {
                long before = NativeMemory.liveBytes();
                try (var cache = method.build(prefill)) {
                    assertThat(cache.bytes())
                            .isEqualTo(NativeMemory.liveBytes() - before)
                            .isGreaterThan(smaller);
                    smaller = cache.bytes();
                }
                assertThat(NativeMemory.liveBytes()).isEqualTo(before);
            }
        }
        assertThat(smaller).isLessThan(model.cacheShape().fullBytes(PROMPT, new KvCodec.F16()));
    }

    /** The paper's form loses something in the prompt already; the original form, like KIVI, only behind it. */
    @Test
    void onlyThePapersFlexGenRoundsWhatThePromptSees() {
        var runs = complete(prompt(PROMPT, 10), 8, "full", "flexgen:4bit", "flexgen-paper:4bit", "kivi:4bit");
        var first = runs.stream().map(run -> run.top().getFirst()).toList();
        assertThat(first.get(1)).isEqualTo(first.get(0));
        assertThat(first.get(2)).isNotEqualTo(first.get(0));
        assertThat(first.get(3)).isEqualTo(first.get(0));
        assertThat(runs.stream().map(Completion::freeTokens)).containsExactly(1, 1, 0, 1);
        assertThat(runs.get(1).top().get(1)).isNotEqualTo(runs.get(0).top().get(1));
    }

    static Stream<Arguments> bitRatios() {
        return Stream.of(
                Arguments.of("kivi:2bit", 5.05),
                Arguments.of("kivi:4bit", 3.11),
                Arguments.of("kivi-paper:4bit", 3.11),
                Arguments.of("flexgen:4bit", 16 / 4.5),
                Arguments.of("flexgen-paper:4bit", 16 / 5.0));
    }

    /** The ratios that the formulas give at 10,000 tokens, scales, minima and KIVI's residual included. */
    @ParameterizedTest
    @MethodSource("bitRatios")
    void quantisersReallySaveWhatTheirFormulasSay(String expression, double ratio) {
        var shape = model.cacheShape();
        var rows = new float[shape.kvHeads() * shape.headDim()];
        var method = Methods.parse(expression);
        try (var cache = new SequenceCache(shape, prefillType(method), 10_000)) {
            for (int token = 0; token < 10_000; token++) {
                rows[token % rows.length] = token % 17 - 8;
                for (int layer = 0; layer < shape.layers(); layer++) {
                    cache.layer(layer).append(rows, 0, rows, 0, 1, rows.length, token);
                }
                cache.advance(1);
            }
            var signals = new PrefillSignals(method.signals(), model.config(), 10_000);
            try (var packed = method.build(new Prefilled(model, cache, signals, 0, 0))) {
                double achieved = (double) shape.fullBytes(10_000, new KvCodec.F16()) / packed.bytes();
                assertThat(achieved).isBetween(ratio * 0.97, ratio * 1.03);
            }
        }
    }

    private static List<Completion> complete(int[] prompt, int newTokens, String... expressions) {
        return complete(prompt, newTokens, 64, expressions);
    }

    private static List<Completion> complete(int[] prompt, int newTokens, int chunk, String... expressions) {
        var recipes = new ArrayList<CacheRecipe>();
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

    private static Prefilled prefill(int[] prompt, Method method) {
        var cache = new SequenceCache(model.cacheShape(), prefillType(method), prompt.length);
        var signals = new PrefillSignals(method.signals(), model.config(), prompt.length);
        var options = new PrefillOptions(128, signals, LogitsSink.NONE, ProgressListener.NONE);
        model.decoder().prefill(prompt, 0, prompt.length, cache, options);
        return new Prefilled(model, cache, signals, 64, 11);
    }

    private static KvCodec prefillType(Method method) {
        return method.prefillPattern() instanceof PrefillPattern.Stored(var codec) ? codec : new KvCodec.F16();
    }

    private static int[] prompt(int tokens, long seed) {
        var random = new Random(seed);
        return IntStream.range(0, tokens)
                .map(i -> i == 0 ? 1 : 4 + random.nextInt(model.config().vocabulary() - 4))
                .toArray();
    }

    /** Bytes of the tables of positions: 4 for each token of a head that does not hold consecutive ones. */
    private static long tables(SequenceCache cache) {
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

    private static long keptTokens(SequenceCache cache) {
        long tokens = 0;
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            for (int head = 0; head < cache.shape().kvHeads(); head++) {
                tokens += cache.layer(layer).length(head);
            }
        }
        return tokens;
    }

    private static List<Integer> positions(SequenceCache cache, int layer, int head) {
        var positions = new ArrayList<Integer>();
        for (int slot = 0; slot < cache.layer(layer).length(head); slot++) {
            positions.add(cache.layer(layer).position(head, slot));
        }
        return positions;
    }
}
