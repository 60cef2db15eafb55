package io.hayloft.tasks.registry;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.definition.Definitions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A user's own task as text: it travels with the specification of a run and is kept with its records.
 *
 * @param name the task's name
 * @param definition all that its file says, with what it inherits, as one line
 * @param folder the folder of the file, where its data is looked for; null where the file is not at hand
 */
public record OwnTask(
        String name, String definition, @Nullable Path folder) {
    /**
     * Reads a task file.
     *
     * @throws UserError with file, line and key, if something in it is missing, wrong or unknown, or if a task of this name
     *     comes with Hayloft
     */
    public static OwnTask of(Path file) {
        var read = Definitions.ofFile(file);
        if (Definitions.isTask(read.name()) || Definitions.groups().contains(read.name())) {
            throw read.fields()
                    .place("name")
                    .error("the name '" + read.name() + "' is taken by a task that comes with Hayloft: choose another");
        }
        Kinds.task(read);
        return new OwnTask(read.name(), read.text(), read.folder());
    }

    /** The task. */
    public Task task() {
        Definition read = Definitions.ofText("task " + name, definition, folder);
        return Kinds.task(read);
    }
}
