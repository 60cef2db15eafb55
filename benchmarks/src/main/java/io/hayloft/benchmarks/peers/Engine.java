package io.hayloft.benchmarks.peers;

import java.nio.file.Path;

/** Something that runs models and can be timed. */
interface Engine {
    /** Its name in tables. */
    String name();

    /** Whether it is Hayloft, which is compared with all that are not. */
    default boolean ours() {
        return false;
    }

    /**
     * Runs a case in a process of its own.
     *
     * @return tokens a second, the median of some repetitions
     * @throws io.hayloft.base.UserError if it cannot run
     */
    double measure(PeerCase what, Path model);
}
