package io.hayloft.bench.predict;

import io.hayloft.bench.record.PredictedFile;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A quick prediction of the bytes and times of a run: the work of methods is not measured, only the model, and that with
 * a brisk stopwatch; caches are built of one prompt.
 *
 * @param methods of the run
 * @param rows one for each method
 * @param tokens of the prompts
 * @param prefillSeconds of reading one
 * @param halfSeconds of reading one of half the length
 * @param shared seconds of the work on the weights in a step, by how many sequences take it together
 */
public record Forecast(
        List<Method> methods,
        List<PredictedFile.Row> rows,
        int tokens,
        double prefillSeconds,
        double halfSeconds,
        Map<Integer, Double> shared) {
    /** Tokens of the longest prompt whose caches are built. */
    private static final int LONGEST = 16_384;

    /** Copies the lists. */
    public Forecast {
        methods = List.copyOf(methods);
        rows = List.copyOf(rows);
        shared = Map.copyOf(shared);
    }

    /** Seconds of the work on the weights in a step of so many sequences, or of the next fewer that are known. */
    public double sharedSeconds(int together) {
        double best = 0;
        for (var entry : shared.entrySet()) {
            best = entry.getKey() <= together ? Math.max(best, entry.getValue()) : best;
        }
        return best;
    }

    /**
     * Where and how a run takes place.
     *
     * @param cacheType how the full cache is stored
     * @param machineFile what was measured of this machine before, and will be; null to forget it
     */
    public record Setting(
            ModelShape shape,
            KvCodec cacheType,
            int threads,
            @Nullable Path machineFile) {
        private Machine machine() {
            var here = Machine.unmeasured(threads);
            return machineFile == null ? here : here.together(machineFile);
        }

        /** Keeps what was measured, if the folder can be written. */
        private void keep(Machine machine) {
            if (machineFile != null
                    && machine.costs().size() > machine().costs().size()) {
                machine.keep(machineFile);
            }
        }
    }

    /** The forecast for prompts of so many tokens; empty if they are too long to be tried. */
    public static Optional<Forecast> of(Setting setting, List<Method> methods, int tokens) {
        if (tokens > LONGEST) {
            return Optional.empty();
        }
        var batches = Batch.sizes(methods);
        var watch = Stopwatch.brisk(setting.threads);
        try (var times = new TimePredictor(
                        setting.shape,
                        setting.cacheType,
                        setting.threads,
                        setting.machine(),
                        watch,
                        false,
                        text -> {});
                var caches = new CachePredictor(setting.shape.config(), setting.threads)) {
            var rows = new ArrayList<PredictedFile.Row>();
            for (var method : methods) {
                int read = Predictor.tokensRead(method, tokens);
                var sizes = caches.plain(method, setting.cacheType, read);
                int together = batches.getOrDefault(Batch.of(method), 1);
                rows.add(new PredictedFile.Row(
                        method.name(),
                        tokens,
                        read,
                        sizes.stored(),
                        times.prefill(Batch.reader(method, methods), sizes, read),
                        1e3 * times.step(method, sizes, together),
                        together));
            }
            var shared = new HashMap<Integer, Double>();
            shared.put(1, times.weights(1));
            batches.values().forEach(count -> shared.put(count, times.weights(count)));
            var first = Batch.reader(methods.getFirst(), methods);
            double full = prefill(first, times, caches, setting, tokens);
            double half = prefill(first, times, caches, setting, Math.max(1, tokens / 2));
            if (watch.steady()) {
                setting.keep(times.machine());
            }
            return Optional.of(new Forecast(methods, rows, tokens, full, half, shared));
        }
    }

    private static double prefill(
            Method method, TimePredictor times, CachePredictor caches, Setting setting, int tokens) {
        return times.prefill(method, caches.plain(method, setting.cacheType, tokens), tokens);
    }

    /** The rows as a file of a run. */
    public PredictedFile file() {
        return new PredictedFile(rows);
    }
}
