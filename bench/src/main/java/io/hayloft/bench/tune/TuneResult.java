package io.hayloft.bench.tune;

import io.hayloft.bench.record.RunFolder;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The result of tuning.
 *
 * @param goal what was looked for
 * @param recommended the best setting
 * @param full bytes of the full cache
 * @param standings every setting that fits, the best first
 * @param leftOut settings whose bytes do not fit
 * @param rounds of the search, in order
 * @param work what was generated
 * @param search the run of the search
 * @param check the run of the final check; null where the full cache itself was recommended
 * @param prompts which prompts chose and which checked
 */
public record TuneResult(
        TuneGoal goal,
        Footprint recommended,
        Footprint full,
        List<Standing> standings,
        List<Footprint> leftOut,
        List<Round> rounds,
        Work work,
        RunFolder search,
        @Nullable RunFolder check,
        Prompts prompts) {
    /** Copies the lists. */
    public TuneResult {
        standings = List.copyOf(standings);
        leftOut = List.copyOf(leftOut);
        rounds = List.copyOf(rounds);
    }

    /**
     * A setting at the end of the search.
     *
     * @param footprint its bytes
     * @param samples on which it ran
     * @param score mean of the categories' scores on them
     * @param fullScore the full cache's on the same samples
     */
    public record Standing(Footprint footprint, int samples, double score, double fullScore) {}

    /**
     * Settings that ran on some samples.
     *
     * @param settings how many
     * @param samples on how many samples each
     */
    public record Round(int settings, int samples) {}

    /**
     * Tokens generated.
     *
     * @param decodedTokens by everything, the final check included
     * @param exhaustiveTokens what they would be if every setting that fits had run on all samples of the search, given
     *     how many tokens it answers with
     */
    public record Work(long decodedTokens, long exhaustiveTokens) {
        /** The share of an exhaustive search's tokens that was saved. */
        public double saved() {
            return 1 - (double) decodedTokens / exhaustiveTokens;
        }
    }

    /**
     * SHA-256 of the texts of prompts.
     *
     * @param search of the search
     * @param check of the final check; none of them is among the others
     */
    public record Prompts(Set<String> search, Set<String> check) {
        /** Copies the sets. */
        public Prompts {
            search = Set.copyOf(search);
            check = Set.copyOf(check);
        }
    }
}
