package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.Shard;
import io.hayloft.bench.endpoint.Endpoint;
import io.hayloft.bench.plan.Plan;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.run.BenchRun;
import io.hayloft.bench.run.EndpointRun;
import io.hayloft.bench.run.SampleJob;
import io.hayloft.bench.run.Spread;
import io.hayloft.bench.run.TextRunner;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.hub.ModelStore;
import io.hayloft.hub.ResolvedModel;
import io.hayloft.report.TableFormat;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
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
            "  hayloft bench --model smollm2-135m --shard 1/3 --out part1     (then: hayloft merge all part1 part2"
                    + " part3)",
            "  hayloft bench --model smollm2-135m --data longbench --tasks qasper,trec --limit-tokens 3500",
            "  hayloft bench --model smollm2-135m --endpoint http://localhost:8080/v1 --api-model smollm2",
            "",
            "See also: hayloft show, hayloft compare, hayloft methods, hayloft tasks, hayloft models."
        })
final class BenchCommand extends Subcommand {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Option(
            names = "--methods",
            paramLabel = "LIST",
            description = "Method expressions with commas between. Default: five methods at 2x, 4x and 8x.")
    private List<String> methods = List.of();

    @Mixin
    private GridChoice grid = new GridChoice();

    @Option(
            names = "--tasks",
            paramLabel = "LIST",
            description = "Tasks or groups. Default: mini for the embedded model, needle for any other.")
    private List<String> tasks = List.of();

    @Option(
            names = "--task-file",
            paramLabel = "FILE",
            description =
                    "A task of your own, a YAML file (docs/add-a-task.md); may be repeated. Runs if no --tasks are"
                            + " named.")
    private List<String> taskFiles = List.of();

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
            names = "--no-truncation",
            description =
                    "Leave out the control that cuts the middle out of prompts, which reads each prompt once more for"
                            + " every budget.")
    private boolean noTruncation;

    @Option(
            names = "--paper-compat",
            description = "Treat methods as the code of arXiv 2407.01527 did where it did not treat all alike; each"
                    + " difference is named at the start and in the report.")
    private boolean paperCompat;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description =
                    "Folder with the JSONL files of LongBench or RULER tasks, or with RULER's input files. Default:"
                            + " what hayloft pull brought.")
    private @Nullable String data;

    @Option(
            names = "--haystack",
            paramLabel = "FOLDER",
            description = "Hide needles in the texts of this folder, in order of their names.")
    private @Nullable String haystack;

    @Option(
            names = "--answer-digits",
            paramLabel = "N",
            description = "Digits of the keys of needle and passkey tasks, 1 to 128. Default: as the task says.")
    private @Nullable Integer answerDigits;

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

    @Mixin
    private ChatOptions chat = new ChatOptions();

    @Mixin
    private EndpointOptions server = new EndpointOptions();

    @Option(names = "--retry-failed", description = "Try samples again that failed in an earlier start of this run.")
    private boolean retryFailed;

    @Option(
            names = "--no-prompts",
            description =
                    "Do not keep the texts of prompts (prompts.jsonl.gz), which hayloft show --sample and the report"
                            + " show.")
    private boolean noPrompts;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Folder of the run. Default: one below hayloft-runs, named after model and settings.")
    private @Nullable String out;

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description = "Run the I-th of N parts of the samples, such as 2/3 (0/3 is 3/3, for arrays counted from 0);"
                    + " hayloft merge joins the folders of the parts.")
    private @Nullable String shard;

    @Option(
            names = "--clock",
            paramLabel = "TIME",
            description = "Time that chat formats see, such as 2026-01-31T12:00:00Z: parts of a run that start on"
                    + " different days need the same one where the format prints the date. Default: the start.")
    private @Nullable String clock;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = "table",
            description = "Form of the table at the end: table (default), md, csv, json, latex or parquet. With any but"
                    + " table, the output stream holds the table alone.")
    private String format = "table";

    @Option(
            names = {"-q", "--quiet"},
            description = "No plan, progress or notes: the result, and errors.")
    private boolean quiet;

    private @Nullable Spread spread;

    /** Lets the samples be answered elsewhere. */
    void spread(Spread elsewhere) {
        spread = elsewhere;
    }

    /** What another machine answers samples of, by the same options; its model stays loaded as long as the program runs. */
    SampleJob job() {
        var found = model.resolve();
        return SampleJob.open(spec(found), model.load(found, asides()));
    }

    @Override
    public Integer call() {
        var form = TableFormat.parse(format);
        var endpoint = server.endpoint();
        var found = model.resolve();
        var spec = spec(found);
        if (endpoint != null) {
            if (spread != null) {
                throw new UserError("--endpoint cannot be spread over machines: run it with hayloft bench");
            }
            ask(endpoint, found, spec, form);
            return 0;
        }
        var opened = new AtomicReference<@Nullable Path>();
        try (var early = new Farewell(asides(), () -> BenchProgress.stoppedEarly(opened.get()));
                var loaded = model.load(found, asides());
                var run = prepare(spec, loaded, opened::set)) {
            early.takeBack();
            if (noPrompts) {
                run.leaveOutPrompts();
            }
            showPlan(run.plan());
            showResult(found, runWithBar(run), form);
        }
        return 0;
    }

    /** Where everything but results and errors goes. */
    private PrintWriter asides() {
        return quiet ? new PrintWriter(Writer.nullWriter()) : err();
    }

    private void ask(Endpoint endpoint, ResolvedModel found, BenchSpec spec, TableFormat form) {
        if (!methods.isEmpty()) {
            throw new UserError(
                    "--endpoint lets a server answer, which compresses as it does: leave out --methods, and run"
                            + " them with the same --out for rows beside it");
        }
        var choice = new ModelChoice(found.name(), found.path(), found.embedded());
        try (var runner = TextRunner.open(choice, model.readOptions(), model.engine(spec.cacheType()), spec.chat());
                var run = EndpointRun.prepare(spec, endpoint, runner, retryFailed)) {
            if (noPrompts) {
                run.leaveOutPrompts();
            }
            showPlan(endpoint, run, found);
            RunFolder done;
            try (var progress = new BenchProgress(asides(), run.folder())) {
                done = run.run(EndpointOptions.key(), progress);
            }
            BenchResult.show(out(), form == TableFormat.TABLE ? out() : asides(), done, form);
        }
    }

    private void showPlan(Endpoint endpoint, EndpointRun run, ResolvedModel found) {
        asides().println("plan: " + Sizes.count(run.samples(), "sample") + " for " + endpoint.model() + " at "
                + endpoint.base() + ", as row " + endpoint.label()
                + (run.samplesDone() == 0 ? "" : "\n      earlier starts have done " + run.samplesDone() + " of them"));
        for (var note : run.notes()) {
            asides().println("note: " + note);
        }
        if (found.embedded()) {
            asides().println("note: lengths count tokens of " + found.name()
                    + ": --model NAME|FILE|FOLDER names the tokenizer" + " of the server's model");
        }
    }

    private BenchRun prepare(BenchSpec spec, LanguageModel loaded, Consumer<Path> opened) {
        try (var status = new StatusLine(asides())) {
            status.show("choosing samples and measuring what they will take ...");
            var start = new BenchRun.Start(retryFailed, ModelStore.open().folder(), opened);
            return BenchRun.prepare(spec, loaded, start);
        }
    }

    private BenchSpec spec(ResolvedModel found) {
        var spec = BenchSpec.builder(new ModelChoice(found.name(), found.path(), found.embedded()));
        grid.chosen().ifPresent(chosen -> chosen.applyTo(spec));
        given(methods, list -> spec.methods(Lists.methods("--methods", list)).notes(List.of()));
        given(tasks, list -> spec.tasks(Lists.words("--tasks", list)));
        given(taskFiles, files -> spec.ownTasks(TaskFiles.read(files)));
        given(lengths, list -> spec.lengths(Lists.lengths("--lengths", list)));
        given(samples, number -> spec.samples(atLeastOne("--samples", number)));
        given(seed, spec::seed);
        given(protocol, name -> spec.protocol(Protocol.parse(name)));
        given(limitTokens, number -> spec.limitTokens(Sizes.tokens(number)));
        given(maxNewTokens, number -> spec.maxNewTokens(atLeastOne("--max-new-tokens", number)));
        given(cacheType, spec::cacheType);
        given(answerDigits, number -> spec.answerDigits(atLeastOne("--answer-digits", number)));
        given(shard, text -> spec.shard(Shard.parse(text)));
        given(clock, spec::clock);
        return spec.paperCompat(paperCompat)
                .truncation(!noTruncation)
                .chat(chat.choice())
                .data(folder("--data", data))
                .haystack(folder("--haystack", haystack))
                .threads(model.threads())
                .out(folder("--out", out))
                .build();
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
        asides().println("plan: " + String.join("\n      ", plan.lines()));
        for (var note : plan.notes()) {
            asides().println("note: " + note);
        }
    }

    private RunFolder runWithBar(BenchRun run) {
        var folder = run.folder();
        try (var progress = new BenchProgress(asides(), folder)) {
            return spread == null ? run.run(progress) : run.run(progress, spread);
        }
    }

    private void showResult(ResolvedModel found, RunFolder run, TableFormat form) {
        var text = form == TableFormat.TABLE ? out() : asides();
        BenchResult.show(out(), text, run, form);
        if (found.embedded()) {
            text.println("note: " + found.name() + " is an instrument for cache methods, not a language model");
        }
    }
}
