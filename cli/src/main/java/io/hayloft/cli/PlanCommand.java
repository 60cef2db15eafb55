package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.CacheTypes;
import io.hayloft.bench.grid.Grid;
import io.hayloft.bench.predict.Capacity;
import io.hayloft.bench.predict.Machine;
import io.hayloft.bench.predict.ModelShape;
import io.hayloft.bench.predict.ModelShapes;
import io.hayloft.bench.predict.Prediction;
import io.hayloft.bench.predict.Predictor;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hayloft plan}: what methods will cost with a model, before anything runs. */
@Command(
        name = "plan",
        description = "Predict bytes, memory and time of methods with a model, which need not be on this machine.",
        footer = {
            "",
            "Examples:",
            "  hayloft plan --model smollm2-135m --context 1k,4k,8k --methods full,kivi:4bit,snapkv:4x",
            "  hayloft plan --model Llama-3.1-8B --weights q4_0 --context 32k",
            "  hayloft plan --model Llama-3-8B --weights q4_0 --context 7500 --samples 200 --workers 1,8,64",
            "  hayloft plan --model Mistral-7B-v0.2 --max-memory 16GB --methods full,kivi:2bit"
        })
final class PlanCommand extends Subcommand {
    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = Catalogue.EMBEDDED,
            description = "GGUF file or its beginning, Hugging Face folder or its config.json, name of a model (see:"
                    + " hayloft models) or of a well-known one such as Llama-3-8B. Default: ${DEFAULT-VALUE}.")
    private String model = Catalogue.EMBEDDED;

    @Option(
            names = "--context",
            paramLabel = "LIST",
            description =
                    "Tokens of the prompt, such as 1k,8k. Default: those of --grid, or 4k, or what the model takes if"
                            + " that is less.")
    private List<String> contexts = List.of();

    @Option(
            names = "--methods",
            paramLabel = "LIST",
            description = "How the cache is compressed (see: hayloft methods). Default: those of --grid, or of bench.")
    private List<String> methods = List.of();

    @Mixin
    private GridChoice grid = new GridChoice();

    @Option(
            names = "--cache-type",
            paramLabel = "TYPE",
            description = "How the full cache is stored: f32, f16 or q8. Default: as --grid says, or f16.")
    private @Nullable String cacheType;

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            description = "How the weights are stored, such as q4_0, q8_0 or bf16. Default: as in the model's files.")
    private @Nullable String weights;

    @Option(names = "--threads", paramLabel = "N", description = "Worker threads. Default: as many as there are cores.")
    private @Nullable Integer threads;

    @Option(
            names = "--machine",
            paramLabel = "FILE",
            description = "How fast the machine is. Measured and written if there is no such file; what a file lacks is"
                    + " measured and added if it describes this machine. Default: measured and forgotten.")
    private @Nullable Path machineFile;

    @Option(
            names = "--max-memory",
            paramLabel = "BYTES",
            description = "Turn the question round: the longest context and the largest batch that fit, such as 16GB.")
    private @Nullable String maxMemory;

    @Option(
            names = "--price",
            paramLabel = "MONEY/h",
            description = "What the machine costs an hour, such as 0.40/h: shows the price of 1,000 requests.")
    private @Nullable String price;

    @Option(
            names = "--answer",
            paramLabel = "N",
            defaultValue = "256",
            description = "Tokens of an answer, for price and run. Default: ${DEFAULT-VALUE}.")
    private int answer;

    @Mixin
    private PlanRun run = new PlanRun();

    @Option(names = "--no-time", description = "Predict bytes and memory only, and measure nothing.")
    private boolean noTime;

    @Option(
            names = "--ignore-unknown",
            description = "Go on when the model's config has fields that are not known, although they may matter.")
    private boolean ignoreUnknown;

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        var from = grid.chosen();
        var asked = methods(from);
        var type = CacheTypes.parse(cacheType(from));
        var given = Lists.lengths("--context", contexts);
        if (run.isAsked() && (maxMemory != null || noTime)) {
            throw new UserError("--samples asks for time: leave out " + (noTime ? "--no-time" : "--max-memory"));
        }
        var shape = shape();
        if (methods.isEmpty()) {
            from.ifPresent(one -> one.notes().forEach(this::note));
        }
        var parsed = fitting(asked, shape);
        var lengths = given.isEmpty() ? lengths(from, shape) : given;
        if (maxMemory != null) {
            fit(Sizes.parseBytes(maxMemory), shape, type, parsed, lengths);
        } else {
            predict(new PlanOutput(!noTime, price(), answer), shape, type, parsed, lengths);
        }
        return 0;
    }

    private void predict(
            PlanOutput output, ModelShape shape, KvCodec type, List<Method> parsed, List<Integer> lengths) {
        var rows = new ArrayList<Prediction>();
        try (var status = new StatusLine(err());
                var predictor = new Predictor(shape, type, workers(), machine(status), status::show)) {
            if (run.isAsked()) {
                var text = run.text(predictor, parsed, lengths, output, json);
                end(predictor);
                out().println(text);
                return;
            }
            for (int context : lengths) {
                for (var method : parsed) {
                    status.show("predicting " + method.name() + " at " + context + " tokens");
                    rows.add(predictor.predict(method, context));
                }
            }
            end(predictor);
        }
        if (json) {
            Json.line(out(), output.json(rows));
        } else {
            out().println(output.table(rows));
        }
    }

    private void fit(long bytes, ModelShape shape, KvCodec type, List<Method> parsed, List<Integer> lengths) {
        var rows = new ArrayList<Capacity>();
        try (var status = new StatusLine(err());
                var predictor = new Predictor(shape, type, workers(), null, status::show)) {
            for (int context : lengths) {
                for (var method : parsed) {
                    status.show("looking what fits with " + method.name());
                    rows.add(predictor.capacity(method, context, bytes));
                }
            }
        }
        if (json) {
            Json.line(out(), rows);
        } else {
            out().println(PlanOutput.capacities(rows));
        }
    }

    /** The price of an hour; null if none was given. */
    private @Nullable Double price() {
        if (answer < 0) {
            throw new UserError("--answer must not be negative");
        }
        if (price == null) {
            return null;
        }
        if (noTime) {
            throw new UserError("--price needs the time that requests take: leave out --no-time");
        }
        if (!price.matches("[0-9]*\\.?[0-9]+(/h)?")) {
            throw new UserError("'" + price + "' is not a price of an hour: write for example 0.40/h");
        }
        return Double.parseDouble(price.replace("/h", ""));
    }

    private int workers() {
        if (threads != null && (threads < 1 || threads > 1024)) {
            throw new UserError("--threads must be between 1 and 1024, not " + threads);
        }
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** The machine of the file, or this one; null if time is not asked for. */
    private @Nullable Machine machine(StatusLine status) {
        if (noTime) {
            return null;
        }
        if (machineFile != null && Files.exists(machineFile)) {
            return Machine.read(machineFile);
        }
        status.show("measuring the limits of this machine");
        return Machine.measureLimits(workers());
    }

    /** Writes what was measured. */
    private void end(Predictor predictor) {
        if (machineFile != null) {
            predictor.machine().ifPresent(machine -> machine.write(Objects.requireNonNull(machineFile)));
        }
        if (!predictor.steady()) {
            note("the machine was busy while it was measured: times may be too long");
        }
        if (predictor.estimated()) {
            note(machineFile
                    + " describes another machine, on which this model was not measured: times are estimated from"
                    + " what was");
        }
    }

    /** The methods that make sense for the model; a note says why others are left out. */
    private List<Method> fitting(List<Method> asked, ModelShape shape) {
        var fitting = new ArrayList<Method>();
        var leftOut = new LinkedHashMap<String, List<String>>();
        for (var method : asked) {
            Predictor.refusal(shape, method)
                    .ifPresentOrElse(
                            reason -> leftOut.computeIfAbsent(reason, any -> new ArrayList<>())
                                    .add(method.name()),
                            () -> fitting.add(method));
        }
        var notes = new ArrayList<String>();
        leftOut.forEach((reason, names) -> notes.add("left out " + String.join(", ", names) + ": " + reason));
        if (fitting.isEmpty()) {
            throw new UserError(
                    "none of the methods makes sense for " + shape.name() + ": " + String.join("; ", notes));
        }
        notes.forEach(this::note);
        return fitting;
    }

    private List<Method> methods(Optional<Grid> from) {
        var expressions = methods.isEmpty()
                ? from.map(Grid::methods).orElseGet(Methods::defaultGrid)
                : Lists.methods("--methods", methods);
        return expressions.stream().map(Methods::parse).toList();
    }

    private String cacheType(Optional<Grid> from) {
        var ofGrid = from.isPresent() ? from.get().options().cacheType() : null;
        return cacheType != null ? cacheType : ofGrid != null ? ofGrid : "f16";
    }

    /** The lengths of a grid that the model takes; one, where there is no grid or it names none. */
    private List<Integer> lengths(Optional<Grid> from, ModelShape shape) {
        int limit = shape.config().contextLength();
        var named = from.map(one -> one.options().lengths()).orElse(List.of());
        var fitting = named.stream().filter(length -> length <= limit).toList();
        if (fitting.isEmpty()) {
            return named.isEmpty() ? List.of(Math.min(4096, limit)) : named;
        }
        named.stream()
                .filter(length -> length > limit)
                .forEach(length ->
                        note("skipped length " + length + ": " + shape.name() + " sees " + limit + " tokens"));
        return fitting;
    }

    private void note(String line) {
        err().println("note: " + line);
    }

    private ModelShape shape() {
        var shapes = new ModelShapes(ModelStore.open(), new ReadOptions(0, ignoreUnknown));
        var shape = shapes.find(model);
        return weights == null ? shape : shape.withWeights(weights);
    }
}
