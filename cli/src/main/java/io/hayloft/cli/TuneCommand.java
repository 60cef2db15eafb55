package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.grid.Grids;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.tune.PromptLengths;
import io.hayloft.bench.tune.TuneGoal;
import io.hayloft.bench.tune.TuneResult;
import io.hayloft.bench.tune.TuneSpec;
import io.hayloft.bench.tune.Tuner;
import io.hayloft.hub.ResolvedModel;
import io.hayloft.methods.registry.Methods;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hayloft tune}: the best setting for a budget. */
@Command(
        name = "tune",
        description = {
            "Find the best way to shrink the KV cache of a model for your budget.",
            "",
            "Settings whose bytes cannot fit are left out before anything runs. The others answer a few samples, the"
                + " better half of them as many again, and so on until no other can win any more. Then the winner is"
                + " checked on samples that chose nothing. Every answer is on disk when it is done: the same command"
                + " goes on where it was stopped.",
            "",
            "A budget is one of:",
            "  --max-kv-bytes 200MB       highest score with at most so many bytes for a prompt",
            "  --max-bytes-per-token 4k   highest score with at most so many bytes for each of its tokens",
            "  --max-drop 1.0             fewest bytes with a loss of at most so many points of a hundred"
        },
        footer = {
            "",
            "Examples:",
            "  hayloft tune --max-drop 1.0",
            "  hayloft tune --model smollm2-135m --tasks needle --lengths 2k --max-kv-bytes 20MB",
            "  hayloft tune --model smollm2-135m --max-kv-bytes 20MB --prompt-lengths lengths.csv --json",
            "",
            "--prompt-lengths takes lines such as 1024,37: tokens of a prompt, and how often such prompts come.",
            "See also: hayloft plan (bytes and times before a run), hayloft bench, docs/tune.md."
        })
final class TuneCommand extends Subcommand {
    private static final int SAMPLES = 8;
    private static final int CHECK_SAMPLES = 12;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @ArgGroup(multiplicity = "1")
    private Budget budget = new Budget();

    /** The goal: exactly one of these. */
    static final class Budget {
        @Option(
                names = "--max-kv-bytes",
                required = true,
                paramLabel = "BYTES",
                description =
                        "Most bytes of the KV cache of a prompt, such as 200MB: of the longest of --lengths, or the"
                                + " mean over --prompt-lengths.")
        private @Nullable String bytes;

        @Option(
                names = "--max-bytes-per-token",
                required = true,
                paramLabel = "BYTES",
                description = "Most bytes for each token of a prompt, such as 4000 or 4KB.")
        private @Nullable String bytesPerToken;

        @Option(
                names = "--max-drop",
                required = true,
                paramLabel = "POINTS",
                description = "Largest loss of score against the full cache, in points of a hundred.")
        private @Nullable Double drop;

        TuneGoal goal() {
            if (bytes != null) {
                return new TuneGoal.MaxBytes(Sizes.parseBytes(bytes));
            }
            if (bytesPerToken != null) {
                return new TuneGoal.MaxBytesPerToken(Sizes.parseBytes(bytesPerToken));
            }
            return new TuneGoal.MaxDrop(drop == null ? 0 : drop / 100);
        }
    }

    @Option(
            names = "--prompt-lengths",
            paramLabel = "FILE",
            description = "CSV with the lengths of your prompts: tokens,count in each line. Bytes are means over them.")
    private @Nullable Path promptLengths;

    @Option(
            names = "--tasks",
            paramLabel = "LIST",
            description = "Tasks or groups. Default: mini for the embedded model, needle for any other.")
    private List<String> tasks = List.of();

    @Option(names = "--lengths", paramLabel = "LIST", description = "Prompt lengths in tokens, such as 1k,4k.")
    private List<String> lengths = List.of();

    @Option(
            names = "--methods",
            paramLabel = "LIST",
            description = "Settings to choose from. Default: every method of the registry at several strengths.")
    private List<String> methods = List.of();

    @Option(names = "--grid", paramLabel = "FILE|NAME", description = "Settings to choose from, as of hayloft bench.")
    private @Nullable String grid;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Samples for each task and length that the search may use. Default: ${DEFAULT-VALUE}.")
    private int samples = SAMPLES;

    @Option(
            names = "--check-samples",
            paramLabel = "N",
            description = "Samples for each task and length that check the winner. Default: ${DEFAULT-VALUE}.")
    private int checkSamples = CHECK_SAMPLES;

    @Option(
            names = "--exhaustive",
            description = "Run every setting on all samples of the search, instead of dropping the worse half.")
    private boolean exhaustive;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the search; the check has the next. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            description = "Where the question stands when methods compress, as of hayloft bench.")
    private @Nullable String protocol;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Folder with the data of tasks, as of hayloft bench.")
    private @Nullable Path data;

    @Option(
            names = "--limit-tokens",
            paramLabel = "N",
            description = "Cut prompts of data files with more tokens than this in the middle.")
    private @Nullable String limitTokens;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Longest answer in tokens. Default: as each task says.")
    private int maxNewTokens;

    @Option(names = "--cache-type", paramLabel = "TYPE", description = "How the full cache is stored. Default: f16.")
    private String cacheType = "f16";

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Folder of the search. Default: one below hayloft-runs, named after model and settings.")
    private @Nullable Path out;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress or notes: the result, and errors.")
    private boolean quiet;

    @Override
    public Integer call() {
        var goal = budget.goal();
        var histogram = promptLengths == null ? null : PromptLengths.read(promptLengths);
        var found = model.resolve();
        var shared = shared(found);
        var folder = out != null ? out : folder(found, shared, goal);
        var spec = new TuneSpec(shared, settings(), goal, histogram, samples, checkSamples, seed, exhaustive, folder);
        if (grid != null) {
            Grids.open(grid).forModel(null).notes().forEach(note -> asides().println("note: " + note));
        }
        TuneResult result;
        try (var loaded = model.loadToTime(found, asides());
                var progress = new TuneProgress(asides(), folder)) {
            result = Tuner.run(spec, loaded, progress);
        }
        new TuneOutput(result, found.name(), folder).show(out(), json);
        return 0;
    }

    private PrintWriter asides() {
        return quiet ? new PrintWriter(Writer.nullWriter()) : err();
    }

    private List<String> settings() {
        if (!methods.isEmpty() && grid != null) {
            throw new UserError("--methods and --grid both name the settings: leave one out");
        }
        if (grid != null) {
            return Grids.open(grid).forModel(null).methods();
        }
        return methods.isEmpty() ? Methods.searchGrid() : Lists.methods("--methods", methods);
    }

    /** All that the search and the check have in common. */
    private BenchSpecBuilder shared(ResolvedModel found) {
        var spec = BenchSpec.builder(new ModelChoice(found.name(), found.path(), found.embedded()))
                .data(data)
                .threads(model.threads())
                .cacheType(cacheType)
                .maxNewTokens(maxNewTokens);
        if (!tasks.isEmpty()) {
            spec.tasks(Lists.words("--tasks", tasks));
        }
        if (!lengths.isEmpty()) {
            spec.lengths(Lists.lengths("--lengths", lengths));
        }
        if (protocol != null) {
            spec.protocol(Protocol.parse(protocol));
        }
        return limitTokens == null ? spec : spec.limitTokens(Sizes.tokens(limitTokens));
    }

    /** Named after all that decides what is found, but for the numbers of samples, which may grow. */
    private Path folder(ResolvedModel found, BenchSpecBuilder shared, TuneGoal goal) {
        var plain = shared.methods(List.of("full")).seed(seed).build();
        var name = found.name().replaceAll("[^A-Za-z0-9._-]", "_");
        var hash = Hashes.of(plain.toJson() + goal + settings());
        return Path.of("hayloft-runs", name + "-tune-" + hash.substring(0, 8));
    }
}
