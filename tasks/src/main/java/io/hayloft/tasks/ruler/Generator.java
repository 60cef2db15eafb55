package io.hayloft.tasks.ruler;

import io.hayloft.tasks.ruler.Fitting.Fitted;

/** Draws the samples of one task, length and seed as the official program does: one after the other. */
sealed interface Generator permits Niah, VariableTracking, CommonWords, FrequentWords, Questions {
    /**
     * Draws the next sample.
     *
     * @param index its number, from 0
     */
    Fitted next(int index);

    /** The generator of a job; this searches for the number of units, which takes about fifteen samples. */
    static Generator of(Job job, Draws draws) {
        return switch (job.settings().family().kind()) {
            case NIAH -> new Niah(job, draws);
            case VARIABLE_TRACKING -> new VariableTracking(job, draws);
            case COMMON_WORDS -> new CommonWords(job, draws);
            case FREQUENT_WORDS -> new FrequentWords(job, draws);
            case QUESTIONS -> new Questions(job, draws);
        };
    }
}
