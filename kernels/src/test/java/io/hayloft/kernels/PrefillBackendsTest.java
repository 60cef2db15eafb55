package io.hayloft.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The choice of a backend, and who calls what of it. */
class PrefillBackendsTest {
    /** Answers every product with sevens and counts what is open. */
    private static final class Sevens implements PrefillBackend {
        private final String name;
        private final Optional<String> obstacle;
        private boolean automatic = true;

        Sevens(String name, Optional<String> obstacle) {
            this.name = name;
            this.obstacle = obstacle;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Optional<String> obstacle() {
            return obstacle;
        }

        @Override
        public String describe() {
            return "sevens";
        }

        @Override
        public long bytesFor(long weights) {
            return 2 * weights;
        }

        @Override
        public boolean automatic() {
            return automatic;
        }

        @Override
        public Session open(NativeMemory memory, WorkerPool pool) {
            return new Session() {
                @Override
                public Optional<Matrix> pack(WeightRows rows) {
                    return rows.rows() == 1
                            ? Optional.empty()
                            : Optional.of((_, count, y) -> Arrays.fill(y, 0, count * rows.rows(), 7f));
                }

                @Override
                public long bytes() {
                    return 0;
                }

                @Override
                public void close() {
                    // holds nothing
                }
            };
        }
    }

    private final Sevens works = new Sevens("works", Optional.empty());
    private final Sevens broken = new Sevens("broken", Optional.of("the processor is too old"));

    @Test
    void javaIsNoBackend() {
        assertThat(PrefillBackends.choose("java")).isNull();
    }

    @Test
    void autoTakesTheFirstThatWorks() {
        assertThat(PrefillBackends.choose("auto", List.of(broken, works))).isSameAs(works);
        assertThat(PrefillBackends.choose("auto", List.of(broken))).isNull();
        assertThat(PrefillBackends.choose("auto", List.of())).isNull();
    }

    @Test
    void whatChangesResultsMuchMustBeNamed() {
        var coarse = new Sevens("coarse", Optional.empty());
        coarse.automatic = false;
        assertThat(PrefillBackends.choose("auto", List.of(coarse, works))).isSameAs(works);
        assertThat(PrefillBackends.choose("auto", List.of(coarse))).isNull();
        assertThat(PrefillBackends.choose("coarse", List.of(coarse, works))).isSameAs(coarse);
    }

    @Test
    void aNamedBackendMustWork() {
        assertThat(PrefillBackends.choose("works", List.of(broken, works))).isSameAs(works);
        assertThatThrownBy(() -> PrefillBackends.choose("broken", List.of(broken, works)))
                .isInstanceOf(UserError.class)
                .hasMessage("backend broken cannot work here: the processor is too old; --backend java always can");
        assertThatThrownBy(() -> PrefillBackends.choose("wroks", List.of(broken, works)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did you mean 'works'?");
        assertThatThrownBy(() -> PrefillBackends.choose("works", List.of()))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("known are: java, auto");
    }

    @Test
    void prefillGoesToTheBackendAndDecodingDoesNot() {
        var weights = RandomTensors.rows(TensorType.F32, 40, 16, 1);
        var x = RandomTensors.activations(2 * 16, 2);
        var y = new float[2 * 40];
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(1);
                var session = works.open(memory, pool)) {
            var linear = Linear.pack(weights, memory, pool, session);
            linear.prefill(x, 2, y, pool);
            assertThat(y).containsOnly(7f);
            linear.decode(x, 2, y, pool);
            assertThat(y).isEqualTo(ReferenceLinear.decode(weights, x, 2));
        }
    }

    @Test
    void aMatrixThatTheBackendRefusesStaysWithTheKernels() {
        var weights = RandomTensors.rows(TensorType.F32, 1, 16, 1);
        var x = RandomTensors.activations(16, 2);
        var y = new float[1];
        try (var memory = new NativeMemory("test");
                var pool = new WorkerPool(1);
                var session = works.open(memory, pool)) {
            Linear.pack(weights, memory, pool, session).prefill(x, 1, y, pool);
            assertThat(y).isEqualTo(ReferenceLinear.prefill(weights, x, 1));
        }
    }
}
