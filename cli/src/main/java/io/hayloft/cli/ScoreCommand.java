package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.predictions.Predictions;
import io.hayloft.tasks.ruler.RulerTask;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hayloft score}: scores predictions of any program. */
@Command(
        name = "score",
        description = {
            "Score a file of predictions with the metric of a task.",
            "",
            "The file holds a JSON object a line, in the form of LongBench (pred, answers, all_classes) or RULER"
                    + " (pred, outputs). A row that cannot be scored is named with its line, the others count, and the"
                    + " exit code is 2."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft score --task qasper pred/my-model/qasper.jsonl",
            "  hayloft score --task vt --json vt.jsonl"
        })
final class ScoreCommand extends Subcommand {
    @Option(names = "--task", paramLabel = "NAME", description = "The task: see hayloft tasks.")
    private @Nullable String task;

    @Option(names = "--task-file", paramLabel = "FILE", description = "A task of your own, a YAML file.")
    private List<String> taskFiles = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--kvpress",
            description = "Score a RULER task as kvpress does: control characters are left out of an answer.")
    private boolean kvpress;

    @Parameters(paramLabel = "FILE", description = "The predictions.")
    private String file = "";

    @Override
    public Integer call() {
        var chosen = chosen();
        var scored = Predictions.of(chosen, path());
        for (var failure : scored.failures()) {
            err().println(file + ", line " + failure.line() + ": " + failure.why());
        }
        if (scored.rows() == 0 && scored.failures().isEmpty()) {
            throw new UserError(file + " holds no predictions: expected a JSON object a line");
        }
        if (json) {
            Json.line(out(), fields(chosen, scored));
        } else {
            out().println(line(chosen, scored));
        }
        return scored.failures().isEmpty() ? 0 : Main.USER_ERROR;
    }

    private Task chosen() {
        var named = TaskFiles.chosen("--task", task, taskFiles);
        if (!kvpress) {
            return named;
        }
        if (named instanceof RulerTask ruler) {
            return ruler.asKvpress();
        }
        throw new UserError("--kvpress scores tasks of RULER, and " + named.name() + " is none");
    }

    private static Map<String, Object> fields(Task task, Predictions scored) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("task", task.name());
        fields.put("rows", scored.rows());
        fields.put("failed", scored.failures().size());
        fields.put("score", scored.score().isPresent() ? (Double) scored.score().getAsDouble() : null);
        return fields;
    }

    private static String line(Task task, Predictions scored) {
        var score = scored.score().isPresent()
                ? String.format(Locale.ROOT, "%.2f", scored.score().getAsDouble())
                : "no score";
        var failed = scored.failures().isEmpty() ? "" : ", " + scored.failures().size() + " failed";
        return task.name() + " (" + task.metric() + "): " + score + " from " + Sizes.count(scored.rows(), "row")
                + failed;
    }

    private Path path() {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new UserError("'" + file + "' is not a valid file name", e);
        }
    }
}
