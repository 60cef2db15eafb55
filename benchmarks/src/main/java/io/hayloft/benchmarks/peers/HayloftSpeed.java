package io.hayloft.benchmarks.peers;

import java.nio.file.Path;
import java.util.List;

/**
 * Hayloft itself: {@code hayloft speed}.
 *
 * @param launcher the {@code hayloft} script
 * @param threads worker threads
 * @param repetitions timed repetitions in each round
 */
record HayloftSpeed(Path launcher, int threads, int repetitions) implements Engine {
    @Override
    public String name() {
        return "hayloft";
    }

    @Override
    public double measure(PeerCase what, Path model) {
        return Samples.best(Processes.output(command(what, model)), "samples");
    }

    List<String> command(PeerCase what, Path model) {
        return List.of(
                launcher.toString(),
                "speed",
                "--model",
                model.toString(),
                "--prompt",
                Integer.toString(what.prompt()),
                "--generate",
                Integer.toString(what.generated()),
                "--depth",
                Integer.toString(what.depth()),
                "--methods",
                what.method(),
                "--cache-type",
                what.cacheType(),
                "--threads",
                Integer.toString(threads),
                "--repetitions",
                Integer.toString(repetitions),
                "--output",
                "json");
    }
}
