package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.grid.Grids;
import io.hayloft.bench.plan.Plan;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.run.BenchRun;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.hub.ResolvedModel;
import io.hayloft.report.Headline;
import io.hayloft.report.Report;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Statistics;
import io.hayloft.report.stats.Warnings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hayloft bench}: the main job, from a plan to a table and a report. */
@Command(
        name = "bench",
        description = {
            "Compare methods that shrink the KV cache: quality, bytes and speed.",
            "",
            "Without options the embedded model runs the mini suite with the default methods. Every sample is on disk"
                    + " when it is done: the same command goes on where it was stopped, and with more methods, tasks,"
                    + " lengths or samples and the same --out it adds what is missing."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft bench",
            "  hayloft bench --model smollm2-135m --tasks needle --lengths 1k,2k,4k",
            "  hayloft bench --model smollm2-135m --grid paper --grid-model llama3-8b-instruct",
            "  hayloft bench --methods full,snapkv:4x,snapkv:8x --samples 20 --out my-run",
            "  hayloft bench --model smollm2-135m --data longbench --tasks qasper,trec --limit-tokens 3500",
            "",
            "See also: hayloft methods, hayloft tasks, hayloft models."
        })
final class BenchCommand extends Subcommand {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--methods",
            paramLabel = "LIST",
            description = "Method expressions with commas between. Default: five methods at 2x, 4x and 8x.")
    private List<String> methods = List.of();

    @Option(
            names = "--grid",
            paramLabel = "FILE|NAME",
            description = "Methods and other options from a YAML file, or one of: default, paper."
                    + " Options given beside it win.")
    private @Nullable String grid;

    @Option(
            names = "--grid-model",
            paramLabel = "NAME",
            description = "Model whose settings are taken from a grid that has them by model, such as paper.")
    private @Nullable String gridModel;

    @Option(
            names = "--tasks",
            paramLabel = "LIST",
            description = "Tasks or groups. Default: mini for the embedded model, needle for any other.")
    private List<String> tasks = List.of();

    @Option(names = "--lengths", paramLabel = "LIST", description = "Prompt lengths in tokens, such as 1k,4k.")
    private List<String> lengths = List.of();

    @Option(names = "--samples", paramLabel = "N", description = "Samples for each task and length.")
    private @Nullable Integer samples;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of samples and draws. Default: 1.")
    private @Nullable Long seed;

    @Option(
            names = "--protocol",
            paramLabel = "NAME",
            description =
                    "question-aware (default): methods compress after all of the prompt; question-agnostic: after the"
                            + " context, before the question; other-question: after the context and another question;"
                            + " all: each sample by all three, with a table that has a column for each.")
    private @Nullable String protocol;

    @Option(
            names = "--paper-compat",
            description = "Treat methods as the code of arXiv 2407.01527 did where it did not treat all alike; each"
                    + " difference is named at the start and in the report.")
    private boolean paperCompat;

    @Option(names = "--data", paramLabel = "FOLDER", description = "Folder with the JSONL files of LongBench tasks.")
    private @Nullable String data;

    @Option(
            names = "--limit-tokens",
            paramLabel = "N",
            description = "Cut prompts with more tokens than this in the middle; a chat format is added on top."
                    + " Default: as the model's context allows.")
    private @Nullable String limitTokens;

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "Longest answer in tokens. Default: as each task says.")
    private @Nullable Integer maxNewTokens;

    @Option(
            names = "--cache-type",
            paramLabel = "TYPE",
            description = "How the full cache is stored: f32, f16 or q8. Default: f16.")
    private @Nullable String cacheType;

    @Option(names = "--retry-failed", description = "Try samples again that failed in an earlier start of this run.")
    private boolean retryFailed;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Folder of the run. Default: one below hayloft-runs, named after model and settings.")
    private @Nullable String out;

    @Override
    public Integer call() {
        var found = model.resolve();
        var spec = spec(found);
        try (var loaded = model.load(found, err());
                var run = prepare(spec, loaded)) {
            showPlan(run.plan());
            var done = runWithBar(run);
            showResult(found, done);
        }
        return 0;
    }

    private BenchRun prepare(BenchSpec spec, LanguageModel loaded) {
        try (var status = new StatusLine(err())) {
            status.show("choosing samples and measuring what they will take ...");
            return BenchRun.prepare(spec, loaded, retryFailed);
        }
    }

    private BenchSpec spec(ResolvedModel found) {
        var spec = BenchSpec.builder(new ModelChoice(found.name(), found.path(), found.embedded()));
        applyGrid(spec);
        given(methods, list -> spec.methods(Lists.methods("--methods", list)).notes(List.of()));
        given(tasks, list -> spec.tasks(Lists.words("--tasks", list)));
        given(lengths, list -> spec.lengths(Lists.lengths("--lengths", list)));
        given(samples, number -> spec.samples(atLeastOne("--samples", number)));
        given(seed, spec::seed);
        given(protocol, name -> spec.protocol(Protocol.parse(name)));
        given(limitTokens, number -> spec.limitTokens(Sizes.tokens(number)));
        given(maxNewTokens, number -> spec.maxNewTokens(atLeastOne("--max-new-tokens", number)));
        given(cacheType, spec::cacheType);
        return spec.paperCompat(paperCompat)
                .data(folder("--data", data))
                .threads(model.threads())
                .out(folder("--out", out))
                .build();
    }

    private void applyGrid(BenchSpecBuilder spec) {
        if (grid != null) {
            Grids.open(grid).forModel(gridModel).applyTo(spec);
        } else if (gridModel != null) {
            throw new UserError("--grid-model chooses from a grid: name it, too, as in --grid paper");
        }
    }

    private static <T> void given(@Nullable T value, Consumer<T> use) {
        if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
            use.accept(value);
        }
    }

    /** 0 means "not given" below, so a given 0 must not get there. */
    private static int atLeastOne(String option, int value) {
        if (value < 1) {
            throw new UserError(option + " must be at least 1, not " + value);
        }
        return value;
    }

    private static @Nullable Path folder(String option, @Nullable String name) {
        try {
            return name == null ? null : Path.of(name);
        } catch (InvalidPathException e) {
            throw new UserError(option + " '" + name + "' is no valid folder name", e);
        }
    }

    private void showPlan(Plan plan) {
        err().println("plan: " + String.join("\n      ", plan.lines()));
        for (var note : plan.notes()) {
            err().println("note: " + note);
        }
    }

    private RunFolder runWithBar(BenchRun run) {
        var folder = run.folder();
        try (var progress = new BenchProgress(err(), folder)) {
            return run.run(progress);
        }
    }

    private void showResult(ResolvedModel found, RunFolder run) {
        showFailures(run);
        var report = Report.write(run);
        var findings = Findings.of(run.records());
        out().println(SummaryText.of(findings.table()));
        var places = Statistics.byProtocol(run.records());
        if (places.categories().size() > 1) {
            out().println("Score by where the question stands when methods compress; above, their mean:");
            out().println(SummaryText.of(places));
        }
        for (var sentence : Headline.of(findings)) {
            out().println(Terminal.wrapped("", "", sentence));
        }
        out().println();
        for (var warning : Warnings.of(findings, run.records())) {
            out().println(Terminal.wrapped("warning: ", "         ", warning));
        }
        run.info().notes().stream()
                .filter(note -> note.startsWith("left out"))
                .forEach(note -> out().println("note: " + note));
        if (found.embedded()) {
            out().println("note: " + found.name() + " is an instrument for cache methods, not a language model");
        }
        out().println("report:  " + report);
        out().println("records: " + run.path());
    }

    /** Samples without an answer are named above all tables. */
    private void showFailures(RunFolder run) {
        var failed = run.failures();
        if (failed.isEmpty()) {
            return;
        }
        var samples = failed.stream()
                .map(one -> one.subject().task() + " " + one.subject().sample())
                .distinct()
                .count();
        var first = failed.getFirst();
        var text = Sizes.count((int) samples, "sample") + " failed, such as "
                + first.subject().sample() + ": " + first.error() + ". --retry-failed tries again";
        if (run.records().isEmpty()) {
            throw new UserError("no sample could be answered: " + text);
        }
        out().println(Terminal.wrapped("warning: ", "         ", text));
    }
}
