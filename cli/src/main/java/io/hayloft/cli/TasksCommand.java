package io.hayloft.cli;

import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hayloft tasks}: what {@code --tasks} can name. */
@Command(
        name = "tasks",
        description = "List the tasks and their metrics.",
        footer = {
            "",
            "Groups: mini (generated, for the embedded model), needle, ruler (generated, or files in the folder of",
            "--data); with files in the folder of --data: longbench (English and code), longbench-zh (Chinese),",
            "longbench-e (by length). longbench-v2 is a task of its own.",
            "",
            "Example:",
            "  hayloft bench --tasks mini-needle,mini-code --lengths 1k,4k"
        })
final class TasksCommand extends Subcommand {
    private static final int DESCRIPTION_WIDTH = 60;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
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
}
