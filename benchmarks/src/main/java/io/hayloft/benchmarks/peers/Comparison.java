package io.hayloft.benchmarks.peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs engines in turns and gathers what they did. */
final class Comparison {
    /**
     * The results of the engines in one case with one model.
     *
     * @param model name of the model
     * @param what the case
     * @param ours tokens a second of each round, by variant of Hayloft
     * @param theirs the same by peer
     */
    record Result(String model, PeerCase what, Map<String, List<Double>> ours, Map<String, List<Double>> theirs) {}

    private final List<Engine> engines;
    private final int rounds;
    private final Consumer<String> progress;

    /**
     * @param engines Hayloft, in one variant or several, and its peers
     * @param rounds how often each engine runs
     * @param progress told before each run what begins
     */
    Comparison(List<Engine> engines, int rounds, Consumer<String> progress) {
        this.engines = List.copyOf(engines);
        this.rounds = rounds;
        this.progress = progress;
    }

    /** Ours, theirs, ours, theirs, ...: a machine that slows down meanwhile slows all of them down. */
    Result run(PeerCase what, Path model) {
        var ours = new LinkedHashMap<String, List<Double>>();
        var theirs = new LinkedHashMap<String, List<Double>>();
        for (int round = 1; round <= rounds; round++) {
            for (var engine : engines) {
                progress.accept(model.getFileName() + ", " + what.name() + ", round " + round + ": " + engine.name());
                (engine.ours() ? ours : theirs)
                        .computeIfAbsent(engine.name(), name -> new ArrayList<>())
                        .add(engine.measure(what, model));
            }
        }
        return new Result(String.valueOf(model.getFileName()), what, ours, theirs);
    }
}
