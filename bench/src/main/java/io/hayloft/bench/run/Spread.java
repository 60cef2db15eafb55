package io.hayloft.bench.run;

import io.hayloft.bench.record.Answered;
import io.hayloft.bench.record.RunLine;
import java.util.List;

/** Answers the samples of a run that are left on other machines. */
@FunctionalInterface
public interface Spread {
    /**
     * A sample that some method has not answered.
     *
     * @param sample index of the sample, from 0
     * @param tokens expected length of its prompt
     * @param earlier what earlier starts have written about it
     */
    record Work(int sample, int tokens, List<RunLine> earlier) {
        /** Copies the list. */
        public Work {
            earlier = List.copyOf(earlier);
        }
    }

    /** Takes what comes of the samples as it arrives. */
    @FunctionalInterface
    interface Done {
        /**
         * Writes what came of a sample; one call at a time, one for each sample, in any order.
         *
         * @throws io.hayloft.base.UserError if it cannot be written, or other files of the model have answered
         */
        void accept(int sample, Answered answered);
    }

    /**
     * Answers all samples and returns when the last one is done. A worker answers one with
     * {@link SampleJob#missing(int, List)}.
     *
     * @param clock the time that chat formats see on every machine, as {@link io.hayloft.bench.BenchSpec#clock} has it
     */
    void answer(List<Work> samples, String clock, Done done);
}
