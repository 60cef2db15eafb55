package io.hayloft.benchmarks.peers;

import java.nio.file.Path;
import java.util.List;

/**
 * llama.cpp as the library {@code de.kherud:llama} brings it, compiled for many processors rather than for this one.
 *
 * @param threads worker threads
 * @param repetitions timed repetitions in each round
 */
record LlamaLibrary(int threads, int repetitions) implements Engine {
    @Override
    public String name() {
        return "llama.cpp in Java";
    }

    /** Each way of attention has a process of its own; the better one counts. */
    @Override
    public double measure(PeerCase what, Path model) {
        double best = 0;
        for (var cacheType : what.peerCacheTypes()) {
            best = Math.max(best, run(what, cacheType, model, true));
            if (PeerCase.plainAttention(cacheType)) {
                best = Math.max(best, run(what, cacheType, model, false));
            }
        }
        return best;
    }

    private double run(PeerCase what, String cacheType, Path model, boolean flash) {
        return Samples.best(Processes.firstArray(command(what, cacheType, model, flash)), "samples_ts");
    }

    private List<String> command(PeerCase what, String cacheType, Path model, boolean flash) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-classpath",
                System.getProperty("java.class.path"),
                LlamaLibraryRun.class.getName(),
                model.toString(),
                Integer.toString(what.prompt()),
                Integer.toString(what.generated()),
                Integer.toString(what.depth()),
                cacheType,
                Boolean.toString(flash),
                Integer.toString(threads),
                Integer.toString(repetitions));
    }
}
