package io.hayloft.bench.run;

import io.hayloft.methods.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up what a run will cost. */
final class Planner {
    private Planner() {}

    static Plan plan(
            SampleRunner runner,
            List<Method> methods,
            SampleChoice choice,
            Collection<PlannedSample> left,
            @Nullable CostModel costs) {
        long tokens = 0;
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        for (var sample : choice.samples()) {
            tokens += sample.promptTokens();
            longest = Math.max(longest, sample.promptTokens());
            shortest = Math.min(shortest, sample.promptTokens());
        }
        double seconds = 0;
        if (costs != null) {
            for (var sample : left) {
                seconds += costs.seconds(sample);
            }
        }
        double caches = CostModel.fullCaches(methods, longest);
        long cacheBytes = Math.round(caches * runner.fullCacheBytes(longest));
        var notes = new ArrayList<>(choice.notes());
        if (cacheBytes > EngineRunner.cacheMemory(runner.model().weightBytes())) {
            notes.add("the caches do not fit together into the memory that weights and heap leave: methods will run in"
                    + " waves");
        }
        return new Plan(
                runner.model().name(),
                choice.samples().size(),
                choice.samples().size() - left.size(),
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
