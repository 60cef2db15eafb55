package io.hayloft.spark;

import io.hayloft.base.UserError;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunLine;
import io.hayloft.bench.run.Spread;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Answers samples as tasks of Spark, one each, the longest prompts first so that none is left alone at the end.
 *
 * <p>A task that ran on an executor that was lost runs again elsewhere, and of twins Spark takes the first: so each sample
 * arrives once.
 */
final class SparkSpread implements Spread {
    private final JavaSparkContext spark;
    private final List<String> arguments;
    private final LongAccumulator records;
    private final LongAccumulator failures;

    /** @param arguments the command line, which each executor reads by itself */
    SparkSpread(JavaSparkContext spark, List<String> arguments) {
        this.spark = spark;
        this.arguments = List.copyOf(arguments);
        this.records = spark.sc().longAccumulator("records");
        this.failures = spark.sc().longAccumulator("failures");
    }

    /** What a task needs to know: a sample, and the lines that there are of it. */
    private record Unit(int sample, List<String> earlier) implements Serializable {
        static Unit of(Work work) {
            return new Unit(
                    work.sample(), work.earlier().stream().map(RunLine::json).toList());
        }
    }

    /** Runs in the executors. */
    private record Answering(List<String> arguments, LongAccumulator records, LongAccumulator failures)
            implements Function1<Iterator<Unit>, String[]>, Serializable {
        @Override
        public String[] apply(Iterator<Unit> units) {
            var lines = new ArrayList<String>();
            while (units.hasNext()) {
                var unit = units.next();
                var earlier = unit.earlier().stream().map(RunLine::parse).toList();
                for (var line : Worker.answer(arguments, TaskContext.get().cpus(), unit.sample(), earlier)) {
                    lines.add(line.json());
                    (line instanceof FailedRecord ? failures : records).add(1);
                }
            }
            return lines.toArray(String[]::new);
        }
    }

    @Override
    public void answer(List<Work> samples, String clock, Done done) {
        var units = samples.stream()
                .sorted(Comparator.comparingInt(Work::tokens).reversed())
                .map(Unit::of)
                .toList();
        if (units.isEmpty()) {
            return;
        }
        spark.setJobGroup("hayloft", "hayloft " + String.join(" ", arguments), true);
        var answering = new Answering(withClock(clock), records, failures);
        Function2<Object, String[], BoxedUnit> arrived = (partition, lines) -> {
            var parsed = List.of(lines).stream().map(RunLine::parse).toList();
            done.accept(units.get((Integer) partition).sample(), parsed);
            return BoxedUnit.UNIT;
        };
        try {
            var tasks = spark.parallelize(units, units.size()).rdd();
            spark.sc().runJob(tasks, answering, arrived, ClassTag$.MODULE$.apply(String[].class));
        } catch (Exception e) { // Scala's methods do not say what they throw
            throw inWords(e);
        }
    }

    private List<String> withClock(String clock) {
        if (arguments.stream().anyMatch(argument -> argument.startsWith("--clock"))) {
            return arguments;
        }
        var all = new ArrayList<>(arguments);
        all.add("--clock=" + clock);
        return List.copyOf(all);
    }

    /** The user's mistake behind a failed job: one of the driver, or the first line of what an executor said. */
    private static RuntimeException inWords(Exception e) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UserError error) {
                return error;
            }
        }
        var text = String.valueOf(e.getMessage());
        var name = UserError.class.getName() + ": ";
        int start = text.indexOf(name);
        if (start >= 0) {
            var message =
                    text.substring(start + name.length()).lines().findFirst().orElse("");
            return new UserError("on a node of the cluster: " + message, e);
        }
        if (e instanceof SparkException) {
            var reason = text.lines().findFirst().orElse("");
            return new UserError("the cluster gave up: " + reason + " (the same command goes on with what is left)", e);
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }
}
