package io.hayloft.bench.tune;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.methods.registry.Methods;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The specification of a search for the best setting.
 *
 * @param shared model, tasks and all settings that the search and the final check have in common
 * @param settings the method expressions among which one is looked for
 * @param goal what the best one has to do
 * @param lengths the prompts for which bytes count; null for the longest of the samples
 * @param samples samples of each task and length that the search may use
 * @param checkSamples samples of each task and length that check the winner
 * @param seed of the search; the check has the next one
 * @param exhaustive whether every setting runs on all samples of the search
 * @param out folder of everything
 */
public record TuneSpec(
        BenchSpecBuilder shared,
        List<String> settings,
        TuneGoal goal,
        @Nullable PromptLengths lengths,
        int samples,
        int checkSamples,
        long seed,
        boolean exhaustive,
        Path out) {
    /** Copies the list and refuses what cannot be tuned. */
    public TuneSpec {
        settings = List.copyOf(settings);
        if (samples < 1 || checkSamples < 1) {
            throw new UserError("--samples and --check-samples must be at least 1");
        }
    }

    /** The run of the search: the full cache and all settings, without the controls of a table. */
    BenchSpec search() {
        var canonical = settings.stream().map(text -> Methods.parse(text).name());
        var methods = Stream.concat(Stream.of("full"), canonical).distinct().toList();
        var run = shared.methods(methods)
                .seed(seed)
                .samples(samples)
                .out(out.resolve("search"))
                .build();
        return run.withMethods(methods, run.notes());
    }

    /**
     * The run of the final check. Generated samples have another seed; samples of data files, which have none, follow those
     * of the search.
     */
    BenchSpec check(String winner) {
        return shared.methods(List.of(winner))
                .seed(seed + 1)
                .samples(samples + checkSamples)
                .out(out.resolve("check"))
                .build();
    }
}
