package io.hayloft.bench;

import io.hayloft.base.UserError;
import io.hayloft.bench.paper.PaperCompat;
import io.hayloft.bench.record.Json;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.OwnTask;
import io.hayloft.tasks.registry.Tasks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The specification of a run, checked and with every default filled in; made by {@link #builder}, or read from the JSON form
 * that {@link #toJson} writes, in which it can travel to another process or machine.
 *
 * @param model the model
 * @param methods canonical method expressions in the order of the tables; {@code full} comes first; rows of
 *     {@code random} and, but for {@code --paper-compat}, {@code truncation} are always there
 * @param tasks task names, groups resolved
 * @param ownTasks the user's own tasks, some of which {@code tasks} may name
 * @param lengths wanted prompt lengths in tokens, ascending; tasks with data of their own ignore them
 * @param samples samples for each task (and length)
 * @param seed seed of generated samples and random choices
 * @param protocol where questions stand when methods compress
 * @param out folder of the run; null lets the run name one after the model and its settings
 * @param data folder with the LongBench files; null if no task needs one
 * @param haystack folder with texts to hide needles in; null for the tasks' own
 * @param limitTokens longest prompt in tokens before the middle is cut out; 0: as the model's context allows
 * @param maxNewTokens longest answer in tokens; 0: as each task says
 * @param threads worker threads; 0: as many as there are cores
 * @param cacheType how the full cache is stored, such as {@code f16}
 * @param compat how the paper's code treats its methods, for a run that does as it did; null for one that treats all alike
 * @param clock date and time with offset from UTC, ISO 8601, that chat formats see; null for the time of the start
 * @param chat the user's wishes for chats
 * @param shard the part of the samples to run; null for all
 * @param notes remarks for the reader of the run, such as what a grid leaves out
 * @param labels what a grid calls its methods, by their names
 */
public record BenchSpec(
        ModelChoice model,
        List<String> methods,
        List<String> tasks,
        List<OwnTask> ownTasks,
        List<Integer> lengths,
        int samples,
        long seed,
        Protocol protocol,
        @Nullable Path out,
        @Nullable Path data,
        @Nullable Path haystack,
        int limitTokens,
        int maxNewTokens,
        int threads,
        String cacheType,
        @Nullable PaperCompat compat,
        @Nullable String clock,
        ChatChoice chat,
        @Nullable Shard shard,
        List<String> notes,
        Map<String, String> labels) {

    /** Copies the lists. */
    public BenchSpec {
        methods = List.copyOf(methods);
        tasks = List.copyOf(tasks);
        ownTasks = List.copyOf(ownTasks);
        lengths = List.copyOf(lengths);
        notes = List.copyOf(notes);
        labels = Map.copyOf(labels);
    }

    /** The task of this name, the user's own or one that comes with Hayloft. */
    public Task task(String name) {
        return Tasks.named(name, ownTasks);
    }

    /** The same run with some of its methods only, and with further notes. */
    public BenchSpec withMethods(List<String> fewer, List<String> allNotes) {
        return new BenchSpec(
                model,
                fewer,
                tasks,
                ownTasks,
                lengths,
                samples,
                seed,
                protocol,
                out,
                data,
                haystack,
                limitTokens,
                maxNewTokens,
                threads,
                cacheType,
                compat,
                clock,
                chat,
                shard,
                allNotes,
                labels);
    }

    /** The same run at another time, as chat formats see it. */
    public BenchSpec withClock(String time) {
        return new BenchSpec(
                model,
                methods,
                tasks,
                ownTasks,
                lengths,
                samples,
                seed,
                protocol,
                out,
                data,
                haystack,
                limitTokens,
                maxNewTokens,
                threads,
                cacheType,
                compat,
                time,
                chat,
                shard,
                notes,
                labels);
    }

    /** This specification as one line of JSON. */
    public String toJson() {
        return Json.line(this);
    }

    /**
     * Reads what {@link #toJson} has written.
     *
     * @throws UserError if it is not a specification, or names a method, task or cache type that does not exist
     */
    public static BenchSpec fromJson(String text) {
        var spec = Json.read(text, BenchSpec.class, "the specification of the run");
        spec.methods().forEach(Methods::parse);
        spec.tasks().forEach(spec::task);
        CacheTypes.parse(spec.cacheType());
        return spec;
    }

    /** Starts a specification for a model: the embedded one, or one that the user named. */
    public static BenchSpecBuilder builder(ModelChoice model) {
        return new BenchSpecBuilder(model);
    }
}
