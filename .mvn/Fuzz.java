import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Runs every fuzz target of a room, one after the other, each in a process of its own. A target is a test class whose
 * name ends in {@code Fuzz}, with the method {@code fuzzerTestOneInput(byte[])} and, if it likes, {@code static
 * List<byte[]> seeds()}. Arguments: folder of compiled test classes, folder for corpora and findings, runs, seconds,
 * part of the target's name or {@code all}, Java options of the process. Ends with 1 if any target has a finding.
 */
final class Fuzz {
    private static final String SUFFIX = "Fuzz.class";

    public static void main(String[] args) throws Exception {
        var classes = Path.of(args[0]);
        var failed = new ArrayList<String>();
        for (var target : targets(classes)) {
            if (args[4].equals("all") || target.contains(args[4])) {
                System.out.println("fuzzing " + target);
                int code = run(target, Path.of(args[1], target), args);
                if (code != 0) {
                    failed.add(target);
                }
            }
        }
        if (!failed.isEmpty()) {
            System.err.println("findings in " + failed + ", written to " + args[1]);
            System.exit(1);
        }
    }

    private static Iterable<String> targets(Path classes) throws IOException {
        var targets = new TreeSet<String>();
        if (Files.isDirectory(classes)) {
            try (var files = Files.walk(classes)) {
                files.filter(file -> file.toString().endsWith(SUFFIX)).forEach(file -> {
                    var name = classes.relativize(file).toString().replaceAll("[/\\\\]", ".");
                    targets.add(name.substring(0, name.length() - ".class".length()));
                });
            }
        }
        return targets;
    }

    private static int run(String target, Path folder, String[] args) throws Exception {
        var corpus = Files.createDirectories(folder.resolve("corpus"));
        var seeds = Files.createDirectories(folder.resolve("seeds"));
        writeSeeds(target, seeds);
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of(args[5].split(" ")));
        command.addAll(
                List.of("-XX:+EnableDynamicAgentLoading", "-Xmx1g", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target,
                "--instrumentation_includes=io.hayloft.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-runs=" + args[2],
                "-max_total_time=" + args[3],
                "-timeout=60",
                "-rss_limit_mb=3000",
                "-print_final_stats=1",
                corpus.toString(),
                seeds.toString()));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static void writeSeeds(String target, Path folder) throws Exception {
        try {
            int number = 0;
            for (var seed : (List<?>) Class.forName(target).getMethod("seeds").invoke(null)) {
                Files.write(folder.resolve("seed-" + number++), (byte[]) seed);
            }
        } catch (NoSuchMethodException e) {
            System.out.println(target + " has no seeds()");
        }
    }
}
