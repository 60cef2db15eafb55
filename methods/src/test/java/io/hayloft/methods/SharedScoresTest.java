package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.LayerView;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.PrefillSignals;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.hub.ModelStore;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.policy.DecodeRule;
import io.hayloft.methods.score.Scorer;
import io.hayloft.methods.score.Scores;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedScoresTest {
    /** Later tokens are better; counts how often it is asked. */
    private record Counting(AtomicInteger calls, boolean needsBudget) implements Scorer {
        @Override
        public float[][] score(LayerView view, int budget) {
            calls.incrementAndGet();
            var scores = new float[view.shape().kvHeads()][view.tokens()];
            for (var head : scores) {
                for (int i = 0; i < head.length; i++) {
                    head[i] = i;
                }
            }
            return scores;
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 3"})
    void ratiosShareScoresThatDoNotGoByTheBudget(boolean needsBudget, int timesEachLayer) {
        var scorer = new Counting(new AtomicInteger(), needsBudget);
        try (var model = model();
                var prefill = prefill(model, SignalRequest.NONE)) {
            for (int ratio : new int[] {2, 4, 8}) {
                var evict = new Term.Evict(scorer, Budget.parse(ratio + "x"), DecodeRule.GROW);
                try (var cache = new ComposedMethod("later", "later", School.EVICT, null, evict, null).build(prefill)) {
                    assertThat(cache.layer(1).length(0)).isEqualTo(64 / ratio);
                    assertThat(cache.layer(1).position(1, 0)).isEqualTo(64 - 64 / ratio);
                }
            }
            assertThat(scorer.calls()).hasValue(timesEachLayer * model.config().layers());
        }
    }

    /** Takes at least {@link #NANOS} for each layer. */
    private record Slow() implements Scorer {
        static final long NANOS = 8_000_000;

        @Override
        public float[][] score(LayerView view, int budget) {
            long start = System.nanoTime();
            while (System.nanoTime() - start < NANOS) {
                Thread.onSpinWait();
            }
            return new float[view.shape().kvHeads()][view.tokens()];
        }
    }

    /** Whoever is built first computes for all; none of them is told to be free. */
    @Test
    void everyRatioIsChargedForSharedScores() {
        try (var model = model()) {
            var recipes = new ArrayList<CompressionMethod>();
            for (int ratio : new int[] {2, 4, 8}) {
                var evict = new Term.Evict(new Slow(), Budget.parse(ratio + "x"), DecodeRule.GROW);
                recipes.add(new ComposedMethod("slow", "slow", School.EVICT, null, evict, null));
            }
            var prompt = IntStream.range(10, 74).toArray();
            var options = GenerationOptions.greedy(1);
            var all = Generation.run(model, prompt, prompt.length, recipes, options, GenerationListener.NONE);
            double alone = 1e-9 * Slow.NANOS * model.config().layers() / 2; // on two threads
            assertThat(all)
                    .allSatisfy(
                            done -> assertThat(done.times().compressSeconds()).isGreaterThanOrEqualTo(alone));
        }
    }

    /** H2O's choice and its rule for decoding read the same sums, which nobody changes. */
    @Test
    void theMassOfAGroupIsSummedOnce() {
        try (var model = model();
                var prefill = prefill(model, new SignalRequest(0, true))) {
            var mass = Scores.groupMass(prefill.view(1));
            var before = mass[0].clone();
            for (var expression : new String[] {"h2o:4x", "observed:4x", "h2o:2x"}) {
                Methods.parse(expression).build(prefill).close();
            }
            assertThat(Scores.groupMass(prefill.view(1))).isSameAs(mass);
            assertThat(mass[0]).isEqualTo(before);
            assertThat(Scores.groupMass(prefill.view(2))).isNotSameAs(mass);
        }
    }

    private static LanguageModel model() {
        return LanguageModel.load(ModelStore.open().resolve("hayloft-tiny").path(), LoadOptions.withThreads(2));
    }

    private static Prefilled prefill(LanguageModel model, SignalRequest request) {
        var prompt = IntStream.range(10, 74).toArray();
        var cache = new SequenceCache(model.cacheShape(), new KvCodec.F16(), prompt.length);
        var signals = new PrefillSignals(request, model.config(), prompt.length);
        var options = new PrefillOptions(128, signals, LogitsSink.NONE, ProgressListener.NONE);
        model.decoder().prefill(prompt, 0, prompt.length, cache, options);
        return new Prefilled(model, cache, signals, 0, 0);
    }
}
