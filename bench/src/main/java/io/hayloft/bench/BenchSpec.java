package io.hayloft.bench;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to run, validated and with every default filled in; made by {@link #builder}.
 *
 * @param model the model
 * @param methods canonical method expressions in the order of the tables; {@code full} comes first and a {@code random}
 *     row is always there
 * @param tasks task names, groups resolved
 * @param lengths wanted prompt lengths in tokens, ascending; tasks with data of their own ignore them
 * @param samples samples for each task (and length)
 * @param seed what generated samples and random choices start from
 * @param protocol whether methods see the question when they compress
 * @param out folder of the run; null lets the run name one after the model and its settings
 * @param data folder with the LongBench files; null if no task needs one
 * @param limitTokens longest prompt in tokens before the middle is cut out; 0: as the model's context allows
 * @param maxNewTokens longest answer in tokens; 0: as each task says
 * @param threads worker threads; 0: as many as there are cores
 * @param cacheType how the full cache is stored, such as {@code f16}
 * @param compat how the paper's code treats its methods, for a run that does as it did; null for one that treats all alike
 * @param notes what the reader of the run should know of these settings, such as what a grid leaves out
 */
public record BenchSpec(
        ModelChoice model,
        List<String> methods,
        List<String> tasks,
        List<Integer> lengths,
        int samples,
        long seed,
        Protocol protocol,
        @Nullable Path out,
        @Nullable Path data,
        int limitTokens,
        int maxNewTokens,
        int threads,
        String cacheType,
        @Nullable PaperCompat compat,
        List<String> notes) {

    /** Copies the lists. */
    public BenchSpec {
        methods = List.copyOf(methods);
        tasks = List.copyOf(tasks);
        lengths = List.copyOf(lengths);
        notes = List.copyOf(notes);
    }

    /** The same run with some of its methods only, and more to know. */
    public BenchSpec withMethods(List<String> fewer, List<String> allNotes) {
        return new BenchSpec(
                model,
                fewer,
                tasks,
                lengths,
                samples,
                seed,
                protocol,
                out,
                data,
                limitTokens,
                maxNewTokens,
                threads,
                cacheType,
                compat,
                allNotes);
    }

    /** Starts a specification for a model: the embedded one, or one that the user named. */
    public static BenchSpecBuilder builder(ModelChoice model) {
        return new BenchSpecBuilder(model);
    }
}
