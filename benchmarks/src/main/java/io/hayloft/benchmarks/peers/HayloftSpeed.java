package io.hayloft.benchmarks.peers;

import io.hayloft.base.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Hayloft itself: {@code hayloft speed}.
 *
 * @param launcher the {@code hayloft} script
 * @param threads worker threads
 * @param repetitions timed repetitions in each round
 * @param options further options of {@code hayloft speed}, none that the case sets
 */
record HayloftSpeed(Path launcher, int threads, int repetitions, List<String> options) implements Engine {
    private static final Set<String> SET_BY_CASE = Set.of(
            "-p",
            "--prompt",
            "-n",
            "--generate",
            "-d",
            "--depth",
            "-r",
            "--repetitions",
            "--methods",
            "--cache-type",
            "--threads",
            "--batch",
            "--model",
            "--output");

    /**
     * Hayloft with further options.
     *
     * @throws UserError if there are none, or one would make the case another
     */
    static HayloftSpeed variant(Path launcher, int threads, int repetitions, String options) {
        if (options.isBlank()) {
            throw new UserError("--variant names no option: write for example --variant='--backend onednn'");
        }
        var words = List.of(options.strip().split("\\s+"));
        for (var word : words) {
            if (SET_BY_CASE.contains(word.split("=", 2)[0])) {
                throw new UserError("--variant cannot have " + word + ", which the case sets");
            }
        }
        return new HayloftSpeed(launcher, threads, repetitions, words);
    }

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
