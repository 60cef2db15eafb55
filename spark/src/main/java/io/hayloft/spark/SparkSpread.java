package io.hayloft.spark;

import io.hayloft.base.UserError;
import io.hayloft.bench.record.Answered;
import io.hayloft.bench.record.FailedRecord;
import io.hayloft.bench.record.RunLine;
import io.hayloft.bench.run.Spread;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaFutureAction;
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
    /** More than there are executors; one that has its model is done with such a task at once. */
    private static final int LOADING_TASKS = 64;

    private final JavaSparkContext spark;
    private final List<String> arguments;
    private final LongAccumulator records;
    private final LongAccumulator failures;
    private @Nullable JavaFutureAction<Void> loading;

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

    /** Runs in the executors, once for each sample. */
    private record Answering(List<String> arguments, String clock, LongAccumulator records, LongAccumulator failures)
            implements Function1<Iterator<Unit>, byte[]>, Serializable {
        @Override
        public byte[] apply(Iterator<Unit> units) {
            var unit = units.next();
            var earlier = unit.earlier().stream().map(RunLine::parse).toList();
            var answered = Worker.of(arguments, TaskContext.get().cpus()).answer(clock, unit.sample(), earlier);
            for (var line : answered.lines()) {
                (line instanceof FailedRecord ? failures : records).add(1);
            }
            return answered.packed();
        }
    }

    /**
     * Lets the executors load the model while the driver loads its own and chooses samples. What goes wrong then will go
     * wrong with a sample, and is reported there.
     */
    void loadModels() {
        if (spark.sc().isLocal()) {
            return; // the one executor is this very process
        }
        spark.setJobGroup("hayloft-load", "hayloft loads the model", false);
        var all = arguments;
        loading = spark.parallelize(IntStream.range(0, LOADING_TASKS).boxed().toList(), LOADING_TASKS)
                .foreachAsync(_ -> Worker.tryToLoad(all, TaskContext.get().cpus()));
    }

    @Override
    public void answer(List<Work> samples, String clock, Done done) {
        if (loading != null) {
            loading.cancel(true); // what is loading goes on
        }
        var units = samples.stream()
                .sorted(Comparator.comparingInt(Work::tokens).reversed())
                .map(Unit::of)
                .toList();
        if (units.isEmpty()) {
            return;
        }
        spark.setJobGroup("hayloft", "hayloft " + String.join(" ", arguments), true);
        var answering = new Answering(arguments, clock, records, failures);
        Function2<Object, byte[], BoxedUnit> arrived = (partition, packed) -> {
            done.accept(units.get((Integer) partition).sample(), Answered.unpacked(packed));
            return BoxedUnit.UNIT;
        };
        try {
            var tasks = spark.parallelize(units, units.size()).rdd();
            spark.sc().runJob(tasks, answering, arrived, ClassTag$.MODULE$.apply(byte[].class));
        } catch (Exception e) { // Scala's methods do not say what they throw
            throw inWords(e);
        }
    }

    /** The user's mistake behind a failed job: the first line of what an executor said, or one of the driver. */
    private RuntimeException inWords(Exception e) {
        var text = String.valueOf(e.getMessage());
        var name = UserError.class.getName() + ": ";
        int start = text.indexOf(name);
        if (start >= 0) {
            var message =
                    text.substring(start + name.length()).lines().findFirst().orElse("");
            return new UserError("on a node of the cluster: " + message, e);
        }
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UserError error) {
                return error;
            }
        }
        if (e instanceof SparkException || spark.sc().isStopped()) {
            return new UserError(
                    "the cluster gave up: " + firstLine(e) + " (the same command goes on with what is left)", e);
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }

    /** What Spark says, without what it says about itself below. */
    static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
