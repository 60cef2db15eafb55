package io.hayloft.bench.plan;

import java.time.Duration;
import java.util.Map;

/**
 * The state of a run after a sample.
 *
 * @param samplesDone samples finished, those of earlier starts and those that failed included
 * @param samplesFailed samples that have failed in this start
 * @param samples samples of the run
 * @param elapsed time since this start
 * @param remaining estimated time until the end
 * @param task task of the last sample
 * @param scores mean score so far by method, in the order of the run's methods
 */
public record Progress(
        int samplesDone,
        int samplesFailed,
        int samples,
        Duration elapsed,
        Duration remaining,
        String task,
        Map<String, Double> scores) {}
