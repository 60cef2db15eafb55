package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.testing.Goldens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GenerationTest {
    private static final int EOS = 2;
    private static final List<CompressionMethod> METHODS = List.of(
            CompressionMethod.full(),
            TestMethods.everyNth(2),
            TestMethods.stored(new KvCodec.Q8()),
            TestMethods.everyNth(5),
            CompressionMethod.full(),
            TestMethods.readAs(new KvCodec.FlexGen(2, 32, false)),
            TestMethods.readAs(new KvCodec.F16()),
            TestMethods.readAs(new KvCodec.FlexGen(2, 32, false)));

    private LanguageModel model;

    @BeforeAll
    void load() {
        model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(2));
    }

    @AfterAll
    void closingReleasesAllMemory() {
        model.close();
        assertThat(NativeMemory.liveBytes()).isZero();
    }

    private int[] prompt(int tokens, long seed) {
        return new Random(seed).ints(tokens, 3, model.config().vocabulary()).toArray();
    }

    private List<Completion> run(
            int[] prompt, int compressAfter, List<CompressionMethod> methods, GenerationOptions how) {
        return Generation.run(model, prompt, compressAfter, methods, how, GenerationListener.NONE);
    }

    private static GenerationOptions options(int maxNewTokens, Sampling sampling, long cacheMemory) {
        return new GenerationOptions(
                maxNewTokens, maxNewTokens, sampling, Set.of(), null, new KvCodec.F16(), 64, 5, cacheMemory, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {150, 141, 1})
    void lockstepEqualsSoloToTheBit(int compressAfter) {
        var prompt = prompt(150, 1);
        for (var sampling : List.of(Sampling.GREEDY, new Sampling(1.3, 0.9, 5))) {
            var how = options(20, sampling, Long.MAX_VALUE);
            var together = run(prompt, compressAfter, METHODS, how);
            for (int i = 0; i < METHODS.size(); i++) {
                var alone =
                        run(prompt, compressAfter, List.of(METHODS.get(i)), how).getFirst();
                assertSame(together.get(i), alone);
                assertThat(alone.ids()).hasSize(20);
            }
        }
    }

    @Test
    void sequencesThatEndEarlyDoNotDisturbTheOthers() {
        var prompt = prompt(150, 2);
        var sampling = new Sampling(1.5, 1, 5);
        var free = new GenerationOptions(30, 0, sampling, Set.of(), null, new KvCodec.F16(), 64, 5, Long.MAX_VALUE, 0);
        int stop = run(prompt, 150, METHODS, free).get(1).ids()[4];
        var withStop =
                new GenerationOptions(30, 0, sampling, Set.of(stop), null, new KvCodec.F16(), 64, 5, Long.MAX_VALUE, 0);
        var together = run(prompt, 150, METHODS, withStop);
        assertThat(together.get(1).ids().length).isLessThanOrEqualTo(4);
        assertThat(together.get(1).stop()).isEqualTo(StopReason.EOS);
        for (int i = 0; i < METHODS.size(); i++) {
            assertSame(
                    together.get(i),
                    run(prompt, 150, List.of(METHODS.get(i)), withStop).getFirst());
        }
    }

    @Test
    void batchesOfOneGiveTheSameResults() {
        var prompt = prompt(200, 3);
        var together = run(prompt, 190, METHODS, options(10, Sampling.GREEDY, Long.MAX_VALUE));
        var built = new ArrayList<String>();
        var listener = new GenerationListener() {
            @Override
            public void built(int sequence, long cacheBytes) {
                built.add("built");
            }

            @Override
            public void finished(int sequence, Completion completion) {
                built.add("finished");
            }
        };
        var oneByOne = Generation.run(model, prompt, 190, METHODS, options(10, Sampling.GREEDY, 1), listener);
        for (int i = 0; i < METHODS.size(); i++) {
            assertSame(together.get(i), oneByOne.get(i));
        }
        assertThat(built).startsWith("built", "finished", "built", "finished");
    }

    @Test
    void methodsWithEqualPatternsShareAPrefill() {
        var prompt = prompt(130, 12);
        var read = new ArrayList<Integer>();
        var listener = new GenerationListener() {
            @Override
            public void prefilled(int tokens, int of) {
                read.add(tokens);
            }
        };
        var completions =
                Generation.run(model, prompt, 130, METHODS, options(3, Sampling.GREEDY, Long.MAX_VALUE), listener);
        assertThat(read).containsExactly(64, 128, 130, 64, 128, 130, 64, 128, 130);
        var first = completions.stream().map(done -> done.top().getFirst()).toList();
        assertThat(first.get(6)).isEqualTo(first.get(0));
        assertThat(first.get(5)).isNotEqualTo(first.get(0)).isEqualTo(first.get(7));
        assertThat(completions.get(6).ids()).isEqualTo(completions.get(0).ids());
        assertThat(completions.stream().map(Completion::freeTokens)).containsExactly(1, 1, 1, 1, 1, 0, 0, 0);
    }

    @Test
    void groupsThatFillLateCannotBeSeenByThePrompt() {
        assertThatThrownBy(() -> new PrefillPattern.Stored(KvCodec.parse("kivi")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void fullCacheIsHandedOverWhenNobodyElseNeedsIt() {
        var prompt = prompt(300, 4);
        long before = NativeMemory.liveBytes();
        var most = new long[1];
        var listener = new GenerationListener() {
            @Override
            public void built(int sequence, long cacheBytes) {
                most[0] = NativeMemory.liveBytes() - before;
            }
        };
        var how = options(1, Sampling.GREEDY, Long.MAX_VALUE);
        var full = Generation.run(model, prompt, 300, List.of(CompressionMethod.full()), how, listener)
                .getFirst();
        assertThat(full.bytes().read())
                .isBetween(most[0], most[0] + most[0] / 200); // with the tables of blocks on the heap
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }

    @Test
    void bytesAreThoseOfTheCaches() {
        var completions = run(prompt(512, 5), 512, METHODS, options(3, Sampling.GREEDY, Long.MAX_VALUE));
        // 4 layers, 2 heads of 64 channels, keys and values, 2 bytes each
        long full = 4L * 2 * 64 * 2 * 2 * 512;
        for (var completion : completions) {
            assertThat(completion.bytes().full()).isEqualTo(full);
        }
        long blockTables = full / 200;
        assertThat(completions.get(0).bytes().read()).isBetween(full, full + blockTables);
        // 257 tokens take 9 blocks of 32, and 4 bytes each for their positions
        long tables = 4L * 2 * 257 * 4;
        assertThat(full / (double) (completions.get(1).bytes().read() - tables)).isBetween(512 / 288.0 - 0.02, 2.0);
        assertThat(full / (double) completions.get(2).bytes().read()).isBetween(1.8, 2.0);
        tables = 4L * 2 * 104 * 4;
        assertThat(full / (double) (completions.get(3).bytes().read() - tables)).isBetween(3.95, 5.0);
    }

    @Test
    void reportsTheDistributionAfterThePrompt() {
        var prompt = prompt(100, 6);
        for (int compressAfter : new int[] {100, 99}) {
            var full = run(prompt, compressAfter, List.of(CompressionMethod.full()), options(4, Sampling.GREEDY, 1))
                    .getFirst();
            assertThat(full.freeTokens()).isEqualTo(compressAfter == 100 ? 1 : 0);
            assertThat(full.promptTokens()).isEqualTo(100);
            assertThat(full.top()).hasSize(4).allSatisfy(step -> {
                assertThat(step).hasSize(5);
                assertThat(step.getFirst().logprob()).isNegative();
            });
            for (int i = 0; i < 4; i++) {
                assertThat(full.top().get(i).getFirst().id()).isEqualTo(full.ids()[i]);
            }
            assertThat(full.times().prefillSeconds()).isPositive();
            assertThat(full.times().ownSeconds()).isPositive();
            assertThat(full.times().decodeSteps()).isEqualTo(3);
        }
    }

    @Test
    void endTokensEndUnlessTooEarly() {
        var prompt = prompt(60, 7);
        var free = run(prompt, 60, List.of(CompressionMethod.full()), GenerationOptions.greedy(6))
                .getFirst();
        int second = free.ids()[1];
        int places = free.ids()[0] == second ? 0 : 1;
        var stopping = new GenerationOptions(
                6, 0, Sampling.GREEDY, Set.of(second), null, new KvCodec.F16(), 512, 0, Long.MAX_VALUE, 0);
        var stopped =
                run(prompt, 60, List.of(CompressionMethod.full()), stopping).getFirst();
        assertThat(stopped.stop()).isEqualTo(StopReason.EOS);
        assertThat(stopped.ids()).isEqualTo(Arrays.copyOf(free.ids(), places));
        assertThat(stopped.times().decodeSteps()).isEqualTo(places); // the EOS token was chosen, too

        var later = new GenerationOptions(
                6, 6, Sampling.GREEDY, Set.of(second), null, new KvCodec.F16(), 512, 0, Long.MAX_VALUE, 0);
        var late = run(prompt, 60, List.of(CompressionMethod.full()), later).getFirst();
        assertThat(late.stop()).isEqualTo(StopReason.LENGTH);
        assertThat(late.ids()).hasSize(6).doesNotContain(second, EOS);
    }

    @Test
    void stopTextEndsTheText() {
        var prompt = prompt(60, 8);
        var free = run(prompt, 60, List.of(CompressionMethod.full()), GenerationOptions.greedy(8))
                .getFirst();
        assertThat(free.stop()).isEqualTo(StopReason.LENGTH);
        var stop = free.text().substring(2, 5);
        var stopping = new GenerationOptions(
                8, 0, Sampling.GREEDY, Set.of(), new StopText(stop, 0), new KvCodec.F16(), 512, 0, Long.MAX_VALUE, 0);
        var heard = new StringBuilder();
        var listener = new GenerationListener() {
            @Override
            public void token(int sequence, int id, String text) {
                heard.append(text);
            }
        };
        var stopped = Generation.run(model, prompt, 60, List.of(CompressionMethod.full()), stopping, listener)
                .getFirst();
        assertThat(stopped.stop()).isEqualTo(StopReason.STOP_TEXT);
        assertThat(stopped.text())
                .isEqualTo(free.text().substring(0, free.text().indexOf(stop)));
        assertThat(heard).hasToString(stopped.text());
    }

    @Test
    void signalsAreThoseOfTheLastTokensRead() {
        var request = new SignalRequest(8, true);
        var queries = new float[2][4][];
        var accumulated = new float[2][4][];
        for (int chunk : new int[] {3, 512}) {
            var method = TestMethods.method("looks", request, prefill -> {
                assertThat(prefill.signals().queryWindow()).isEqualTo(8);
                for (int layer = 0; layer < 4; layer++) {
                    queries[chunk == 3 ? 0 : 1][layer] = prefill.signals().lastQueries(layer);
                    accumulated[chunk == 3 ? 0 : 1][layer] = prefill.signals().accumulatedAttention(layer);
                }
                var view = prefill.view(1);
                assertThat(view.tokens()).isEqualTo(40);
                assertThat(view.keys(1)).hasSize(40 * 64);
                assertThat(view.values(0)).hasSize(40 * 64);
                assertThat(view.position(1, 39)).isEqualTo(39);
                return prefill.cache().fork();
            });
            var how = new GenerationOptions(
                    2, 0, Sampling.GREEDY, Set.of(), null, new KvCodec.F16(), chunk, 0, Long.MAX_VALUE, 0);
            run(prompt(50, 9), 40, List.of(method), how);
        }
        for (int layer = 0; layer < 4; layer++) {
            assertThat(queries[0][layer]).hasSize(8 * 6 * 64).isEqualTo(queries[1][layer]);
            checkAttention(accumulated[0][layer]);
        }
    }

    /** Every query row spends 1; the last token is seen by the last row only. */
    private static void checkAttention(float[] attention) {
        assertThat(attention).hasSize(6 * 40);
        for (int head = 0; head < 6; head++) {
            double sum = 0;
            for (int token = 0; token < 40; token++) {
                sum += attention[head * 40 + token];
            }
            assertThat(sum).isBetween(39.99, 40.01);
            assertThat(attention[head * 40 + 39]).isBetween(0f, 1f);
        }
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> GenerationOptions.greedy(0)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> new GenerationOptions(
                        5, 6, Sampling.GREEDY, Set.of(), null, new KvCodec.F16(), 512, 0, Long.MAX_VALUE, 0))
                .isInstanceOf(UserError.class);
    }

    @Test
    void promptsMustFitTheContext() {
        int context = model.config().contextLength();
        var how = GenerationOptions.greedy(5);
        assertThatThrownBy(() -> run(new int[context + 1], context + 1, METHODS, how))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("context");
        assertThatThrownBy(() -> run(new int[0], 0, METHODS, how)).isInstanceOf(UserError.class);
        assertThatThrownBy(() -> run(new int[] {5, 982}, 2, METHODS, how))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("982");
    }

    private static void assertSame(Completion actual, Completion expected) {
        assertThat(actual.method()).isEqualTo(expected.method());
        assertThat(actual.ids()).isEqualTo(expected.ids());
        assertThat(actual.text()).isEqualTo(expected.text());
        assertThat(actual.stop()).isEqualTo(expected.stop());
        assertThat(actual.bytes()).isEqualTo(expected.bytes());
        assertThat(actual.promptTokens()).isEqualTo(expected.promptTokens());
        assertThat(actual.freeTokens()).isEqualTo(expected.freeTokens());
        assertThat(actual.times().decodeSteps()).isEqualTo(expected.times().decodeSteps());
        assertThat(actual.top()).isEqualTo(expected.top());
    }
}
