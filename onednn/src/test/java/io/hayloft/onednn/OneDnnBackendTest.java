package io.hayloft.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.onednn.LibraryBackend.Loader;
import io.hayloft.onednn.LibraryBackend.Machine;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Machines on which the backend cannot work, simulated; and this one. */
class OneDnnBackendTest {
    private static final Set<String> NEW_PROCESSOR = Set.of("avx2", "avx512_bf16");

    @Test
    void areFoundByTheirNames() {
        assertThat(PrefillBackends.installed())
                .extracting(PrefillBackend::name, backend -> backend.bytesFor(256), PrefillBackend::automatic)
                .containsExactly(tuple("onednn", 512L, true), tuple("onednn-int8", 272L, false));
    }

    @Test
    void tellsThatTheSystemIsAnother() {
        var backend = backend("Windows 11 amd64", () -> NEW_PROCESSOR, OneDnnBackendTest::neverLoaded);
        assertThat(backend.obstacle()).hasValue("it is for Linux on x86-64, and this is Windows 11 amd64");
    }

    @Test
    void tellsThatTheProcessorIsOld() {
        var backend = backend("Linux amd64", () -> Set.of("avx2"), OneDnnBackendTest::neverLoaded);
        assertThat(backend.obstacle()).hasValue("the processor has no bfloat16 products (avx512_bf16)");
    }

    @Test
    void bytesNeedAProcessorThatAddsTheirProducts() {
        for (var flag : List.of("avx512_vnni", "avx_vnni")) {
            assertThat(byteObstacle(Set.of("avx2", flag))).hasValue("reached the library");
        }
        assertThat(byteObstacle(Set.of("avx2", "avx512f")))
                .hasValue("the processor has no int8 products (avx512_vnni or avx_vnni)");
    }

    private static Optional<String> byteObstacle(Set<String> processor) {
        return new OneDnnByteBackend(new Machine("Linux amd64", () -> processor, () -> {
                    throw new IOException("reached the library");
                }))
                .obstacle();
    }

    /** The numbers are those of the library's interface. */
    @Test
    void knowsTheInstructionSetsThatAreFast() {
        int avx2 = 0x7;
        int avx2Vnni = 0xF;
        int avx512 = 0x27;
        int avx512Vnni = 0x67;
        int avx512Bf16 = 0xE7;
        int avx10 = 0x1EF;
        var bytes = new OneDnnByteBackend();
        assertThat(IntStream.of(avx2, avx2Vnni, avx512, avx512Vnni, avx512Bf16, avx10)
                        .filter(bytes::fast))
                .containsExactly(avx2Vnni, avx512Vnni, avx512Bf16, avx10);
        var brainFloats = new OneDnnBackend();
        assertThat(IntStream.of(avx2, avx2Vnni, avx512, avx512Vnni, avx512Bf16, avx10)
                        .filter(brainFloats::fast))
                .containsExactly(avx512Bf16, avx10);
    }

    @Test
    void tellsThatTheLibraryCannotBeLoaded() {
        var missing = backend("Linux amd64", () -> NEW_PROCESSOR, () -> {
            throw new IOException("the library x is not part of this installation");
        });
        assertThat(missing.obstacle()).hasValue("the library x is not part of this installation");
        var refused = backend("Linux amd64", () -> NEW_PROCESSOR, () -> {
            throw new IllegalArgumentException("Cannot open library: x");
        });
        assertThat(refused.obstacle()).hasValue("Cannot open library: x");
        var strange = backend("Linux amd64", () -> NEW_PROCESSOR, () -> {
            throw new NoSuchElementException("Symbol not found: dnnl_engine_create");
        });
        assertThat(strange.obstacle()).hasValue("Symbol not found: dnnl_engine_create");
        var locked = backend("Linux amd64", () -> NEW_PROCESSOR, () -> {
            throw new AccessDeniedException("native");
        });
        assertThat(locked.obstacle()).hasValue("its library cannot be unpacked: native: permission denied");
    }

    private static OneDnnBackend backend(String platform, Supplier<Set<String>> processor, Loader loader) {
        return new OneDnnBackend(new Machine(platform, processor, loader));
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

    @Test
    void tellsVersionBlocksAndInstructionsOfBytes() {
        assertThat(Here.byteBackend().describe())
                .startsWith("oneDNN 3.11.0, int8 in blocks of 128, avx")
                .doesNotContain("_isa");
    }
}
