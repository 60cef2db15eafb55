package io.hayloft.onednn;

import org.junit.jupiter.api.Assumptions;

/** The backend of this machine. */
final class Here {
    private Here() {}

    /** Skips the running test where the backend cannot work. */
    static OneDnnBackend backend() {
        var backend = new OneDnnBackend();
        var obstacle = backend.obstacle();
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> "skipped: no oneDNN here: " + obstacle.orElseThrow());
        return backend;
    }
}
