package io.hayloft.benchmarks.peers;

import java.nio.file.Path;
import java.util.List;

/**
 * The program {@code llama-bench} of llama.cpp, or of a fork that kept its options.
 *
 * @param binary the program
 * @param threads worker threads
 * @param repetitions timed repetitions in each round
 */
record LlamaBench(Path binary, int threads, int repetitions) implements Engine {
    @Override
    public String name() {
        return "llama-bench";
    }

    @Override
    public double measure(PeerCase what, Path model) {
        double best = 0;
        for (var cacheType : what.peerCacheTypes()) {
            best = Math.max(best, Samples.best(Processes.output(command(what, cacheType, model)), "samples_ts"));
        }
        return best;
    }

    List<String> command(PeerCase what, String cacheType, Path model) {
        return List.of(
                binary.toString(),
                "-m",
                model.toString(),
                "-p",
                Integer.toString(what.prompt()),
                "-n",
                Integer.toString(what.generated()),
                "-d",
                Integer.toString(what.depth()),
                "-ctk",
                cacheType,
                "-ctv",
                cacheType,
                "-fa",
                PeerCase.plainAttention(cacheType) ? "0,1" : "1",
                "-t",
                Integer.toString(threads),
                "-r",
                Integer.toString(repetitions),
                "-o",
                "json");
    }
}
