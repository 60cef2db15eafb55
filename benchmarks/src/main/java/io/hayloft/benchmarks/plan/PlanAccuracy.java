package io.hayloft.benchmarks.plan;

import io.hayloft.bench.predict.Machine;
import io.hayloft.bench.predict.ModelShapes;
import io.hayloft.bench.predict.Prediction;
import io.hayloft.bench.predict.Predictor;
import io.hayloft.benchmarks.Commands;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.hub.ModelStore;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Predicts what methods take with a model, then measures it, and prints both side by side as tab-separated lines. */
@Command(name = "plan-accuracy", mixinStandardHelpOptions = true, description = "Compares what plan says with what is.")
public final class PlanAccuracy implements Callable<Integer> {
    @Option(names = "--model", required = true, description = "GGUF file or Hugging Face folder.")
    private Path model = Path.of("");

    @Option(names = "--context", split = ",", defaultValue = "1024,4096", description = "Tokens of the prompts.")
    private List<Integer> contexts = List.of();

    @Option(names = "--methods", split = "\\|", defaultValue = "full", description = "Expressions, with | in between.")
    private List<String> expressions = List.of();

    @Option(names = "--threads", description = "Worker threads. Default: one a core.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--machine", description = "What was measured of this machine; is written if it is not there.")
    private @Nullable Path machineFile;

    @Option(
            names = "--warm-up",
            defaultValue = "6",
            description = "Seconds before measuring. Default: ${DEFAULT-VALUE}.")
    private double warmUp;

    /** Runs the command line. */
    public static void main(String[] args) {
        Commands.run(new PlanAccuracy(), args);
    }

    @Override
    public Integer call() {
        var methods = expressions.stream().map(Methods::parse).toList();
        var predicted = predict(methods);
        System.out.println(
                "context\tmethod\tprefill s\tpredicted\tratio\tcompress s\tpredicted\tdecode ms\tpredicted\tratio"
                        + "\tstored\tpredicted");
        try (var loaded =
                LanguageModel.load(model, LoadOptions.withThreads(threads).withoutTokenizer())) {
            var measured = new MeasuredTimes(loaded);
            var groups = new ArrayList<List<Method>>();
            groups(methods, loaded).values().forEach(groups::add);
            measured.warmUp(
                    methods.stream()
                            .filter(m ->
                                    Generation.refusal(loaded.cacheShape(), m).isEmpty())
                            .toList(),
                    warmUp);
            for (int context : contexts) {
                for (var group : groups) {
                    for (var row : measured.measure(group, context)) {
                        print(
                                context,
                                row,
                                Objects.requireNonNull(predicted.get(
                                        context + " " + row.method().name())));
                    }
                }
            }
        }
        return 0;
    }

    private static void print(int context, MeasuredTimes.Row row, Prediction guess) {
        double prefill = guess.prefillSeconds() == null ? Double.NaN : guess.prefillSeconds();
        double step = guess.decodeMsPerToken() == null ? Double.NaN : guess.decodeMsPerToken();
        System.out.printf(
                Locale.ROOT,
                "%d\t%s\t%.3f\t%.3f\t%.2f\t%.3f\t%s\t%.3f\t%.3f\t%.2f\t%d\t%s%n",
                context,
                row.method().name(),
                row.prefillSeconds(),
                prefill,
                prefill / row.prefillSeconds(),
                row.compressSeconds(),
                guess.compressSeconds() == null ? "-" : String.format(Locale.ROOT, "%.3f", guess.compressSeconds()),
                row.decodeMs(),
                step,
                step / row.decodeMs(),
                row.storedBytes(),
                row.storedBytes() == guess.storedBytes()
                        ? "="
                        : (guess.storedExact() ? "!" : "~") + guess.storedBytes());
    }

    private Map<String, Prediction> predict(List<Method> methods) {
        var shape = new ModelShapes(ModelStore.open(), ReadOptions.DEFAULTS).find(model.toString());
        long start = System.nanoTime();
        var machine = machineFile != null && Files.exists(machineFile)
                ? Machine.read(machineFile)
                : Machine.measureLimits(threads);
        var predicted = new LinkedHashMap<String, Prediction>();
        try (var predictor = new Predictor(
                shape,
                new KvCodec.F16(),
                threads,
                machine,
                what -> System.err.printf(Locale.ROOT, "%.2f %s%n", (System.nanoTime() - start) * 1e-9, what))) {
            for (int context : contexts) {
                for (var method : methods) {
                    if (Predictor.refusal(shape, method).isEmpty()) {
                        predicted.put(context + " " + method.name(), predictor.predict(method, context));
                    }
                }
            }
            if (machineFile != null) {
                predictor.machine().ifPresent(known -> known.write(Objects.requireNonNull(machineFile)));
            }
        }
        System.err.printf(Locale.ROOT, "%.2f predicted%n", (System.nanoTime() - start) * 1e-9);
        return predicted;
    }

    /** Methods that read a prompt in the same way. */
    private static Map<Object, List<Method>> groups(List<Method> methods, LanguageModel model) {
        record Reading(PrefillPattern pattern, boolean accumulated) {}
        var groups = new LinkedHashMap<Object, List<Method>>();
        for (var method : methods) {
            if (Generation.refusal(model.cacheShape(), method).isEmpty()) {
                var key = new Reading(method.prefillPattern(), method.signals().accumulatedAttention());
                groups.computeIfAbsent(key, any -> new ArrayList<>()).add(method);
            }
        }
        return groups;
    }
}
