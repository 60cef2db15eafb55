package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepTimeTest {
    @Test
    void theRestOfAStepIsShared() {
        var time = new StepTime(3);
        var own = time.begin();
        own[0] = 500;
        own[1] = 100;
        own[2] = 99; // has ended already
        time.end(1000, 2);
        assertThat(time.ownSeconds(0)).isEqualTo(500e-9, within(1e-15));
        assertThat(time.ownSeconds(1)).isEqualTo(100e-9, within(1e-15));
        assertThat(time.sharedSeconds()).isEqualTo(400e-9, within(1e-15));
        assertThat(time.begin()).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theLongerCacheTakesMoreOfEachStep(int threads) {
        try (var model = LanguageModel.load(Shared.path("models/hayloft-tiny"), LoadOptions.withThreads(threads));
                var small = filled(model, 32);
                var large = filled(model, 3000)) {
            var caches = new SequenceCache[] {small, large};
            var logits = new float[2 * model.config().vocabulary()];
            var time = new StepTime(2);
            var sums = new double[2];
            double shared = 0;
            long wall = 0;
            for (int step = 0; step < 40; step++) {
                var own = time.begin();
                long start = System.nanoTime();
                model.decoder().step(new int[] {9, 9}, caches, 32, logits, own);
                long nanos = System.nanoTime() - start;
                time.end(nanos, 2);
                assertThat(own[0] + own[1]).isPositive().isLessThanOrEqualTo(nanos);
                sums[0] += time.ownSeconds(0);
                sums[1] += time.ownSeconds(1);
                shared += time.sharedSeconds();
                wall += nanos;
            }
            assertThat(sums[0] + sums[1] + shared).isEqualTo(wall * 1e-9, within(1e-9));
            assertThat(sums[1]).isGreaterThan(2 * sums[0]);
        }
    }

    @Test
    void completionsCarryTheirTimes() {
        try (var model = LanguageModel.load(Shared.path("models/hayloft-tiny"), LoadOptions.withThreads(2))) {
            var prompt =
                    new Random(4).ints(3000, 3, model.config().vocabulary()).toArray();
            var greedy = GenerationOptions.greedy(30);
            var completions = Generation.run(
                    model,
                    prompt,
                    prompt.length,
                    List.of(TestMethods.everyNth(100), CompressionMethod.full()),
                    greedy,
                    GenerationListener.NONE);
            var few = completions.get(0).times();
            var all = completions.get(1).times();
            assertThat(all.ownSeconds()).isGreaterThan(2 * few.ownSeconds());
            assertThat(all.sharedSeconds()).isEqualTo(few.sharedSeconds());
            assertThat(all.batchRows()).isEqualTo(2);
            assertThat(all.secondsPerStep()).isEqualTo((all.ownSeconds() + all.sharedSeconds()) / 29, within(1e-12));
            assertThat(all.shareSeconds()).isEqualTo(all.ownSeconds() + all.sharedSeconds() / 2, within(1e-12));
        }
    }

    private static SequenceCache filled(LanguageModel model, int tokens) {
        var shape = model.cacheShape();
        var cache = new SequenceCache(shape, new KvCodec.F16(), tokens + 64);
        var rows = new float[tokens * shape.kvHeads() * shape.headDim()];
        for (int layer = 0; layer < shape.layers(); layer++) {
            cache.layer(layer).append(rows, 0, rows, 0, tokens, rows.length / tokens, 0);
        }
        cache.advance(tokens);
        return cache;
    }
}
