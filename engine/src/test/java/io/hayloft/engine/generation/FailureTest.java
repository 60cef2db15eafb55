package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.formats.memory.MemoryLimit;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.testing.Goldens;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails in a generation, the memory of its caches is free afterwards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailureTest {
    private static final List<CompressionMethod> METHODS = List.of(
            TestMethods.everyNth(2),
            TestMethods.stored(new KvCodec.Q8()),
            TestMethods.stored(KvCodec.parse("kivi")),
            TestMethods.readAs(new KvCodec.FlexGen(2, 32, false)),
            CompressionMethod.full());

    private LanguageModel model;
    private int[] prompt;
    private long before;

    @BeforeAll
    void load() {
        model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(2));
        prompt = new Random(1).ints(200, 3, model.config().vocabulary()).toArray();
    }

    @AfterAll
    void close() {
        if (model != null) {
            model.close();
        }
    }

    @BeforeEach
    void remember() {
        before = NativeMemory.liveBytes();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }

    private List<Completion> run(List<CompressionMethod> methods, long cacheMemory, GenerationListener listener) {
        var how = new GenerationOptions(
                40, 40, Sampling.GREEDY, Set.of(), null, new KvCodec.F16(), 64, 0, cacheMemory, 0);
        return Generation.run(model, prompt, 190, methods, how, listener);
    }

    /** Memory runs out at the first reservation, at the second, ... until there is enough for all. */
    @ParameterizedTest
    @ValueSource(longs = {1, Long.MAX_VALUE})
    void memoryMayRunOutAtAnyStep(long cacheMemory) {
        int failures = 0;
        for (int reservations = 0; ; reservations++) {
            try (var limit = MemoryLimit.reservations(reservations)) {
                run(METHODS, cacheMemory, GenerationListener.NONE);
                assertThat(limit.reached()).isFalse();
                break;
            } catch (UserError e) {
                assertThat(e).hasMessageContaining("memory");
                failures++;
            }
            nothingIsLeft();
        }
        assertThat(failures).isGreaterThan(20);
    }

    private void failsAt(List<CompressionMethod> methods, GenerationListener listener) {
        assertThatThrownBy(() -> run(methods, Long.MAX_VALUE, listener))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("on purpose");
        nothingIsLeft();
    }

    @Test
    void listenersMayThrow() {
        failsAt(METHODS, new GenerationListener() {
            @Override
            public void prefilled(int tokens, int of) {
                fail(tokens == 128);
            }
        });
        for (int failing = 0; failing < METHODS.size(); failing++) {
            int which = failing;
            failsAt(METHODS, new GenerationListener() {
                @Override
                public void built(int sequence, long cacheBytes) {
                    fail(sequence == which);
                }
            });
            failsAt(METHODS, new GenerationListener() {
                @Override
                public void token(int sequence, int id, String text) {
                    fail(sequence == which);
                }
            });
            failsAt(METHODS, new GenerationListener() {
                @Override
                public void finished(int sequence, Completion completion) {
                    fail(sequence == which);
                }
            });
        }
    }

    /** The cache of the prompt is handed over to {@code full} before its listener throws. */
    @Test
    void aCacheThatWasHandedOverIsFreed() {
        failsAt(List.of(CompressionMethod.full()), new GenerationListener() {
            @Override
            public void built(int sequence, long cacheBytes) {
                fail(true);
            }
        });
    }

    @Test
    void buildersMayThrow() {
        var broken = TestMethods.method("broken", SignalRequest.NONE, prefill -> {
            throw new IllegalStateException("on purpose");
        });
        failsAt(List.of(broken, CompressionMethod.full()), GenerationListener.NONE);
        failsAt(List.of(TestMethods.everyNth(2), CompressionMethod.full(), broken), GenerationListener.NONE);
    }

    private static void fail(boolean now) {
        if (now) {
            throw new IllegalStateException("on purpose");
        }
    }
}
