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
        double flash = run(what, model, true);
        return what.plainAttention() ? Math.max(flash, run(what, model, false)) : flash;
    }

    private double run(PeerCase what, Path model, boolean flash) {
        return Samples.best(Processes.firstArray(command(what, model, flash)), "samples_ts");
    }

    private List<String> command(PeerCase what, Path model, boolean flash) {
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
                what.peerCacheType(),
                Boolean.toString(flash),
                Integer.toString(threads),
                Integer.toString(repetitions));
    }
}
