package io.hayloft.tasks.registry;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.longbench.ChoiceTask;
import io.hayloft.tasks.longbench.LongBenchTask;
import io.hayloft.tasks.mini.ContextTask;
import io.hayloft.tasks.mini.MiniTask;
import io.hayloft.tasks.needle.NeedleTask;
import io.hayloft.tasks.needle.PaperNeedleTask;
import io.hayloft.tasks.needle.PassKeyTask;
import io.hayloft.tasks.ruler.RulerTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Every task by name, and groups of tasks. */
public final class Tasks {
    private static final Pattern WITH_DIGITS = Pattern.compile("(needle|needle-paper|passkey)-([1-9][0-9]{0,3})");
    private static final int LONG_KEY = 64;

    private static final List<Task> MINI = MiniTask.all();
    private static final List<Task> CONTEXTS = ContextTask.all();
    private static final List<Task> LONG_BENCH = LongBenchTask.all();
    private static final List<Task> RULER = List.copyOf(RulerTask.all());
    private static final List<Task> LONG_BENCH_ZH = LongBenchTask.chinese();
    private static final List<Task> LONG_BENCH_E = LongBenchTask.byLength();
    private static final List<Task> LONG_BENCH_V2 = ChoiceTask.all();
    private static final Task NEEDLE = new NeedleTask(NeedleTask.USUAL_DIGITS);
    private static final Map<String, Task> BY_NAME = byName();

    private Tasks() {}

    private static Map<String, Task> byName() {
        var others = List.of(
                NEEDLE,
                new NeedleTask(LONG_KEY),
                new PaperNeedleTask(NeedleTask.USUAL_DIGITS),
                new PassKeyTask(NeedleTask.USUAL_DIGITS),
                new PassKeyTask(LONG_KEY));
        var tasks = new LinkedHashMap<String, Task>();
        Stream.of(MINI, CONTEXTS, others, RULER, LONG_BENCH, LONG_BENCH_ZH, LONG_BENCH_E, LONG_BENCH_V2)
                .flatMap(List::stream)
                .forEach(task -> tasks.put(task.name(), task));
        return tasks;
    }

    /**
     * The task of this name. {@code needle-N}, {@code needle-paper-N} and {@code passkey-N} hide keys of N digits.
     *
     * @throws UserError that names the closest task if there is none of this name
     */
    public static Task named(String name) {
        var task = BY_NAME.get(name);
        if (task != null) {
            return task;
        }
        var digits = WITH_DIGITS.matcher(name);
        if (digits.matches()) {
            return withDigits(digits.group(1), Integer.parseInt(digits.group(2)));
        }
        throw Suggest.unknown("task", name, names());
    }

    private static Task withDigits(String name, int digits) {
        return switch (name) {
            case "passkey" -> new PassKeyTask(digits);
            case "needle-paper" -> new PaperNeedleTask(digits);
            default -> new NeedleTask(digits);
        };
    }

    /**
     * A task that hides a pass key, with a key of another length; empty for other tasks.
     *
     * @throws UserError if the task has no keys of so many digits
     */
    public static Optional<Task> withDigits(Task task, int digits) {
        return switch (task) {
            case PassKeyTask _ -> Optional.of(new PassKeyTask(digits));
            case PaperNeedleTask _ -> Optional.of(new PaperNeedleTask(digits));
            case NeedleTask _ -> Optional.of(new NeedleTask(digits));
            default -> Optional.empty();
        };
    }

    /**
     * The tasks of a comma-separated list of task names and group names ({@code mini}, {@code longbench}, ...), each once,
     * in the order of the list.
     *
     * @throws UserError if the list names none, or one that does not exist
     */
    public static List<Task> parse(String list) {
        var tasks = new LinkedHashMap<String, Task>();
        for (var word : list.split(",", -1)) {
            var name = word.strip();
            if (!name.isEmpty()) {
                group(name).forEach(task -> tasks.putIfAbsent(task.name(), task));
            }
        }
        if (tasks.isEmpty()) {
            throw new UserError("no task named: write for example mini, or needle,qasper");
        }
        return List.copyOf(tasks.values());
    }

    private static List<Task> group(String name) {
        return switch (name) {
            case "mini" -> MINI;
            case "longbench" -> LONG_BENCH;
            case "ruler" -> RULER;
            case "longbench-zh" -> LONG_BENCH_ZH;
            case "longbench-e" -> LONG_BENCH_E;
            default -> List.of(named(name));
        };
    }

    /** Every name that {@link #parse} takes: groups first. */
    private static List<String> names() {
        var names = new LinkedHashSet<>(List.of("mini", "longbench", "longbench-zh", "longbench-e", "ruler"));
        names.addAll(BY_NAME.keySet());
        return new ArrayList<>(names);
    }

    /** Every task. */
    public static List<Task> all() {
        return List.copyOf(BY_NAME.values());
    }

    /** The seven generated tasks that the embedded model can do. */
    public static List<Task> miniSuite() {
        return MINI;
    }

    /** The pass-key needle for real models. */
    public static Task needle() {
        return NEEDLE;
    }

    /** The tasks of RULER. */
    public static List<Task> ruler() {
        return RULER;
    }

    /** The LongBench tasks. */
    public static List<Task> longBench() {
        return LONG_BENCH;
    }
}
