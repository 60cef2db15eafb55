package io.hayloft.bench.run;

import java.time.Duration;
import java.util.Map;

/**
 * Where a run stands after a sample.
 *
 * @param samplesDone samples finished, those of an earlier start included
 * @param samples samples of the run
 * @param elapsed time since this start
 * @param remaining estimated time until the end
 * @param task task of the last sample
 * @param scores mean score so far by method, in the order of the run's methods
 */
public record Progress(
        int samplesDone, int samples, Duration elapsed, Duration remaining, String task, Map<String, Double> scores) {}
