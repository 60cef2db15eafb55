package io.hayloft.bench;

import io.hayloft.base.UserError;
import io.hayloft.bench.paper.PaperCompat;
import io.hayloft.hub.DataSets;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.definition.Definitions;
import io.hayloft.tasks.needle.KeyTask;
import io.hayloft.tasks.needle.PassKeyTask;
import io.hayloft.tasks.registry.OwnTask;
import io.hayloft.tasks.registry.Tasks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Collects what the user asked for; {@link #build} checks it and fills in the rest. Nothing asked: the embedded model
 * runs the mini suite with the default methods, any other model the needle at 1k, 2k and 4k tokens.
 */
public final class BenchSpecBuilder {
    private static final List<Integer> EMBEDDED_LENGTHS = List.of(1024, 2048);
    private static final List<Integer> MODEL_LENGTHS = List.of(1024, 2048, 4096);
    private static final int DEFAULT_SAMPLES = 10;

    private final ModelChoice model;
    private List<String> methods = List.of();
    private List<String> notes = List.of();
    private Map<String, String> labels = Map.of();
    private List<String> tasks = List.of();
    private List<OwnTask> ownTasks = List.of();
    private List<Integer> lengths = List.of();
    private int samples;
    private long seed = 1;
    private @Nullable Protocol protocol;
    private @Nullable Path out;
    private @Nullable Path data;
    private @Nullable Path pulled;
    private @Nullable Path haystack;
    private int answerDigits;
    private int limitTokens;
    private int maxNewTokens;
    private int threads;
    private String cacheType = "f16";
    private ChatChoice chat = ChatChoice.NONE;
    private @Nullable Shard shard;
    private @Nullable String clock;
    private boolean truncation = true;
    private boolean paperCompat;
    private PaperCompat paper = new PaperCompat(Map.of(), Map.of());

    BenchSpecBuilder(ModelChoice model) {
        this.model = model;
    }

    /** Method expressions; {@code full}, {@code random} and {@code truncation} rows are added where they are missing. */
    public BenchSpecBuilder methods(List<String> expressions) {
        this.methods = List.copyOf(expressions);
        return this;
    }

    /** Remarks for the reader of the run. */
    public BenchSpecBuilder notes(List<String> lines) {
        this.notes = List.copyOf(lines);
        return this;
    }

    /** The labels that a grid gives its methods, by their names. */
    public BenchSpecBuilder labels(Map<String, String> byMethod) {
        this.labels = Map.copyOf(byMethod);
        return this;
    }

    /** Names of tasks, or of groups: {@code mini}, {@code needle}, {@code longbench}. */
    public BenchSpecBuilder tasks(List<String> names) {
        this.tasks = List.copyOf(names);
        return this;
    }

    /** The user's own tasks: those that run if none is named. */
    public BenchSpecBuilder ownTasks(List<OwnTask> files) {
        this.ownTasks = List.copyOf(files);
        return this;
    }

    /** Prompt lengths in tokens. */
    public BenchSpecBuilder lengths(List<Integer> tokens) {
        this.lengths = List.copyOf(tokens);
        return this;
    }

    /** Samples for each task and length; 0 for the default. */
    public BenchSpecBuilder samples(int count) {
        this.samples = count;
        return this;
    }

    /** Seed of generated samples and random choices. */
    public BenchSpecBuilder seed(long value) {
        this.seed = value;
        return this;
    }

    /** Whether methods see the question when they compress. */
    public BenchSpecBuilder protocol(Protocol value) {
        this.protocol = value;
        return this;
    }

    /** Folder of the run; null lets the run name one. */
    public BenchSpecBuilder out(@Nullable Path folder) {
        this.out = folder;
        return this;
    }

    /** Folder with data files of tasks; null for none. */
    public BenchSpecBuilder data(@Nullable Path folder) {
        this.data = folder;
        return this;
    }

    /** Folder of the data sets that were pulled, which are used where no other is named; null for that of this user. */
    public BenchSpecBuilder pulledData(@Nullable Path folder) {
        this.pulled = folder;
        return this;
    }

    /** Folder with texts to hide needles in; null for the tasks' own. */
    public BenchSpecBuilder haystack(@Nullable Path folder) {
        this.haystack = folder;
        return this;
    }

    /** Digits of the keys that needle tasks hide; 0: as each task says. */
    public BenchSpecBuilder answerDigits(int digits) {
        this.answerDigits = digits;
        return this;
    }

    /** Longest prompt in tokens, longer ones are cut in the middle; 0: as the context allows. */
    public BenchSpecBuilder limitTokens(int tokens) {
        this.limitTokens = tokens;
        return this;
    }

    /** Longest answer in tokens; 0: as each task says. */
    public BenchSpecBuilder maxNewTokens(int tokens) {
        this.maxNewTokens = tokens;
        return this;
    }

    /** Worker threads; 0: as many as there are cores. */
    public BenchSpecBuilder threads(int count) {
        this.threads = count;
        return this;
    }

    /** How the full cache is stored: {@code f32}, {@code f16} or {@code q8}. */
    public BenchSpecBuilder cacheType(String name) {
        this.cacheType = name;
        return this;
    }

    /** The user's wishes for chats. */
    public BenchSpecBuilder chat(ChatChoice wishes) {
        this.chat = wishes;
        return this;
    }

    /** The part of the samples to run. */
    public BenchSpecBuilder shard(Shard part) {
        this.shard = part;
        return this;
    }

    /** Date and time with offset from UTC, ISO 8601, that chat formats see. */
    public BenchSpecBuilder clock(String time) {
        this.clock = time;
        return this;
    }

    /** Whether rows of the control {@code truncation} are added, which read every prompt once more for each budget. */
    public BenchSpecBuilder truncation(boolean added) {
        this.truncation = added;
        return this;
    }

    /** Whether methods are treated as the paper's code did, instead of all alike. */
    public BenchSpecBuilder paperCompat(boolean on) {
        this.paperCompat = on;
        return this;
    }

    /** The paper's facts about single methods, for runs that do as it did. */
    public BenchSpecBuilder paper(PaperCompat facts) {
        this.paper = facts;
        return this;
    }

    /**
     * The checked specification.
     *
     * @throws UserError for an unknown method, task or cache type, or a number out of its range
     */
    public BenchSpec build() {
        range("--samples", samples, 100_000);
        range("--limit-tokens", limitTokens, Integer.MAX_VALUE);
        range("--max-new-tokens", maxNewTokens, 1 << 20);
        range("--threads", threads, 1024);
        range("--answer-digits", answerDigits, PassKeyTask.MOST_DIGITS);
        var chosen = withDigits(chooseTasks());
        var protocol = chooseProtocol(chosen);
        if (paperCompat && protocol != Protocol.QUESTION_AWARE) {
            throw new UserError("--paper-compat compresses after the question, as the paper did: leave out --protocol");
        }
        if (haystack != null
                && chosen.stream()
                        .allMatch(task ->
                                Tasks.withDigits(task, KeyTask.USUAL_DIGITS).isEmpty())) {
            throw new UserError("--haystack is for the tasks needle, needle-paper and passkey: name one with --tasks");
        }
        return new BenchSpec(
                model,
                MethodRows.of(paperCompat ? inPapersForm() : methods, truncation && !paperCompat),
                chosen.stream().map(Task::name).distinct().toList(),
                ownTasks,
                chooseLengths(),
                samples > 0 ? samples : DEFAULT_SAMPLES,
                seed,
                protocol,
                out,
                data,
                haystack,
                limitTokens,
                maxNewTokens,
                threads,
                CacheTypes.parse(cacheType).text(),
                paperCompat ? paper : null,
                checkedClock(),
                chat,
                shard,
                notes,
                labels);
    }

    /** As the user wishes, else as the tasks say, if they agree. */
    private Protocol chooseProtocol(List<Task> chosen) {
        if (protocol != null) {
            return protocol;
        }
        var first = chosen.getFirst().protocol();
        for (var task : chosen) {
            if (!Objects.equals(task.protocol(), first)) {
                throw new UserError("tasks " + chosen.getFirst().name() + " and " + task.name()
                        + " are for different protocols: choose one for all with --protocol");
            }
        }
        return first == null ? Protocol.QUESTION_AWARE : Protocol.parse(first);
    }

    private @Nullable String checkedClock() {
        if (clock == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(clock).toString();
        } catch (DateTimeParseException e) {
            throw new UserError("--clock '" + clock + "' is not a time such as 2026-01-31T12:00:00Z", e);
        }
    }

    private List<String> inPapersForm() {
        var named = methods.isEmpty() ? Methods.defaultGrid() : methods;
        return named.stream().map(PaperCompat::form).toList();
    }

    private static void range(String option, int value, int most) {
        if (value < 0 || value > most) {
            throw new UserError(option + " must be between 1 and " + most + ", not " + value);
        }
    }

    private List<Task> withDigits(List<Task> chosen) {
        if (answerDigits == 0) {
            return chosen;
        }
        if (chosen.stream()
                .allMatch(task -> Tasks.withDigits(task, answerDigits).isEmpty())) {
            throw new UserError(
                    "--answer-digits is for the tasks needle, needle-paper and passkey: name one with --tasks");
        }
        return chosen.stream()
                .map(task -> Tasks.withDigits(task, answerDigits).orElse(task))
                .toList();
    }

    private List<Task> chooseTasks() {
        var named = tasks.isEmpty()
                ? ownTasks.stream().map(OwnTask::task).toList()
                : Tasks.parse(String.join(",", tasks), ownTasks);
        if (data == null && named.stream().anyMatch(task -> task.needsData() && !task.hasData(null))) {
            data = pulledData(named);
        }
        var folder = data;
        if (folder != null && !Files.isDirectory(folder)) {
            throw new UserError(
                    "--data " + folder + " is not a folder: name the one that holds the tasks' .jsonl files");
        }
        if (!named.isEmpty()) {
            return named;
        }
        if (folder != null) {
            var present = Stream.concat(
                            withoutVariants(Tasks.all().stream()
                                    .filter(task -> task.needsData() && task.hasData(folder))
                                    .toList()),
                            Tasks.ruler().stream().filter(task -> task.ownLengths(folder)))
                    .toList();
            if (present.isEmpty()) {
                throw new UserError("--data " + folder + " holds no file of a known task, such as qasper.jsonl");
            }
            return present;
        }
        return model.embedded() ? Tasks.miniSuite() : List.of(Tasks.needle());
    }

    /** Leaves out tasks that read the samples of another one in another way, such as longbench-v2-cot. */
    private static Stream<Task> withoutVariants(List<Task> found) {
        return found.stream()
                .filter(task -> found.stream().noneMatch(other -> task.name().startsWith(other.name() + "-")));
    }

    /** The folder of what {@code hayloft pull} has brought, which all tasks must have their samples in. */
    private Path pulledData(List<Task> named) {
        var folder = pulled == null ? DataSets.open().folder() : pulled;
        for (var task : named) {
            if (task.needsData() && !task.hasData(folder)) {
                throw new UserError("task " + task.name() + " needs its data: name the folder of " + task.name()
                        + ".jsonl with --data" + pullHint(task));
            }
        }
        return folder;
    }

    private static String pullHint(Task task) {
        return DataSets.names().stream()
                .filter(set -> Definitions.tasks(set).contains(task.name()))
                .findFirst()
                .map(set -> ", or bring it with: hayloft pull " + set)
                .orElse("");
    }

    private List<Integer> chooseLengths() {
        if (lengths.isEmpty()) {
            return model.embedded() ? EMBEDDED_LENGTHS : MODEL_LENGTHS;
        }
        for (int length : lengths) {
            if (length < 1) {
                throw new UserError("--lengths must be numbers of tokens such as 1k,4k, not " + length);
            }
        }
        return lengths.stream().distinct().sorted().toList();
    }
}
