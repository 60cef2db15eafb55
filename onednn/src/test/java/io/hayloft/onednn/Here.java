package io.hayloft.onednn;

import org.junit.jupiter.api.Assumptions;

/** The backends of this machine. */
final class Here {
    private Here() {}

    /** Skips the running test where the backend cannot work. */
    static OneDnnBackend backend() {
        return usable(new OneDnnBackend());
    }

    /** Skips the running test where the 8-bit backend cannot work. */
    static OneDnnByteBackend byteBackend() {
        return usable(new OneDnnByteBackend());
    }

    private static <B extends LibraryBackend> B usable(B backend) {
        var obstacle = backend.obstacle();
        Assumptions.assumeTrue(
                obstacle.isEmpty(), () -> "skipped: no " + backend.name() + " here: " + obstacle.orElseThrow());
        return backend;
    }
}
