package io.hayloft.spark;

import io.hayloft.bench.record.Answered;
import io.hayloft.bench.record.RunLine;
import io.hayloft.bench.run.SampleJob;
import io.hayloft.cli.SpreadBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkFiles;
import org.jspecify.annotations.Nullable;

/** An executor's one loaded model, with the job whose samples it answers. */
final class Worker {
    private static @Nullable Worker current;

    private final List<String> arguments;
    private final SampleJob job;

    private Worker(List<String> arguments, SampleJob job) {
        this.arguments = arguments;
        this.job = job;
    }

    /**
     * The worker of this executor; loads its model at the first call.
     *
     * @param threads cores that Spark has given to this task
     * @throws io.hayloft.base.UserError if the model cannot be loaded here
     */
    static synchronized Worker of(List<String> arguments, int threads) {
        var worker = current;
        if (worker == null || !worker.arguments.equals(arguments)) {
            worker = new Worker(arguments, SpreadBench.job(here(arguments, threads)));
            current = worker;
        }
        return worker;
    }

    /** Loads the model ahead of the first sample, which will report an error. */
    static void tryToLoad(List<String> arguments, int threads) {
        try {
            of(arguments, threads);
        } catch (RuntimeException e) {
            // not yet
        }
    }

    /**
     * Answers a sample with the methods that are left, one sample at a time.
     *
     * @param clock as {@link io.hayloft.bench.BenchSpec#clock} has it
     */
    synchronized Answered answer(String clock, int sample, List<RunLine> earlier) {
        job.renderAt(clock);
        return job.missing(sample, earlier);
    }

    /** The arguments as they are right on this node. */
    private static List<String> here(List<String> arguments, int threads) {
        var all = new ArrayList<String>();
        for (int i = 0; i < arguments.size(); i++) {
            var argument = arguments.get(i);
            if (argument.equals("--model") && i + 1 < arguments.size()) {
                all.add("--model=" + model(arguments.get(++i)));
            } else if (argument.startsWith("--model=")) {
                all.add("--model=" + model(argument.substring("--model=".length())));
            } else {
                all.add(argument);
            }
        }
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--threads"))) {
            all.add("--threads=" + threads);
        }
        return all;
    }

    /** A model that {@code --files} has sent lies in a folder of this executor, under the name that it had. */
    private static String model(String name) {
        if (name.contains(":") || Files.exists(Path.of(name))) {
            return name;
        }
        var sent = SparkFiles.get(Path.of(name).getFileName().toString());
        return Files.exists(Path.of(sent)) ? sent : name;
    }
}
