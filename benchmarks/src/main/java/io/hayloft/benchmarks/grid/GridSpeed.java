package io.hayloft.benchmarks.grid;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.benchmarks.Commands;
import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.kernels.VectorWidth;
import io.hayloft.methods.Method;
import io.hayloft.methods.Methods;
import io.hayloft.methods.expression.MethodList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that times a grid of methods against the full cache alone, taking turns. */
@Command(
        name = "grid-speed",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Times one prompt completed by many methods in lockstep against the full cache alone, taking turns.",
            "",
            "Both are what hayloft bench does for one sample. A first round warms up and does not count. Tokens of the"
                    + " prompt are random, and every method generates all of its tokens."
        })
final class GridSpeed implements Callable<Integer> {
    private static final List<String> FULL = List.of("full");

    @Parameters(paramLabel = "MODEL", description = "GGUF file")
    private Path model = Path.of("");

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "METHOD",
            description = "methods of the grid (20: those of the default grid, tova, flexgen)")
    private List<String> methods = twenty();

    @Option(names = "--prompt", defaultValue = "4096", paramLabel = "N", description = "tokens read (${DEFAULT-VALUE})")
    private int prompt;

    @Option(
            names = "--new-tokens",
            defaultValue = "64",
            paramLabel = "N",
            description = "tokens each method generates (${DEFAULT-VALUE})")
    private int newTokens;

    @Option(names = "--threads", paramLabel = "N", description = "threads (all processors)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--rounds", defaultValue = "3", paramLabel = "N", description = "timed rounds (${DEFAULT-VALUE})")
    private int rounds;

    /** Runs the command and ends the process with its exit code: 2 for mistakes of the user. */
    public static void main(String[] args) {
        Commands.run(new GridSpeed(), args);
    }

    private static List<String> twenty() {
        var methods = new ArrayList<>(Methods.defaultGrid());
        methods.addAll(List.of("tova:2x", "tova:4x", "tova:8x", "flexgen:4bit", "flexgen:2bit"));
        return methods;
    }

    @Override
    public Integer call() {
        if (prompt < 1 || newTokens < 1 || rounds < 1) {
            throw new UserError("--prompt, --new-tokens and --rounds must be at least 1");
        }
        var full = recipes(FULL);
        var grid = recipes(MethodList.join(methods));
        try (var loaded =
                LanguageModel.load(model, LoadOptions.withThreads(threads).withoutTokenizer())) {
            System.out.println(VectorWidth.describe() + ", threads: " + threads + ", prompt of " + prompt + ", "
                    + newTokens + " new tokens");
            var ratios = new double[rounds];
            for (int round = 0; round <= rounds; round++) {
                double alone = timed(loaded, full, round);
                double all = timed(loaded, grid, round);
                if (round > 0) {
                    ratios[round - 1] = all / alone;
                }
            }
            Arrays.sort(ratios);
            System.out.printf(
                    Locale.ROOT,
                    "%d methods / full alone: %.2f (%.2f-%.2f, median of %s)%n",
                    grid.size(),
                    (ratios[(rounds - 1) / 2] + ratios[rounds / 2]) / 2,
                    ratios[0],
                    ratios[rounds - 1],
                    Sizes.count(rounds, "round"));
        }
        return 0;
    }

    private static List<CompressionMethod> recipes(List<String> methods) {
        return methods.stream().<CompressionMethod>map(GridSpeed::sharing).toList();
    }

    /** The method of an expression, if it can share the prompt with others. */
    private static Method sharing(String expression) {
        var method = Methods.parse(expression);
        boolean shortens = method.prompt().filter(step -> !step.keepsAll()).isPresent();
        if (shortens || !method.prefillPattern().equals(PrefillPattern.EXACT)) {
            throw new UserError("method '" + method.name() + "' does not read the prompt as the others do, so it cannot"
                    + " share it: leave it out");
        }
        return method;
    }

    /** Seconds from the prompt to the last token, printed with their parts. */
    private double timed(LanguageModel loaded, List<CompressionMethod> recipes, int round) {
        var tokens = new SplittableRandom(round)
                .ints(prompt, 0, loaded.config().vocabulary())
                .toArray();
        long start = System.nanoTime();
        var completions = Generation.run(loaded, tokens, prompt, recipes, options(), GenerationListener.NONE);
        double seconds = (System.nanoTime() - start) * 1e-9;
        double reading = completions.getFirst().times().prefillSeconds();
        double decoding = completions.stream()
                .mapToDouble(done -> done.times().shareSeconds())
                .sum();
        System.out.printf(
                Locale.ROOT,
                "%s %2d methods %6.2f s: prompt %.2f, caches %.2f, decoding %.2f = %.1f ms a step%n",
                round == 0 ? "warm-up" : "round " + round,
                recipes.size(),
                seconds,
                reading,
                seconds - reading - decoding,
                decoding,
                1e3 * decoding / Math.max(1, newTokens - 1));
        return seconds;
    }

    private GenerationOptions options() {
        var greedy = GenerationOptions.greedy(newTokens);
        return new GenerationOptions(
                newTokens,
                newTokens, // no end token before
                greedy.sampling(),
                greedy.stopIds(),
                null,
                greedy.cacheType(),
                greedy.prefillChunk(),
                0,
                greedy.cacheMemory(),
                0);
    }
}
