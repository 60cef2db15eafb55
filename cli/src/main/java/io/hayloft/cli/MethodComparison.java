package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.CacheTypes;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.fidelity.FidelityFile;
import io.hayloft.bench.fidelity.MethodFidelity;
import io.hayloft.bench.fidelity.Passage;
import io.hayloft.bench.fidelity.PrefillRate;
import io.hayloft.bench.fidelity.TeacherForcing;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.run.FullAnswers;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.hub.ResolvedModel;
import io.hayloft.report.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The part of {@code hayloft fidelity} that compares methods: its options, and how it shows results. */
final class MethodComparison {
    @Option(
            names = "--methods",
            paramLabel = "LIST",
            description = "Compare the caches of these methods with the full one instead of backends.")
    private List<String> methods = List.of();

    @Option(
            names = "--context",
            paramLabel = "M",
            description = "Tokens that are read before the caches are compressed. Default: three quarters of all.")
    private @Nullable Integer context;

    @Option(
            names = "--answers",
            description = "Compare on the answers that the full cache gives to tasks, in place of a text.")
    private boolean answers;

    @Option(names = "--tasks", paramLabel = "LIST", description = "Tasks of --answers. Default: as in bench.")
    private List<String> tasks = List.of();

    @Option(names = "--lengths", paramLabel = "LIST", description = "Prompt lengths of --answers, such as 1k,4k.")
    private List<String> lengths = List.of();

    @Option(names = "--samples", paramLabel = "N", description = "Samples of --answers for each task and length.")
    private @Nullable Integer samples;

    @Option(names = "--data", paramLabel = "FOLDER", description = "Folder with the LongBench files for --answers.")
    private @Nullable Path data;

    @Option(
            names = "--cache-type",
            paramLabel = "TYPE",
            description = "How the full cache is stored: f32, f16 or q8. Default: f16.")
    private String cacheType = "f16";

    @Option(names = "--seed", paramLabel = "N", description = "Seed of samples and draws. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--run",
            paramLabel = "FOLDER",
            description = "Folder of a bench with the same model: its report gets a section with the results.")
    private @Nullable Path run;

    @Option(
            names = "--cost",
            description =
                    "Also say how long the comparison took, in prefills of all of the text with the full cache, of"
                            + " which one is done for that.")
    private boolean cost;

    /** Whether methods are compared. */
    boolean wanted() {
        if (methods.isEmpty() && (context != null || answers || run != null || cost)) {
            throw new UserError("--context, --answers, --run and --cost compare methods: name some with --methods");
        }
        return !methods.isEmpty();
    }

    /** Whether the cost of the comparison is to be measured. */
    boolean measuresCost() {
        return cost;
    }

    /** Says how long a comparison took, in words. */
    String cost(LanguageModel model, List<Passage> passages, double seconds) {
        double prefill = 0;
        for (var passage : passages) {
            prefill += PrefillRate.seconds(model, passage.tokens(), CacheTypes.parse(cacheType));
        }
        int others = TeacherForcing.rows(Lists.methods("--methods", methods)).size() - 1;
        return String.format(
                Locale.ROOT,
                "cost: %s and the full cache in %.1f s, %.1f prefills of the text (%.1f s for one)",
                Sizes.count(others, "method"),
                seconds,
                seconds / prefill,
                prefill);
    }

    /** Whether the model answers tasks, and no text is read. */
    boolean answersTasks() {
        return answers;
    }

    /** Refuses what cannot work before a model is loaded. */
    void check() {
        TeacherForcing.rows(Lists.methods("--methods", methods));
        CacheTypes.parse(cacheType);
        if (answers && context != null) {
            throw new UserError("--context cuts a text, and --answers compresses where the prompts end: leave one out");
        }
        if (!answers && (!tasks.isEmpty() || !lengths.isEmpty() || samples != null || data != null)) {
            throw new UserError("--tasks, --lengths, --samples and --data are of --answers: give it, too");
        }
        if (run != null && RunFolder.info(run) == null) {
            throw new UserError(run + " holds no run: name the --out folder of a bench with --run");
        }
    }

    /** A text as a passage. */
    Passage passage(int[] ids) {
        int most = ids.length - 2;
        if (most < 1) {
            throw new UserError("a text of " + Sizes.count(ids.length, "token")
                    + " is too short: a comparison needs 1 that the caches are compressed after, and 2 behind it");
        }
        int prompt = context != null ? context : Math.clamp(ids.length * 3L / 4, 1, most);
        if (prompt < 1 || prompt > most) {
            throw new UserError("--context " + prompt + " does not fit a text of " + ids.length
                    + " tokens: choose from 1 to " + most + ", since the caches read at least 2 tokens behind it");
        }
        return new Passage(ids, prompt, prompt);
    }

    /** The full cache's answers to the tasks. */
    List<Passage> answers(ResolvedModel found, LanguageModel model) {
        var spec = BenchSpec.builder(new ModelChoice(found.name(), found.path(), found.embedded()))
                .methods(List.of("full"))
                .cacheType(cacheType)
                .seed(seed)
                .data(data);
        if (!tasks.isEmpty()) {
            spec.tasks(Lists.words("--tasks", tasks));
        }
        if (!lengths.isEmpty()) {
            spec.lengths(Lists.lengths("--lengths", lengths));
        }
        if (samples != null) {
            if (samples < 1) {
                throw new UserError("--samples must be at least 1, not " + samples);
            }
            spec.samples(samples);
        }
        var passages = FullAnswers.of(spec.build(), model);
        if (passages.isEmpty()) {
            throw new UserError("no answer of the full cache has two tokens, which a comparison needs: choose --tasks"
                    + " with longer answers");
        }
        return passages;
    }

    /** Compares, with the model's free memory for caches. */
    List<MethodFidelity> compare(LanguageModel model, List<Passage> passages, StatusLine status) {
        var settings = new TeacherForcing.Settings(
                CacheTypes.parse(cacheType), Machines.cacheMemory(model.weightBytes()), seed);
        var rows = TeacherForcing.rows(Lists.methods("--methods", methods));
        return TeacherForcing.compare(model, rows, passages, settings, (done, of) -> {
            if (done % 16 == 0) {
                status.show(done + " of " + of + " positions");
            }
        });
    }

    /**
     * Puts the results into the folder of the run and writes its report again.
     *
     * @return the report; null if no run was named
     */
    @Nullable
    Path addToRun(LanguageModel model, String source, List<MethodFidelity> results) {
        if (run == null) {
            return null;
        }
        var folder = RunFolder.read(run);
        if (!folder.info().model().hash().equals(model.contentHash())) {
            throw new UserError(run + " is a run of " + folder.info().model().name() + ", and this is " + model.name()
                    + ": name a run of the same model");
        }
        new FidelityFile(model.contentHash(), source, cacheType, results).write(run);
        return Report.write(folder);
    }

    /** The fields of {@code --json}. */
    static Map<String, @Nullable Object> fields(MethodFidelity one) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("method", one.method());
        fields.put("positions", one.positions());
        fields.put("perplexity", one.perplexity());
        fields.put("perplexity_error", one.perplexityError());
        fields.put("kl_mean", one.divergence().mean());
        fields.put("kl_median", one.divergence().median());
        fields.put("kl_99", one.divergence().percent99());
        fields.put("kl_999", one.divergence().percent999());
        fields.put("same_top", one.sameTop());
        fields.put("stored_bytes", one.storedBytes());
        fields.put("achieved_ratio", one.achievedRatio());
        return fields;
    }

    /** A row for each method. */
    static String table(List<MethodFidelity> results) {
        var table = new Table()
                .text("method")
                .number("perplexity")
                .number("KL mean")
                .number("median")
                .number("99 %")
                .number("99.9 %")
                .number("same top")
                .number("Δp 5 %")
                .number("50 %")
                .number("95 %")
                .number("first other")
                .number("stored bytes")
                .number("ratio");
        for (var one : results) {
            var first = one.firstDisagreement();
            var error = one.perplexityError();
            table.row(List.of(
                    one.method(),
                    number("%.3f", one.perplexity()) + (error == null ? "" : number(" ± %.3f", error)),
                    number("%.5f", one.divergence().mean()),
                    number("%.5f", one.divergence().median()),
                    number("%.4f", one.divergence().percent99()),
                    number("%.4f", one.divergence().percent999()),
                    number("%.2f %%", 100 * one.sameTop()),
                    number("%.3f", one.shift().percent5()),
                    number("%.3f", one.shift().median()),
                    number("%.3f", one.shift().percent95()),
                    first == null ? "none" : first.toString(),
                    number("%,.0f", (double) one.storedBytes()),
                    number("%.2fx", one.achievedRatio())));
        }
        return table.render(Terminal.width());
    }

    /** Mean divergences by distance from the compression. */
    static String parts(List<MethodFidelity> results) {
        var table = new Table().text("KL by position");
        for (var part : results.getFirst().parts()) {
            table.number(part.from() + " to " + (part.to() - 1));
        }
        for (var one : results) {
            var cells = new ArrayList<>(List.of(one.method()));
            one.parts().forEach(part -> cells.add(number("%.5f", part.divergence())));
            table.row(cells);
        }
        return table.render(Terminal.width());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value).replaceFirst("^-(0\\.0*)$", "$1");
    }
}
