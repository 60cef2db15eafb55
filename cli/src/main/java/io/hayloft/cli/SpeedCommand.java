package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.CacheTypes;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.speed.MemoryPlan;
import io.hayloft.bench.speed.SpeedCase;
import io.hayloft.bench.speed.SpeedRunner;
import io.hayloft.bench.speed.SpeedSpec;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.Shapes;
import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import io.hayloft.hub.ResolvedModel;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kernels.machine.MachineLimits;
import io.hayloft.kernels.packed.PackedFolder;
import io.hayloft.methods.registry.Methods;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hayloft speed}: tokens a second of prefill and decoding, and how near they come to what the machine can do. */
@Command(
        name = "speed",
        description = {
            "Measure how fast a model reads and generates on this machine.",
            "",
            "Every combination of the lists is a test: ppN reads a prompt of N tokens, tgN generates N tokens, both"
                + " behind as many tokens as --depth says. The depth is made up of random keys and values, so that 64k"
                + " tokens take a second to prepare; they cost what real ones cost. A test runs until its speed is"
                + " steady, then its repetitions are timed."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft speed --model smollm2-135m",
            "  hayloft speed --model smollm2-135m -p 512,4k -n 64 -d 0,8k,16k --methods full,kivi:4bit",
            "  hayloft speed --model smollm2-135m -p 0 -n 8 -d 1k,2k,4k,8k,16k,32k,64k    cost by depth",
            "  hayloft speed --model smollm2-135m -p 0 -d 4k --batch 1,4,20 --threads 1,2   many sequences at once",
            "  hayloft speed --model smollm2-135m --threads 1,2,4,8,16    how it scales with cores",
            "  hayloft speed --model smollm2-135m -p 512,4k -n 0 --backend onednn    prompts by a native library",
            "  hayloft speed --model ./my.gguf --cache-type f32,f16,q8 -d 8k --output json > speed.json",
            "",
            "Methods: those that read the prompt as usual: full, quantisers, evictions. What the columns mean:"
                    + " docs/performance.md."
        })
final class SpeedCommand extends Subcommand {
    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = Catalogue.EMBEDDED,
            description = "Name of a model (see: hayloft models), GGUF file or Hugging Face folder."
                    + " Default: ${DEFAULT-VALUE}.")
    private String model = Catalogue.EMBEDDED;

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "LIST",
            defaultValue = "512",
            description = "Tokens of prompts to read, such as 512,4k; 0 for none. Default: ${DEFAULT-VALUE}.")
    private List<String> prompts = List.of();

    @Option(
            names = {"-n", "--generate"},
            paramLabel = "LIST",
            defaultValue = "64",
            description = "Tokens to generate; 0 for none. Default: ${DEFAULT-VALUE}.")
    private List<String> generated = List.of();

    @Option(
            names = {"-d", "--depth"},
            paramLabel = "LIST",
            defaultValue = "0",
            description = "Tokens in the cache before, such as 0,8k,16k. Default: ${DEFAULT-VALUE}.")
    private List<String> depths = List.of();

    @Option(
            names = "--methods",
            paramLabel = "LIST",
            defaultValue = "full",
            description = "How the cache is compressed (see: hayloft methods). Default: ${DEFAULT-VALUE}.")
    private List<String> methods = List.of();

    @Option(
            names = "--cache-type",
            paramLabel = "LIST",
            defaultValue = "f16",
            description = "How the full cache is stored: f32, f16 or q8. Default: ${DEFAULT-VALUE}.")
    private List<String> cacheTypes = List.of();

    @Option(
            names = "--threads",
            paramLabel = "LIST",
            description =
                    "Worker threads, such as 1,2,4. Several numbers show what more threads bring: efficiency is the"
                            + " share of the speed-up that they could. Default: as many as there are cores.")
    private List<String> threads = List.of();

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = PrefillBackends.JAVA,
            description = "What multiplies matrices while a prompt is read: java (default), onednn, onednn-int8, or"
                    + " auto: onednn where it works, never onednn-int8, which changes results more.")
    private String backend = PrefillBackends.JAVA;

    @Option(
            names = "--batch",
            paramLabel = "LIST",
            defaultValue = "1",
            description = "Sequences that generate in lockstep, such as 1,20. Default: ${DEFAULT-VALUE}.")
    private List<String> batches = List.of();

    @Option(
            names = {"-r", "--repetitions"},
            paramLabel = "N",
            defaultValue = "5",
            description = "Timed repetitions of each test. Default: ${DEFAULT-VALUE}.")
    private int repetitions;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "12",
            description =
                    "Longest time that a test may take to get steady before it is timed. Default: ${DEFAULT-VALUE}.")
    private double warmUp;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "table (default), csv, json (one array) or md.")
    private String output = "table";

    @Mixin
    private ConfigOptions config = new ConfigOptions.WithContext();

    @Override
    public Integer call() {
        var form = SpeedOutput.Form.parse(output);
        var spec = spec();
        var workers = workers();
        var found = ModelStore.open().resolve(model);
        var cases = spec.cases();
        if (cases.isEmpty()) {
            throw new UserError("nothing to measure: these methods need a --depth above 0");
        }
        for (var note : spec.notes()) {
            err().println("note: " + note);
        }
        var progress = new SpeedProgress(err(), cases.size() * workers.size());
        try (var rows = new SpeedOutput(out(), form, found.name(), workers.size() > 1);
                progress) {
            run(found, cases, workers, rows, progress);
        }
        progress.warning().ifPresent(warning -> err().println("note: " + warning));
        return 0;
    }

    private void run(
            ResolvedModel found,
            List<SpeedCase> cases,
            List<Integer> workers,
            SpeedOutput rows,
            SpeedProgress progress) {
        var limits = Map.<Integer, MachineLimits>of();
        long free = Machines.freeMemory();
        var chosen = ModelOptions.choose(backend, progress.loading());
        for (int count : workers) {
            try (var loaded = load(found, count, chosen, cases, free, progress.loading())) {
                if (limits.isEmpty()) {
                    var plan = MemoryPlan.of(loaded, free);
                    plan.check(cases);
                    progress.note("plan: " + Sizes.count(cases.size() * workers.size(), "test") + ", "
                            + Sizes.count(repetitions, "timed repetition") + " each; " + plan.describe(cases));
                    noteContext(loaded, cases, progress);
                    limits = measureLimits(workers, progress);
                }
                var runner = new SpeedRunner(loaded, Objects.requireNonNull(limits.get(count)), warmUp, progress);
                for (var test : cases) {
                    var result = runner.measure(test, repetitions);
                    rows.add(result);
                    progress.done(result);
                }
            }
        }
    }

    private LanguageModel load(
            ResolvedModel found,
            int workers,
            @Nullable PrefillBackend chosen,
            List<SpeedCase> cases,
            long free,
            PrintWriter err) {
        ModelOptions.notePlacement(workers, err);
        // Nothing may run beside what is timed, and a test is over sooner than a file is written.
        var packed = PackedWeights.folder(err, PackedFolder.Writing.NEVER);
        var checkpoint = config.open(found, err);
        try {
            long copyBytes = chosen == null ? 0 : chosen.bytesFor(Shapes.layerWeights(checkpoint.config()));
            MemoryPlan.beforeLoading(checkpoint, copyBytes, free).check(cases);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
        try (var status = new StatusLine(err)) {
            var options = new LoadOptions(workers, chosen, ModelOptions.showing(status, found));
            return LanguageModel.load(checkpoint, options.withoutTokenizer().withPacked(packed));
        }
    }

    private static void noteContext(LanguageModel loaded, List<SpeedCase> cases, SpeedProgress progress) {
        int context = loaded.config().contextLength();
        if (cases.stream().anyMatch(test -> test.depth() + test.tokens() > context)) {
            progress.note("note: some depths are beyond the context of " + context
                    + " tokens that this model was made for; that changes what it says, not how fast");
        }
    }

    private static Map<Integer, MachineLimits> measureLimits(List<Integer> workers, SpeedProgress progress) {
        var counts = new TreeSet<>(workers);
        counts.add(1);
        var limits = new TreeMap<Integer, MachineLimits>();
        for (int count : counts) {
            var measured = MachineLimits.measure(count);
            limits.put(count, measured);
            progress.note(String.format(
                    Locale.ROOT,
                    "limit: %s %.0f GFLOPS (f32), reads %.1f GB/s",
                    Sizes.count(count, "thread"),
                    measured.gflops(),
                    measured.gigabytesPerSecond()));
        }
        return limits;
    }

    private SpeedSpec spec() {
        if (repetitions < 1) {
            throw new UserError("--repetitions must be at least 1, not " + repetitions);
        }
        if (!(warmUp >= 0)) {
            throw new UserError("--warm-up must be seconds from 0 on, not " + warmUp);
        }
        return new SpeedSpec(
                aboveZero(Lists.lengthsFromZero("--prompt", prompts)),
                aboveZero(Lists.lengthsFromZero("--generate", generated)),
                Lists.lengthsFromZero("--depth", depths),
                Lists.methods("--methods", methods).stream().map(Methods::parse).toList(),
                Lists.words("--cache-type", cacheTypes).stream()
                        .map(CacheTypes::parse)
                        .toList(),
                Lists.counts("--batch", batches),
                repetitions);
    }

    private static List<Integer> aboveZero(List<Integer> numbers) {
        return numbers.stream().filter(number -> number > 0).toList();
    }

    private List<Integer> workers() {
        if (threads.isEmpty()) {
            return List.of(Runtime.getRuntime().availableProcessors());
        }
        var counts =
                Lists.counts("--threads", threads).stream().distinct().sorted().toList();
        for (int count : counts) {
            if (count > 1024) {
                throw new UserError("--threads must be between 1 and 1024, not " + count);
            }
        }
        return counts;
    }
}
