package io.hayloft.spark;

import io.hayloft.base.UserError;
import io.hayloft.cli.SpreadBench;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The program to submit: {@code spark-submit --master ... hayloft-spark.jar bench <the options of hayloft bench>}.
 *
 * <p>The folder of {@code --out} may be of any file system that Hadoop knows (s3a, hdfs, file). The model must be one that
 * every node can load: a name of the catalogue, which each node brings into its own cache once, a path that all nodes share,
 * or a file that {@code --files} sends.
 */
public final class SparkBench {
    /** What Spark would choose otherwise is wrong for samples that take seconds or more, and whose times are measured. */
    private static final List<List<String>> SETTINGS = List.of(
            List.of("spark.locality.wait", "0"),
            List.of("spark.speculation", "false"),
            List.of("spark.task.maxFailures", "4"),
            // Answers are written as they arrive, so their sum says nothing.
            List.of("spark.driver.maxResultSize", "0"),
            // The command has a progress bar of its own.
            List.of("spark.ui.showConsoleProgress", "false"));

    private static final String EXECUTOR_OPTIONS = "spark.executor.extraJavaOptions";
    private static final String EXECUTOR_CORES = "spark.executor.cores";
    private static final String TASK_CPUS = "spark.task.cpus";
    private static final String VECTORS =
            "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Dai.djl.offline=true";

    private SparkBench() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(run(settings(new SparkConf()), List.of(arguments)));
    }

    /** Runs the command line on the cluster that the settings name. */
    static int run(SparkConf settings, List<String> arguments) {
        try (var spark = start(settings);
                var out = OutFolder.of(arguments, spark.hadoopConfiguration())) {
            if (!settings.contains(EXECUTOR_CORES)
                    && !settings.get("spark.master", "").startsWith("local")) {
                System.err.println("note: " + TASK_CPUS + " is " + settings.get(TASK_CPUS, "1")
                        + ": give --executor-cores the cores of a node, so that each sample uses all of them");
            }
            var spread = new SparkSpread(spark, out.arguments());
            spread.loadModels();
            return SpreadBench.run(out.arguments(), spread);
        } catch (UserError e) {
            System.err.println("hayloft: " + e.getMessage());
            return 2;
        }
    }

    private static JavaSparkContext start(SparkConf settings) {
        try {
            return new JavaSparkContext(settings);
        } catch (Exception e) { // Scala's methods do not say what they throw
            throw new UserError("cannot start Spark: " + SparkSpread.firstLine(e), e);
        }
    }

    /** Adds what the user left open. One sample at a time uses all cores of an executor. */
    static SparkConf settings(SparkConf given) {
        var settings = given.clone().setIfMissing("spark.app.name", "hayloft bench");
        for (var setting : SETTINGS) {
            settings.setIfMissing(setting.getFirst(), setting.getLast());
        }
        if (settings.contains(EXECUTOR_CORES)) {
            settings.setIfMissing(TASK_CPUS, settings.get(EXECUTOR_CORES));
        }
        return settings.set(EXECUTOR_OPTIONS, (settings.get(EXECUTOR_OPTIONS, "") + " " + VECTORS).strip());
    }
}
