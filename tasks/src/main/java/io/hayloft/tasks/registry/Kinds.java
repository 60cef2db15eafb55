package io.hayloft.tasks.registry;

import static java.util.Map.entry;

import io.hayloft.tasks.Task;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.generated.GeneratedTask;
import io.hayloft.tasks.longbench.ChoiceTask;
import io.hayloft.tasks.longbench.FileTask;
import io.hayloft.tasks.mini.ContextTask;
import io.hayloft.tasks.mini.MiniTask;
import io.hayloft.tasks.needle.NeedleTask;
import io.hayloft.tasks.needle.PaperNeedleTask;
import io.hayloft.tasks.needle.PassKeyTask;
import io.hayloft.tasks.ruler.RulerTask;
import java.util.Map;
import java.util.function.Function;

/** The classes that run tasks, by the words for them in task files. */
final class Kinds {
    /** Values of the key {@code generator}: samples are made, from the keys within {@code parameters}. */
    private static final Map<String, Function<Definition, Task>> GENERATORS = Map.ofEntries(
            entry("mini", MiniTask::new),
            entry("one-context", ContextTask::new),
            entry("drawn", GeneratedTask::new),
            entry("needle", NeedleTask::new),
            entry("needle-paper", PaperNeedleTask::new),
            entry("passkey", PassKeyTask::new),
            entry("ruler", RulerTask::new));

    /** Values of the key {@code form}, of tasks without a generator: samples are rows of a file. */
    private static final Map<String, Function<Definition, Task>> FORMS =
            Map.ofEntries(entry("questions", FileTask::new), entry("choices", ChoiceTask::new));

    private Kinds() {}

    /**
     * The task of a definition.
     *
     * @throws io.hayloft.base.UserError with file, line and key, if something is missing, wrong or unknown
     */
    static Task task(Definition definition) {
        var fields = definition.fields();
        var kind = fields.has("generator")
                ? fields.choice("generator", GENERATORS)
                : fields.choice("form", FORMS, FileTask::new);
        var task = kind.apply(definition);
        definition.finish();
        return task;
    }
}
