package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.testing.Shared;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A model offers its matrices to a backend and closes the backend's session. */
class BackendModelTest {
    /** Answers every product with sevens and counts what is open. */
    private static final class Sevens implements PrefillBackend {
        private boolean failsToClose;
        private int open;
        private int packed;

        @Override
        public String name() {
            return "works";
        }

        @Override
        public Optional<String> obstacle() {
            return Optional.empty();
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
            return true;
        }

        @Override
        public Session open(NativeMemory memory, WorkerPool pool) {
            open++;
            return new Session() {
                @Override
                public Optional<Matrix> pack(WeightRows rows) {
                    packed++;
                    return Optional.of((_, count, y) -> Arrays.fill(y, 0, count * rows.rows(), 7f));
                }

                @Override
                public long bytes() {
                    return 1000L * packed;
                }

                @Override
                public void close() {
                    open--;
                    if (failsToClose) {
                        throw new IllegalStateException("the library is gone");
                    }
                }
            };
        }
    }

    private final Sevens backend = new Sevens();

    @Test
    void offersTheMatricesOfItsLayersAndClosesTheSession() {
        var path = Shared.path("models/hayloft-tiny");
        try (var model = LanguageModel.load(path, new LoadOptions(1, backend, ProgressListener.NONE))) {
            assertThat(model.backend()).isEqualTo("works");
            assertThat(model.backendDetails()).isEqualTo("sevens");
            assertThat(backend.packed).isEqualTo(7 * model.config().layers());
            assertThat(backend.open).isEqualTo(1);
            assertThat(model.backendBytes()).isEqualTo(1000L * backend.packed);
        }
        assertThat(backend.open).isZero();
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(1))) {
            assertThat(model.backend()).isEqualTo("java");
            assertThat(model.backendBytes()).isZero();
        }
    }

    @Test
    void aSessionThatFailsToCloseKeepsNoMemory() {
        backend.failsToClose = true;
        long before = NativeMemory.liveBytes();
        var model = LanguageModel.load(
                Shared.path("models/hayloft-tiny"), new LoadOptions(1, backend, ProgressListener.NONE));
        assertThat(NativeMemory.liveBytes()).isGreaterThan(before);
        assertThatThrownBy(model::close).hasMessage("the library is gone");
        assertThat(NativeMemory.liveBytes()).isEqualTo(before);
    }
}
