package io.hayloft.bench.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.hub.ModelStore;
import io.hayloft.kernels.machine.MachineLimits;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Measuring with the embedded model: what is counted, not how fast it is. */
class SpeedRunnerTest {
    private static final MachineLimits LIMITS = new MachineLimits(1, 100, 10);
    private static final KvCodec F16 = new KvCodec.F16();
    private static LanguageModel model;

    @BeforeAll
    static void load() {
        model = LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(1));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static SpeedCase decode(String method, int depth, int tokens, int batch) {
        return new SpeedCase(SpeedTest.DECODE, tokens, depth, Methods.parse(method), F16, batch);
    }

    private static SpeedResult measure(SpeedCase test) {
        return new SpeedRunner(model, LIMITS, 0, SpeedListener.NONE).measure(test, 2);
    }

    @Test
    void countsBytesOfWeightsAndCachesAtEveryStep() {
        var result = measure(decode("full", 1024, 32, 3));

        long before = 3 * bytesOfFull(1024);
        long after = 3 * bytesOfFull(1056);
        assertThat(after).isGreaterThan(3 * model.cacheShape().fullBytes(1056, F16)); // which leaves tables out
        assertThat(result.cacheBytes()).isCloseTo(after, ROOM_OF_TABLES);
        assertThat(result.weightBytes()).isEqualTo(model.weightBytes());
        assertThat(result.bytesRead()).isEqualTo(32 * (model.weightBytes() + (before + result.cacheBytes()) / 2.0));
        assertThat(result.timings().seconds()).hasSize(2).doesNotContain(0);
    }

    /** The tables of a cache that grew have some entries to spare, those of a cache built in one go have none. */
    private static final Percentage ROOM_OF_TABLES = withinPercentage(0.1);

    private static long bytesOfFull(int tokens) {
        try (var cache = new SyntheticCache(model).ofPrompt(Methods.parse("full"), F16, tokens)) {
            return cache.bytes();
        }
    }

    @Test
    void ratesFollowFromTimes() {
        var result = new SpeedResult(
                decode("full", 0, 8, 2), "java", new Timings(new double[] {0.5, 0.5}), 1, 1, 25e9, 2e9, LIMITS);

        assertThat(result.tokensPerSecond()).containsExactly(32, 32);
        assertThat(result.millisPerToken()).isEqualTo(62.5);
        assertThat(result.gflops()).isEqualTo(50);
        assertThat(result.gflopsShare()).isCloseTo(0.5, within(1e-12));
        assertThat(result.gigabytesPerSecond()).isEqualTo(4);
        assertThat(result.bandwidthShare()).isCloseTo(0.4, within(1e-12));
    }

    /** The cache is as large as what the method makes of a real prompt of as many tokens. */
    @ParameterizedTest
    @CsvSource({"kivi:4bit, 2.8", "kivi:2bit, 4", "flexgen:4bit, 3", "snapkv:4x, 3.7", "h2o:4x, 3.7", "knorm:4x, 3.7"})
    void aCompressedCacheIsSmaller(String method, double ratio) {
        var caches = new SyntheticCache(model);
        try (var full = caches.compressed(Methods.parse("full"), F16, 4096);
                var small = caches.compressed(Methods.parse(method), F16, 4096)) {
            assertThat((double) full.bytes() / small.bytes()).isBetween(ratio, 1.3 * ratio);
            assertThat(small.nextPosition()).isEqualTo(4096);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "full",
                "kivi:4bit",
                "flexgen-paper:4bit",
                "h2o-paper:4x",
                "h2o:4x",
                "tova-prompt:512 + kivi:2bit"
            })
    void everyRepetitionStartsAtTheSameDepthAndFreesItsCaches(String method) {
        long live = NativeMemory.liveBytes();
        var repetitions = new ArrayList<Integer>();

        var test = decode(method, 256, 4, 1);
        var result = new SpeedRunner(model, LIMITS, 0, new SpeedListener() {
                    @Override
                    public void repeated(SpeedCase of, int done, int all) {
                        repetitions.add(done);
                    }
                })
                .measure(test, 3);

        assertThat(repetitions).containsExactly(1, 2, 3);
        assertThat(result.cacheBytes()).isPositive();
        assertThat(NativeMemory.liveBytes()).isEqualTo(live);
    }

    @Test
    void aPrefillAtDepthSeesTheTokensBefore() {
        var full = Methods.parse("full");
        var result = measure(new SpeedCase(SpeedTest.PREFILL, 64, 512, full, F16, 1));

        assertThat(result.cacheBytes()).isCloseTo(bytesOfFull(576), ROOM_OF_TABLES);
        var work = new Work(model.config());
        assertThat(result.flops()).isEqualTo(work.prefill(512, 64)).isGreaterThan(work.prefill(0, 64));
        assertThat(result.gigabytesPerSecond()).isZero();
    }

    /** Reading a prompt token by token takes as many operations, but for logits and the last layer's rest. */
    @Test
    void countsOperations() {
        var config = model.config();
        double projections = 2.0
                * config.hidden()
                * config.attention(0).headDim()
                * (config.attention(0).queryHeads() + config.attention(0).kvHeads());
        double feedForward = 3.0 * config.hidden() * config.feedForward(0).width();
        double output = (double) config.hidden() * config.vocabulary();
        double pairs = 2.0
                * config.layers()
                * config.attention(0).queryHeads()
                * config.attention(0).headDim();
        var work = new Work(config);

        double seen = config.layers() * config.attention(0).queryHeads();
        assertThat(work.decode(1, seen))
                .isEqualTo(2 * (config.layers() * (projections + feedForward) + output + pairs));
        assertThat(work.decode(1, 101 * seen) - work.decode(1, seen)).isCloseTo(2 * 100 * pairs, within(1.0));
        assertThat(work.decode(10, 55 * seen) - work.prefill(0, 10))
                .isCloseTo(2 * 9 * (output + feedForward), within(1.0));
    }

    /** Tokens that a method has thrown away, nobody looks at. */
    @ParameterizedTest
    @CsvSource({"full, 1024, 1", "kivi:2bit, 1024, 1", "snapkv:4x, 256, 1", "streaming:128, 128, 0"})
    void countsTheAttentionToTokensThatAreHeld(String method, int held, int growth) {
        var config = model.config();
        double seen = 0;
        for (int i = 1; i <= 8; i++) {
            seen += growth == 1 ? held + i : held + 0.5; // the new token is in sight before another goes
        }
        double pairs = seen * config.layers() * config.attention(0).queryHeads();

        assertThat(measure(decode(method, 1024, 8, 3)).flops()).isEqualTo(3 * new Work(config).decode(8, pairs));
    }

    @Test
    void refusesWhatDoesNotFit() {
        var test = decode("full", 64 << 10, 8, 20);
        var small = decode("kivi:2bit", 64 << 10, 8, 1);
        long full = model.cacheShape().fullBytes(64 << 10, F16);
        var plan = MemoryPlan.of(model, 10 * full);

        assertThat(plan.cacheBytes(test)).isBetween(21 * full, 22 * full);
        assertThat(plan.cacheBytes(small)).isLessThan(2 * full);
        assertThatThrownBy(() -> plan.check(List.of(small, test)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("tg8 at depth 65536, full, f16, batch 20")
                .hasMessageContaining("--depth");
        MemoryPlan.of(model, 0).check(List.of(test));
        assertThat(plan.describe(List.of(small, test))).contains("batch 20", "free memory");
    }

    @Test
    void plansEachCacheAsItIsStored() {
        var shape = model.cacheShape();
        var plan = MemoryPlan.of(model, 0);
        var knorm = Methods.parse("knorm:4x");
        var f32 = new KvCodec.F32();

        // One after the other: the codec of an eviction is that of its run.
        for (var type : List.of(F16, f32)) {
            var test = new SpeedCase(SpeedTest.DECODE, 96, 1024, knorm, type, 2);
            long start = shape.fullBytes(256, type);
            assertThat(plan.cacheBytes(test))
                    .isEqualTo(Math.max(shape.fullBytes(1024, type) + start, start + 2 * shape.fullBytes(352, type)));
        }
        var stored = Methods.parse("flexgen-paper:4bit");
        var prefill = new SpeedCase(SpeedTest.PREFILL, 64, 1024, stored, F16, 1);
        assertThat(plan.cacheBytes(prefill)).isLessThan(shape.fullBytes(1088, F16));
        assertThatThrownBy(() -> plan.cacheBytes(decode("full", 2_000_000_000, 1_000_000_000, 1)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--depth");
    }

    @Test
    void plansTokensAndUnionsAsTheyAreKept() {
        var shape = model.cacheShape();
        var plan = MemoryPlan.of(model, 0);
        long prompt = shape.fullBytes(1024, F16);

        long fixed = shape.fullBytes(128, F16);
        assertThat(plan.cacheBytes(decode("tova-prompt:128", 1024, 32, 8)))
                .isEqualTo(Math.max(prompt + fixed, fixed + 8 * shape.fullBytes(160, F16)));
        long quarter = shape.fullBytes(256, F16);
        var h2o = decode("h2o:4x", 1024, 8, 1);
        long attention = h2o.method().signals().heapBytes(model.config(), 1024);
        assertThat(attention)
                .isGreaterThanOrEqualTo(4L * 1024 * model.config().attention(0).queryHeads());
        assertThat(plan.cacheBytes(h2o)).isEqualTo(prompt + attention + quarter);
        assertThat(plan.cacheBytes(decode("streaming:4x,positions=slot", 1024, 32, 8)))
                .isEqualTo(Math.max(prompt + quarter, quarter + 8 * shape.fullBytes(288, F16)));
        // The query heads of a KV head may all keep different tokens; the first step still sees all.
        int union = Math.min(1024, model.config().attention(0).groupSize() * 128);
        assertThat(plan.cacheBytes(decode("h2o-paper:8x", 1024, 32, 8)))
                .isEqualTo(Math.max(2 * prompt, prompt + 8 * shape.fullBytes(union + 32, F16)));
        try (var cache = new SyntheticCache(model).compressed(Methods.parse("h2o:8x,heads=query"), F16, 1024)) {
            assertThat(cache.layer(0).length(0)).isBetween(129, union);
        }
    }

    /** What is certain is refused before minutes of loading; the cache of a method only a loaded model can tell. */
    @Test
    void refusesWhatCannotFitBeforeLoading() {
        var test = decode("full", 64 << 10, 8, 20);
        var kivi = decode("kivi:2bit", 64 << 10, 8, 20);
        var evicting = decode("snapkv:4x", 64 << 10, 8, 1);
        long full = model.cacheShape().fullBytes(64 << 10, F16);
        try (var checkpoint =
                Checkpoint.open(ModelStore.open().resolve("hayloft-tiny").path())) {
            var plan = MemoryPlan.beforeLoading(checkpoint, 0, 10 * full);

            assertThat(plan.cacheBytes(test)).isBetween(21 * full, 22 * full);
            assertThat(plan.cacheBytes(kivi)).isEqualTo(full);
            long queries = evicting.method().signals().heapBytes(checkpoint.config(), 64 << 10);
            assertThat(queries).isPositive();
            assertThat(plan.cacheBytes(evicting)).isEqualTo(full + queries);
            assertThatThrownBy(() -> plan.check(List.of(kivi, test)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("batch 20")
                    .hasMessageContaining("free memory");
            assertThatThrownBy(() -> MemoryPlan.beforeLoading(checkpoint, 0, 1).check(List.of(kivi)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("of weights")
                    .hasMessageEndingWith("or a smaller --cache-type");
            MemoryPlan.beforeLoading(checkpoint, 0, 100 * full).check(List.of(test));
            long file = checkpoint.tensors().values().stream()
                    .mapToLong(tensor -> tensor.type().bytes(tensor.elements()))
                    .sum();
            long copy = 123_456_789;
            assertThatThrownBy(
                            () -> MemoryPlan.beforeLoading(checkpoint, copy, 1).check(List.of(test)))
                    .hasMessageContaining(Sizes.bytes(file + copy) + " of weights")
                    .hasMessageEndingWith("a smaller --cache-type, or --backend java");
        }
    }
}
