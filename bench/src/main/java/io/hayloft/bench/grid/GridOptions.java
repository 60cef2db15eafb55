package io.hayloft.bench.grid;

import io.hayloft.bench.BenchSpecBuilder;
import io.hayloft.bench.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options of a run that a grid sets beside its methods, named as the options of {@code hayloft bench}; null or empty where it
 * says nothing.
 */
public record GridOptions(
        List<String> tasks,
        List<Integer> lengths,
        @Nullable Integer samples,
        @Nullable Long seed,
        @Nullable Protocol protocol,
        @Nullable Integer limitTokens,
        @Nullable Integer maxNewTokens,
        @Nullable String cacheType) {
    /** Copies the lists. */
    public GridOptions {
        tasks = List.copyOf(tasks);
        lengths = List.copyOf(lengths);
    }

    /** These options, and the other ones where these say nothing. */
    GridOptions or(GridOptions other) {
        return new GridOptions(
                tasks.isEmpty() ? other.tasks : tasks,
                lengths.isEmpty() ? other.lengths : lengths,
                samples != null ? samples : other.samples,
                seed != null ? seed : other.seed,
                protocol != null ? protocol : other.protocol,
                limitTokens != null ? limitTokens : other.limitTokens,
                maxNewTokens != null ? maxNewTokens : other.maxNewTokens,
                cacheType != null ? cacheType : other.cacheType);
    }

    /** Asks for what these options name. */
    void applyTo(BenchSpecBuilder spec) {
        spec.tasks(tasks).lengths(lengths);
        if (samples != null) {
            spec.samples(samples);
        }
        if (seed != null) {
            spec.seed(seed);
        }
        if (protocol != null) {
            spec.protocol(protocol);
        }
        if (limitTokens != null) {
            spec.limitTokens(limitTokens);
        }
        if (maxNewTokens != null) {
            spec.maxNewTokens(maxNewTokens);
        }
        if (cacheType != null) {
            spec.cacheType(cacheType);
        }
    }
}
