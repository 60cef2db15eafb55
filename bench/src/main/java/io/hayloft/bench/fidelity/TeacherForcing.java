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
 * <p>A prompt is read once for each prefill pattern. Behind it all caches read many tokens in a step. Each cache goes
 * through the states of single steps all the same: a token sees the tokens that are kept when it is decoded, in the form that
 * they have then, and its logits have the same bits. Of the logits, only those of some tokens are in memory.
 */
public final class TeacherForcing {
    private static final String FULL = "full";

    /** Known tokens that a sequence reads together, if the inner activations of all rows do not need more room than these. */
    private static final int MOST_TOGETHER = 128;

    private static final long MOST_INNER = 8L << 20;

    /** Floats of logits that are in memory at once, about. */
    private static final long MOST_LOGITS = 32L << 20;

    private final LanguageModel model;
    private final List<Method> methods;
    private final Settings settings;
    private final Distances[] distances;
    private final Distances.Reference[] references; // of each worker
    private float[] logits = {};
    private int before; // positions of the passages before this one

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
        this.references = new Distances.Reference[model.pool().threads()];
        Arrays.setAll(
                references, worker -> new Distances.Reference(model.config().vocabulary()));
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
        for (var passage : passages) {
            forcing.read(passage, (done, of) -> listener.compared(forcing.before + done, positions));
            forcing.before += passage.positions();
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
        int together = Math.clamp(settings.memory() / bytes - 2, 1, methods.size());
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
        var all = caches.toArray(SequenceCache[]::new);
        int most = readsTogether() ? together(caches.size()) : 1;
        int alone = methods.stream().mapToInt(Method::freeTokens).max().orElse(0) - 1;
        int from = passage.compressAfter();
        measure(passage, first, all, 0);
        while (from + 1 < passage.tokens().length) {
            int steps = from - passage.compressAfter();
            int count = steps < alone ? 1 : Math.min(most, passage.tokens().length - 1 - from);
            step(passage, first, from, count, all);
            measure(passage, first, all, steps + 1);
            from += count;
            listener.compared(Math.max(0, from - passage.prompt()), passage.positions());
        }
    }

    private int together(int caches) {
        long inner = 1;
        for (int layer = 0; layer < model.config().layers(); layer++) {
            inner = Math.max(inner, model.config().innerWidth(layer));
        }
        return Math.clamp(MOST_INNER / (inner * caches), 1, MOST_TOGETHER);
    }

    private boolean readsTogether() {
        return model.decoder().canReadTogether();
    }

    /** Lets every cache read the same tokens, and compares what follows them. */
    private void step(Passage passage, int first, int from, int count, SequenceCache[] caches) {
        var tokens = Arrays.copyOfRange(passage.tokens(), from, from + count);
        if (readsTogether()) {
            int atOnce = Math.clamp(MOST_LOGITS / Math.multiplyFull(caches.length, vocabulary()), 1, count);
            var rows = DecodeRows.together(tokens, caches, passage.prompt());
            model.decoder()
                    .read(
                            rows,
                            atOnce,
                            (i, some, logits) -> compare(passage, first, from + i, some, caches.length, logits));
            return;
        }
        int floats = Math.multiplyExact(caches.length, vocabulary());
        logits = logits.length < floats ? new float[floats] : logits;
        var same = new int[caches.length];
        var prompts = new int[caches.length];
        Arrays.fill(same, tokens[0]);
        Arrays.fill(prompts, passage.prompt());
        model.decoder().step(new DecodeRows(same, caches, prompts), logits, StepTimes.NONE);
        compare(passage, first, from, 1, caches.length, logits);
    }

    /** Compares the distributions behind tokens {@code from .. from + count - 1} that are behind the prompt. */
    private void compare(Passage passage, int first, int from, int count, int rows, float[] logits) {
        int vocabulary = vocabulary();
        model.pool().run(count, (i, worker) -> {
            int offset = from + i - passage.prompt();
            if (offset < 0) {
                return;
            }
            int next = passage.tokens()[from + i + 1];
            var reference = references[worker];
            reference.set(logits, i * vocabulary);
            for (int row = first == 1 ? 0 : 1; row < rows; row++) {
                int at = (row * count + i) * vocabulary;
                distances(first, row).set(before + offset, offset, reference, logits, at, next);
            }
        });
    }

    private int vocabulary() {
        return model.config().vocabulary();
    }

    private Distances distances(int first, int row) {
        return distances[row == 0 ? 0 : first + row - 1];
    }

    /** Takes the bytes of the caches of those methods that have shrunk after so many steps. */
    private void measure(Passage passage, int first, SequenceCache[] caches, int steps) {
        for (int row = first == 1 ? 0 : 1; row < caches.length; row++) {
            var method = methods.get(row == 0 ? 0 : first + row - 1);
            if (steps == method.freeTokens() - 1) {
                long full = model.cacheShape().fullBytes(passage.compressAfter(), settings.cacheType());
                distances(first, row).addBytes(caches[row].bytes(), full);
            }
        }
    }
}
