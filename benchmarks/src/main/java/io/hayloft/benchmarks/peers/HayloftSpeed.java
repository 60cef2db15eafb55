package io.hayloft.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Hayloft itself: {@code hayloft speed}.
 *
 * @param launcher the {@code hayloft} script
 * @param threads worker threads
 * @param repetitions timed repetitions in each round
 * @param options further options of {@code hayloft speed}, which win over those of the case
 */
record HayloftSpeed(Path launcher, int threads, int repetitions, List<String> options) implements Engine {
    @Override
    public String name() {
        return String.join(" ", "hayloft", String.join(" ", options)).strip();
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public double measure(PeerCase what, Path model) {
        return Samples.best(Processes.output(command(what, model)), "samples");
    }

    List<String> command(PeerCase what, Path model) {
        var command = new ArrayList<String>(List.of(
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
                "json"));
        command.addAll(options);
        return command;
    }
}
