package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.OwnTask;
import io.hayloft.tasks.registry.Tasks;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The users' own tasks of {@code --task-file}. */
final class TaskFiles {
    private TaskFiles() {}

    /**
     * Reads files.
     *
     * @throws UserError with the place in a file, if one cannot be read, or if two tasks have one name
     */
    static List<OwnTask> read(List<String> files) {
        var tasks = files.stream().map(TaskFiles::read).toList();
        for (var task : tasks) {
            if (tasks.stream().filter(other -> other.name().equals(task.name())).count() > 1) {
                throw new UserError("two --task-file have a task of the name " + task.name() + ": rename one");
            }
        }
        return tasks;
    }

    private static OwnTask read(String file) {
        try {
            return OwnTask.of(Path.of(file));
        } catch (InvalidPathException e) {
            throw new UserError("--task-file '" + file + "' is not a valid file name", e);
        }
    }

    /**
     * The task that a command is about: named, or the only one of its files.
     *
     * @throws UserError if there is no such task, or no name and not one file
     */
    static Task chosen(String option, @Nullable String name, List<String> files) {
        var own = read(files);
        if (name != null) {
            return Tasks.named(name, own);
        }
        if (own.size() != 1) {
            throw new UserError("name the task with " + option + ", or one of your own with --task-file");
        }
        return own.getFirst().task();
    }
}
