package io.hayloft.benchmarks.peers;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.benchmarks.Commands;
import io.hayloft.benchmarks.peers.ComparisonReport.Row;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that compares Hayloft with llama.cpp. */
@Command(
        name = "peers",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares the speed of Hayloft and llama.cpp on the same GGUF files, taking turns.",
            "",
            "Cases: pp512, pp4k (read a prompt); tg, tg-8k, tg-16k (generate behind a cache of 0, 8k, 16k tokens, both"
                + " sides in f16); tg-8k-8bit (cache of q8 against q8_0), tg-8k-4bit (kivi:4bit against q4_0),"
                + " tg-8k-best (kivi:4bit against the better of f16 and q8_0), and the same at 16k. llama.cpp has to"
                + " read 8k or 16k tokens before it can generate behind them, which takes minutes.",
            "",
            "Peers: library (llama.cpp inside de.kherud:llama); llama-bench, the program that the environment variable"
                    + " LLAMA_BENCH names."
        })
final class Peers implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", arity = "1..*", description = "GGUF files")
    private List<Path> models = List.of();

    @Option(
            names = "--cases",
            split = ",",
            defaultValue = "pp512,tg",
            paramLabel = "CASE",
            description = "what to compare, separated by commas (${DEFAULT-VALUE})")
    private List<String> cases = List.of();

    @Option(
            names = "--peers",
            split = ",",
            paramLabel = "PEER",
            description = "library, llama-bench (both, if LLAMA_BENCH is set)")
    private List<String> peers = List.of();

    @Option(names = "--threads", paramLabel = "N", description = "threads of each engine (all processors)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--rounds",
            defaultValue = "3",
            paramLabel = "N",
            description = "how often each engine runs (${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--repetitions",
            defaultValue = "3",
            paramLabel = "N",
            description = "timed repetitions in each run; the median counts (${DEFAULT-VALUE})")
    private int repetitions;

    @Option(
            names = "--variant",
            paramLabel = "OPTIONS",
            description = "lets Hayloft run once more in each round with further options of 'hayloft speed', such as"
                    + " --variant='--backend onednn'; may be repeated")
    private List<String> variants = List.of();

    @Option(names = "--hayloft", paramLabel = "FILE", description = "Hayloft's launcher (the one of this folder)")
    private Path hayloft =
            Path.of(File.separatorChar == '\\' ? "hayloft.cmd" : "hayloft").toAbsolutePath();

    @Option(names = "--json", description = "print one JSON object for each case and model, as they are done")
    private boolean json;

    /** Runs the command and ends the process with its exit code: 2 for mistakes of the user. */
    public static void main(String[] args) {
        Commands.run(new Peers(), args);
    }

    @Override
    public Integer call() {
        checkNumbers();
        models.forEach(model -> requireFile(model, "model"));
        var chosen = cases.stream().map(PeerCase::named).toList();
        var engines = engines(System.getenv().getOrDefault("LLAMA_BENCH", ""));
        int runs = models.size() * chosen.size() * rounds * engines.size();
        var done = new int[1];
        var comparison =
                new Comparison(engines, rounds, run -> System.err.println("[" + ++done[0] + "/" + runs + "] " + run));
        var rows = new ArrayList<Row>();
        try {
            for (var model : models) {
                for (var what : chosen) {
                    var result = comparison.run(what, model);
                    rows.addAll(ComparisonReport.rows(result));
                    if (json) {
                        System.out.println(ComparisonReport.json(result));
                    }
                }
            }
        } finally {
            // What is done took minutes: it is told even if a later case fails.
            if (!json && !rows.isEmpty()) {
                System.out.print(ComparisonReport.table(rows));
            }
        }
        return 0;
    }

    private void checkNumbers() {
        if (threads < 1 || rounds < 1 || repetitions < 1) {
            throw new UserError("--threads, --rounds and --repetitions must be at least 1");
        }
    }

    /** Hayloft and the peers that the user chose; without a choice, those that are there. */
    List<Engine> engines(String llamaBench) {
        requireFile(hayloft, "launcher");
        var engines = new ArrayList<Engine>();
        engines.add(new HayloftSpeed(hayloft, threads, repetitions, List.of()));
        for (var options : variants) {
            var variant = HayloftSpeed.variant(hayloft, threads, repetitions, options);
            if (engines.stream().anyMatch(engine -> engine.name().equals(variant.name()))) {
                throw new UserError("--variant '" + options + "' is there twice");
            }
            engines.add(variant);
        }
        var names = peers;
        if (names.isEmpty()) {
            names = llamaBench.isEmpty() ? List.of("library") : List.of("library", "llama-bench");
        }
        for (var name : names) {
            engines.add(
                    switch (name) {
                        case "library" -> new LlamaLibrary(threads, repetitions);
                        case "llama-bench" -> llamaBench(llamaBench);
                        default -> throw Suggest.unknown("peer", name, List.of("library", "llama-bench"));
                    });
        }
        return engines;
    }

    private Engine llamaBench(String binary) {
        if (binary.isEmpty()) {
            throw new UserError("no llama-bench: let the environment variable LLAMA_BENCH name the program");
        }
        requireFile(Path.of(binary), "LLAMA_BENCH");
        return new LlamaBench(Path.of(binary), threads, repetitions);
    }

    private static void requireFile(Path file, String what) {
        if (!Files.isRegularFile(file)) {
            throw new UserError(what + ": no file " + file);
        }
    }
}
