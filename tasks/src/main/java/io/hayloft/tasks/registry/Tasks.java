package io.hayloft.tasks.registry;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.definition.Definitions;
import io.hayloft.tasks.needle.KeyTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Every task that comes with Hayloft by name, and groups of tasks. A task is read when it is first asked for. */
public final class Tasks {
    private static final Pattern WITH_DIGITS = Pattern.compile("(needle|needle-paper|passkey)-([1-9][0-9]{0,3})");

    private static final Map<String, Task> READ = new ConcurrentHashMap<>();

    private Tasks() {}

    /**
     * The task of this name. {@code needle-N}, {@code needle-paper-N} and {@code passkey-N} hide keys of N digits.
     *
     * @throws UserError that names the closest task if there is none of this name
     */
    public static Task named(String name) {
        if (Definitions.isTask(name)) {
            return READ.computeIfAbsent(name, known -> Kinds.task(Definitions.named(known)));
        }
        var digits = WITH_DIGITS.matcher(name);
        if (digits.matches() && named(digits.group(1)) instanceof KeyTask task) {
            return task.withDigits(Integer.parseInt(digits.group(2)));
        }
        throw Suggest.unknown("task", name, names());
    }

    /**
     * The task of this name, the user's own first.
     *
     * @throws UserError that names the closest task if there is none of this name
     */
    public static Task named(String name, List<OwnTask> own) {
        for (var one : own) {
            if (one.name().equals(name)) {
                return one.task();
            }
        }
        try {
            return named(name);
        } catch (UserError e) {
            throw Suggest.closest(name, own.stream().map(OwnTask::name).toList())
                    .map(close -> new UserError("unknown task '" + name + "': did you mean '" + close + "'?", e))
                    .orElse(e);
        }
    }

    /**
     * A task that hides a pass key, with a key of another length; empty for other tasks.
     *
     * @throws UserError if the task has no keys of so many digits
     */
    public static Optional<Task> withDigits(Task task, int digits) {
        return task instanceof KeyTask key ? Optional.of(key.withDigits(digits)) : Optional.empty();
    }

    /**
     * The tasks of a comma-separated list of task names and group names ({@code mini}, {@code longbench}, ...), each once,
     * in the order of the list.
     *
     * @throws UserError if the list names none, or one that does not exist
     */
    public static List<Task> parse(String list) {
        return parse(list, List.of());
    }

    /** The same where a name may also be that of one of the user's own tasks. */
    public static List<Task> parse(String list, List<OwnTask> own) {
        var tasks = new LinkedHashMap<String, Task>();
        for (var word : list.split(",", -1)) {
            var name = word.strip();
            if (!name.isEmpty()) {
                group(name, own).forEach(task -> tasks.putIfAbsent(task.name(), task));
            }
        }
        if (tasks.isEmpty()) {
            throw new UserError("no task named: write for example mini, or needle,qasper");
        }
        return List.copyOf(tasks.values());
    }

    private static List<Task> group(String name, List<OwnTask> own) {
        boolean isGroup = !Definitions.isTask(name) && Definitions.groups().contains(name);
        return isGroup ? ofGroup(name) : List.of(named(name, own));
    }

    private static List<Task> ofGroup(String name) {
        return Definitions.tasks(name).stream().map(Tasks::named).toList();
    }

    /** Every name that {@link #parse} takes: groups first. */
    private static List<String> names() {
        var names = new LinkedHashSet<>(Definitions.groups());
        Definitions.groups().forEach(group -> names.addAll(Definitions.tasks(group)));
        return new ArrayList<>(names);
    }

    /** Every task, group by group. */
    public static List<Task> all() {
        return Definitions.groups().stream()
                .flatMap(group -> ofGroup(group).stream())
                .toList();
    }

    /** The seven generated tasks that the embedded model can do. */
    public static List<Task> miniSuite() {
        return ofGroup("mini");
    }

    /** The pass-key needle for real models. */
    public static Task needle() {
        return named("needle");
    }

    /** The tasks of RULER. */
    public static List<Task> ruler() {
        return ofGroup("ruler");
    }

    /** The LongBench tasks. */
    public static List<Task> longBench() {
        return ofGroup("longbench");
    }
}
