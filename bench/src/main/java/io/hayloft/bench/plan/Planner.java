package io.hayloft.bench.plan;

import io.hayloft.bench.identity.Machines;
import io.hayloft.methods.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up the costs of a run. */
public final class Planner {
    private Planner() {}

    /**
     * The plan of a run.
     *
     * @param sizes all samples of the choice
     * @param done number of samples that earlier starts have finished
     * @param costs predicts times; null if nothing is left
     */
    public static Plan plan(
            SampleRunner runner,
            List<Method> methods,
            SampleChoice choice,
            List<SampleChoice.Size> sizes,
            int done,
            @Nullable CostModel costs) {
        long tokens = 0;
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        for (var size : sizes) {
            tokens += size.promptTokens();
            longest = Math.max(longest, size.promptTokens());
            shortest = Math.min(shortest, size.promptTokens());
        }
        double seconds = 0;
        if (costs != null) {
            for (var size : sizes.subList(done, sizes.size())) {
                seconds += costs.seconds(size);
            }
        }
        double caches = CostModel.fullCaches(methods, longest);
        long cacheBytes = Math.round(caches * runner.fullCacheBytes(longest));
        var notes = new ArrayList<>(choice.notes());
        if (cacheBytes > Machines.cacheMemory(runner.model().weightBytes())) {
            notes.add("the caches do not fit together into the memory that weights and heap leave: methods will run in"
                    + " several batches");
        }
        return new Plan(
                runner.model().name(),
                sizes.size(),
                done,
                methods.size(),
                tokens,
                shortest,
                longest,
                Duration.ofMillis(Math.round(seconds * 1000)),
                runner.model().weightBytes(),
                cacheBytes,
                notes);
    }
}
