package io.hayloft.bench.run;

import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.engine.generation.Completion;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A completion and what it was made from.
 *
 * @param completion the engine's result; of a method that shortened the prompt, compared to the full cache of the original
 * @param prompt the tokens that the model read
 * @param runsAs expression of the method that ran, which {@code --paper-compat} may exchange
 * @param shortenedPart see {@link io.hayloft.bench.record.BenchRecord.Tokens}
 * @param keptSpans see there
 */
record Answer(
        Completion completion,
        EncodedPrompt prompt,
        String runsAs,
        @Nullable String shortenedPart,
        @Nullable Map<String, Double> keptSpans) {}
