package io.hayloft.cli;

import io.hayloft.tasks.Task;
import io.hayloft.tasks.definition.DefinedTask;
import io.hayloft.tasks.registry.Tasks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft tasks}: what {@code --tasks} can name, and the page of one task. */
@Command(
        name = "tasks",
        description = "List the tasks and their metrics, or show the page of one.",
        footer = {
            "",
            "Groups: mini (generated, for the embedded model), contexts, needles, ruler (generated, or files in the",
            "folder of --data); with files that hayloft pull brings, or in the folder of --data: longbench (English",
            "and code), longbench-zh (Chinese), longbench-e (by length). longbench-v2 is a task of its own.",
            "",
            "Examples:",
            "  hayloft tasks samsum",
            "  hayloft tasks --task-file my-task.yaml",
            "  hayloft bench --tasks mini-needle,mini-code --lengths 1k,4k"
        })
final class TasksCommand extends Subcommand {
    private static final int DESCRIPTION_WIDTH = 60;

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The task to show.")
    private @Nullable String name;

    @Option(names = "--task-file", paramLabel = "FILE", description = "A task of your own, a YAML file.")
    private List<String> taskFiles = List.of();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (name != null || !taskFiles.isEmpty()) {
            var task = TaskFiles.chosen("NAME", name, taskFiles);
            if (json) {
                Json.pretty(out(), page(task));
            } else {
                out().println(String.join("\n", lines(task)));
            }
            return 0;
        }
        if (json) {
            Json.pretty(out(), Tasks.all().stream().map(TasksCommand::fields).toList());
            return 0;
        }
        var table = new Table()
                .text("task")
                .text("category")
                .priority(1)
                .text("metric")
                .priority(0)
                .text("data")
                .text("what is asked", DESCRIPTION_WIDTH)
                .priority(2);
        for (var task : Tasks.all()) {
            table.row(List.of(
                    task.name(),
                    task.category().label(),
                    task.metric(),
                    task.needsData() ? "--data" : "generated",
                    task.description()));
        }
        out().println(table.render(Terminal.width()));
        return 0;
    }

    private static Map<String, Object> fields(Task task) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", task.name());
        fields.put("category", task.category().label());
        fields.put("metric", task.metric());
        fields.put("version", task.version());
        fields.put("needs_data", task.needsData());
        fields.put("description", task.description());
        return fields;
    }

    private static Map<String, Object> page(Task task) {
        var fields = fields(task);
        fields.put("measures", task.measures());
        fields.put("answer_tokens", answerTokens(task));
        fields.put("stop_at_newline", task.stop().atNewline());
        fields.put("min_new_tokens", task.stop().minNewTokens());
        fields.put("protocol", Objects.requireNonNullElse(task.protocol(), ""));
        fields.put("prompt", task.promptForm());
        return fields;
    }

    /** The longest answer in tokens, where the task file says one; else that it follows from the true answers. */
    private static String answerTokens(Task task) {
        return task instanceof DefinedTask defined
                ? defined.definition().fields().text("answer-tokens", "as the true answer")
                : "as the true answer";
    }

    private static List<String> lines(Task task) {
        var stop = task.stop();
        var lines = new ArrayList<String>();
        lines.add(task.name() + ": " + task.description());
        if (!task.measures().isEmpty()) {
            lines.addAll(List.of("", task.measures(), ""));
        }
        lines.add("category   " + task.category().label());
        lines.add("metric     " + task.metric());
        lines.add("version    " + task.version());
        lines.add(
                "samples    " + (task.needsData() ? "from files" : "generated: hayloft samples --task " + task.name()));
        lines.add("answer     tokens: " + answerTokens(task)
                + (stop.atNewline() ? "; the line feed token ends it" : "")
                + (stop.minNewTokens() > 0 ? "; nothing ends it before token " + (stop.minNewTokens() + 1) : ""));
        if (task.protocol() != null) {
            lines.add("protocol   " + task.protocol());
        }
        if (!task.promptForm().isEmpty()) {
            lines.add("prompt");
            task.promptForm().lines().forEach(line -> lines.add("  | " + line));
        }
        return lines;
    }
}
