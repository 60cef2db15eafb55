package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunWriter;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.OwnTask;
import io.hayloft.tasks.registry.Tasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Scores the stored outputs of a run again, by the metrics of this version. Outputs and keys stay as they are: a metric decides
 * nothing that the model does.
 *
 * @param run the run with its new scores, as it lies on disk now
 * @param tasks changes by task, in the order of the records
 */
public record Rescore(RunFolder run, List<Change> tasks) {
    /** Copies the list. */
    public Rescore {
        tasks = List.copyOf(tasks);
    }

    /**
     * How scoring again has changed the scores of one task.
     *
     * @param task name of the task
     * @param metricBefore the metric of the old scores, with its version
     * @param metric the metric of the new ones
     * @param records records of the task
     * @param changed records with another score than before
     * @param meanBefore mean of the old scores
     * @param mean mean of the new ones
     */
    public record Change(
            String task,
            String metricBefore,
            String metric,
            int records,
            int changed,
            double meanBefore,
            double mean) {}

    /**
     * Scores a run again and replaces its scores on disk in one step.
     *
     * @throws UserError if the folder holds no run, is in use, or has records of a task that does not exist any more
     */
    public static Rescore of(Path folder) {
        return of(folder, Tasks::named);
    }

    /** The same with tasks from elsewhere. */
    static Rescore of(Path folder, Function<String, Task> tasks) {
        var changes = new ArrayList<Change>();
        var run = RunWriter.rewrite(folder, before -> {
            var after = scored(before, name -> own(before, name).orElseGet(() -> tasks.apply(name)));
            changes.addAll(changes(before.records(), after.records()));
            return after;
        });
        return new Rescore(run, changes);
    }

    /** A task of the user's own, from the definition that the run has kept. */
    private static Optional<Task> own(RunFolder run, String name) {
        return run.info().settings().get("task_definitions") instanceof Map<?, ?> map
                        && map.get(name) instanceof String definition
                ? Optional.of(new OwnTask(name, definition, null).task())
                : Optional.empty();
    }

    private static RunFolder scored(RunFolder run, Function<String, Task> tasks) {
        var records = new ArrayList<BenchRecord>();
        var metrics = new TreeMap<String, String>();
        var known = new HashMap<String, Task>();
        for (var record : run.records()) {
            var task = known.computeIfAbsent(record.task(), tasks);
            records.add(record.scored(task.metric(), task.score(sample(record), record.output())));
            metrics.put(task.name(), task.metric());
        }
        if (run.info().settings().get("metrics") instanceof Map<?, ?> old) {
            old.forEach((task, metric) -> metrics.putIfAbsent(String.valueOf(task), String.valueOf(metric)));
        }
        return new RunFolder(run.path(), run.info().scoredBy(metrics), records, run.failures(), run.notes());
    }

    /** As much of the sample as a metric looks at. */
    private static Sample sample(BenchRecord record) {
        var category = Arrays.stream(Category.values())
                .filter(one -> one.label().equals(record.category()))
                .findFirst()
                .orElseThrow(() -> new UserError("records of the unknown category " + record.category()
                        + " cannot be scored: they are of another version of Hayloft"));
        return new Sample(
                record.task(),
                category,
                record.sample(),
                new Prompt("", "", false),
                record.references(),
                record.outcome().allClasses(),
                Math.max(1, record.generatedTokens()),
                record.facets());
    }

    private static List<Change> changes(List<BenchRecord> before, List<BenchRecord> after) {
        var changes = new LinkedHashMap<String, Change>();
        for (int i = 0; i < before.size(); i++) {
            var then = before.get(i);
            var now = after.get(i);
            var one = new Change(
                    then.task(),
                    then.outcome().metric(),
                    now.outcome().metric(),
                    1,
                    then.score() == now.score() ? 0 : 1,
                    then.score(),
                    now.score());
            changes.merge(then.task(), one, Rescore::sum);
        }
        return changes.values().stream()
                .map(sum -> new Change(
                        sum.task(),
                        sum.metricBefore(),
                        sum.metric(),
                        sum.records(),
                        sum.changed(),
                        sum.meanBefore() / sum.records(),
                        sum.mean() / sum.records()))
                .toList();
    }

    private static Change sum(Change one, Change other) {
        return new Change(
                one.task(),
                one.metricBefore(),
                other.metric(),
                one.records() + other.records(),
                one.changed() + other.changed(),
                one.meanBefore() + other.meanBefore(),
                one.mean() + other.mean());
    }
}
