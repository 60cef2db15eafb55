package io.hayloft.bench.fidelity;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.Sampling;
import io.hayloft.engine.model.DecodeRows;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Compares methods without tasks: each compresses its cache of a prompt, then all caches, the full one among them, read the
 * same tokens in lockstep, and the distributions of the next token are compared position by position.
 *
 * <p>A prompt is read once for each prefill pattern, and each step reads the weights once for all methods. Of the logits, only
 * those of one step are in memory.
 */
public final class TeacherForcing {
    private static final String FULL = "full";

    private final LanguageModel model;
    private final List<Method> methods;
    private final Settings settings;
    private final Distances[] distances;
    private final Distances.Reference reference;
    private float[] logits = {};

    /**
     * How caches are made.
     *
     * @param cacheType how the full cache is stored
     * @param memory bytes that the caches may take together; methods that do not fit are compared later, with a full cache
     *     of their own
     * @param seed seed of methods that draw at random
     */
    public record Settings(KvCodec cacheType, long memory, long seed) {}

    /** Hears how far a comparison is. */
    @FunctionalInterface
    public interface Listener {
        /** So many of all positions have been compared. */
        void compared(int positions, int of);
    }

    private TeacherForcing(LanguageModel model, List<Method> methods, Settings settings, int positions) {
        this.model = model;
        this.methods = methods;
        this.settings = settings;
        this.distances = new Distances[methods.size()];
        Arrays.setAll(distances, method -> new Distances(positions));
        this.reference = new Distances.Reference(model.config().vocabulary());
    }

    /**
     * The methods that a comparison has rows for: {@code full} first, then the others without doubles.
     *
     * @throws UserError if an expression is wrong, or shortens the text of a prompt
     */
    public static List<Method> rows(List<String> expressions) {
        var rows = new ArrayList<Method>();
        rows.add(Methods.parse(FULL));
        for (var expression : expressions) {
            var method = Methods.parse(expression);
            if (method.prompt().isPresent()) {
                throw new UserError(
                        "method '" + expression + "' shortens the text of a prompt, so that its cache is not"
                                + " one of the same tokens: compare it with bench");
            }
            if (rows.stream().noneMatch(row -> row.name().equals(method.name()))) {
                rows.add(method);
            }
        }
        return List.copyOf(rows);
    }

    /**
     * Compares methods with the first of them.
     *
     * @param methods as {@link #rows} gives them
     * @param passages at least one
     * @return a result for each method, in their order
     */
    public static List<MethodFidelity> compare(
            LanguageModel model, List<Method> methods, List<Passage> passages, Settings settings, Listener listener) {
        int positions = passages.stream().mapToInt(Passage::positions).sum();
        var forcing = new TeacherForcing(model, methods, settings, positions);
        int done = 0;
        for (var passage : passages) {
            int before = done;
            forcing.read(passage, (step, of) -> listener.compared(before + step, positions));
            done += passage.positions();
        }
        var results = new ArrayList<MethodFidelity>();
        for (int i = 0; i < methods.size(); i++) {
            results.add(forcing.distances[i].result(methods.get(i).name()));
        }
        return List.copyOf(results);
    }

    /** Reads a passage with as many methods at once as fit the memory, the full cache always among them. */
    private void read(Passage passage, Listener listener) {
        long bytes = model.cacheShape().fullBytes(passage.tokens().length, settings.cacheType());
        // the full cache and the one of the prefill come on top
        int together = (int) Math.clamp(settings.memory() / bytes - 2, 1, methods.size());
        int first = 1;
        do {
            int end = Math.min(methods.size(), first + together);
            read(passage, first, end, listener);
            first = end;
        } while (first < methods.size());
    }

    /** Reads a passage with the full cache and the methods from {@code first} to {@code end - 1}. */
    private void read(Passage passage, int first, int end, Listener listener) {
        var rows = new ArrayList<Method>();
        rows.add(methods.getFirst());
        rows.addAll(methods.subList(first, end));
        var prompt = Arrays.copyOf(passage.tokens(), passage.prompt());
        var options = new GenerationOptions(
                1,
                0,
                Sampling.GREEDY,
                Set.of(),
                null,
                settings.cacheType(),
                PrefillOptions.DEFAULT_CHUNK,
                0,
                settings.memory(),
                settings.seed());
        var caches = Generation.caches(
                model,
                prompt,
                passage.compressAfter(),
                List.<CompressionMethod>copyOf(rows),
                options,
                GenerationListener.NONE);
        try {
            decode(passage, first, caches, listener);
        } finally {
            caches.forEach(SequenceCache::close);
        }
    }

    /** Row 0 is the full cache; it counts as a method the first time. */
    private void decode(Passage passage, int first, List<SequenceCache> caches, Listener listener) {
        int count = caches.size();
        int vocabulary = model.config().vocabulary();
        logits = logits.length < Math.multiplyExact(count, vocabulary) ? new float[count * vocabulary] : logits;
        var tokens = new int[count];
        var prompts = new int[count];
        Arrays.fill(prompts, passage.prompt());
        var batch = new DecodeRows(tokens, caches.toArray(SequenceCache[]::new), prompts);
        measure(passage, first, batch, 0);
        for (int i = passage.compressAfter(); i + 1 < passage.tokens().length; i++) {
            Arrays.fill(tokens, passage.tokens()[i]);
            model.decoder().step(batch, logits, StepTimes.NONE);
            int next = passage.tokens()[i + 1];
            int offset = i - passage.prompt();
            if (offset >= 0) {
                reference.set(logits, 0);
                model.pool().run(count, (row, worker) -> {
                    if (row > 0 || first == 1) {
                        distances(first, row).add(offset, reference, logits, row * vocabulary, next);
                    }
                });
                listener.compared(offset + 1, passage.positions());
            }
            measure(passage, first, batch, i - passage.compressAfter() + 1);
        }
    }

    private Distances distances(int first, int row) {
        return distances[row == 0 ? 0 : first + row - 1];
    }

    /** Takes the bytes of the caches of those methods that have shrunk after so many steps. */
    private void measure(Passage passage, int first, DecodeRows batch, int steps) {
        for (int row = first == 1 ? 0 : 1; row < batch.rows(); row++) {
            var method = methods.get(row == 0 ? 0 : first + row - 1);
            if (steps == method.freeTokens() - 1) {
                long full = model.cacheShape().fullBytes(passage.compressAfter(), settings.cacheType());
                distances(first, row).addBytes(batch.caches()[row].bytes(), full);
            }
        }
    }
}
