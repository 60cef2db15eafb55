package io.hayloft.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.kernel.PrefillBackends;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Machines on which the backend cannot work, simulated; and this one. */
class OneDnnBackendTest {
    private static final Set<String> NEW_PROCESSOR = Set.of("avx2", "avx512_bf16");

    @Test
    void isFoundByItsName() {
        assertThat(PrefillBackends.installed()).anyMatch(OneDnnBackend.class::isInstance);
    }

    @Test
    void tellsThatTheSystemIsAnother() {
        var backend = new OneDnnBackend("Windows 11 amd64", () -> NEW_PROCESSOR, OneDnnBackendTest::neverLoaded);
        assertThat(backend.obstacle()).hasValue("it is for Linux on x86-64, and this is Windows 11 amd64");
    }

    @Test
    void tellsThatTheProcessorIsOld() {
        var backend = new OneDnnBackend("Linux amd64", () -> Set.of("avx2"), OneDnnBackendTest::neverLoaded);
        assertThat(backend.obstacle()).hasValue("the processor has no bfloat16 products (avx512_bf16)");
    }

    @Test
    void tellsThatTheLibraryCannotBeLoaded() {
        var missing = new OneDnnBackend("Linux amd64", () -> NEW_PROCESSOR, () -> {
            throw new IOException("the library x is not part of this installation");
        });
        assertThat(missing.obstacle()).hasValue("the library x is not part of this installation");
        var refused = new OneDnnBackend("Linux amd64", () -> NEW_PROCESSOR, () -> {
            throw new IllegalArgumentException("Cannot open library: x");
        });
        assertThat(refused.obstacle()).hasValue("Cannot open library: x");
        var strange = new OneDnnBackend("Linux amd64", () -> NEW_PROCESSOR, () -> {
            throw new NoSuchElementException("Symbol not found: dnnl_engine_create");
        });
        assertThat(strange.obstacle()).hasValue("Symbol not found: dnnl_engine_create");
        var locked = new OneDnnBackend("Linux amd64", () -> NEW_PROCESSOR, () -> {
            throw new AccessDeniedException("native");
        });
        assertThat(locked.obstacle().orElseThrow()).contains("cannot be unpacked", "AccessDenied", "native");
    }

    private static OneDnn neverLoaded() {
        throw new AssertionError("nothing needs to be loaded to see that");
    }

    @Test
    void tellsVersionAndInstructionsWhereItWorks() {
        assertThat(Here.backend().describe())
                .startsWith("oneDNN 3.11.0, bfloat16, avx")
                .doesNotContain("_isa");
    }
}
