package io.hayloft.bench.run;

import io.hayloft.methods.Method;
import java.util.List;

/**
 * Predicts the time of a sample from a measurement on a short prompt and the shape of the model.
 *
 * <p>Linear layers take the same time for every token; attention takes time for every pair of tokens, at the rate of the
 * linear layers.
 *
 * @param prefills how often a sample's prompt is read: methods whose prompt sees the same share one prefill
 * @param secondsPerToken prefill of one token through the linear layers
 * @param secondsPerPair attention of one token to one token
 * @param secondsPerBuild building all caches, for each token of the prompt
 * @param secondsPerStep one lockstep step of all methods on a short prompt
 * @param cachesSeen caches that a step reads, counted in full ones
 */
record CostModel(
        long prefills,
        double secondsPerToken,
        double secondsPerPair,
        double secondsPerBuild,
        double secondsPerStep,
        double cachesSeen) {
    /** Answers rarely use all tokens they may. */
    private static final double USED_SHARE_OF_ANSWER = 0.6;

    private static final int WARM_UP_TOKENS = 64;
    private static final long MEASURING_NANOS = 1_500_000_000L;
    private static final int MOST_ROUNDS = 8;
    private static final int ANSWER_TOKENS = 4;
    private static final int SMALL_MODEL_BYTES = 64 << 20;

    /**
     * Measures on the beginning of a prompt for a moment. The first rounds are short: before the compiler has seen them,
     * the kernels run a hundred times slower. Of the others the fastest counts, as other programs disturb some.
     */
    static CostModel measure(SampleRunner runner, EncodedPrompt prompt, List<Method> methods) {
        boolean small = runner.model().weightBytes() < SMALL_MODEL_BYTES;
        var start = prompt.prefix(small ? 512 : 128);
        var rules = new AnswerRules(ANSWER_TOKENS, ANSWER_TOKENS, false, 0);
        for (int tokens = WARM_UP_TOKENS; tokens < start.ids().length; tokens *= 2) {
            runner.answer(start.prefix(tokens), methods, rules);
        }
        var best = costs(runner.answer(start, methods, rules));
        long begin = System.nanoTime();
        for (int round = 1; round < MOST_ROUNDS && System.nanoTime() - begin < MEASURING_NANOS; round++) {
            var costs = costs(runner.answer(start, methods, rules));
            for (int i = 0; i < best.length; i++) {
                best[i] = Math.min(best[i], costs[i]);
            }
        }
        return of(runner.model(), start.ids().length, best, methods);
    }

    /** Seconds of the prefill, of building all caches, and of a lockstep step. */
    private static double[] costs(List<Answer> answers) {
        double prefill = 0;
        double build = 0;
        double decode = 0;
        int steps = 1;
        for (var answer : answers) {
            prefill = Math.max(prefill, answer.prefillSeconds());
            build += answer.compressSeconds();
            decode += answer.decodeSeconds();
            steps = Math.max(steps, answer.decodeSteps());
        }
        return new double[] {prefill, build, decode / steps};
    }

    private static CostModel of(ModelFacts model, int tokens, double[] costs, List<Method> methods) {
        double pairShare = model.attentionWork() / Math.max(1, model.linearWork());
        double perToken = costs[0] / (tokens * (1 + pairShare * tokens / 2));
        long prefills = methods.stream().map(Method::prefillPattern).distinct().count();
        return new CostModel(
                prefills, perToken, perToken * pairShare, costs[1] / tokens, costs[2], fullCaches(methods));
    }

    /** Size of the caches of all methods together, in full caches; a method without a ratio counts as full. */
    static double fullCaches(List<Method> methods) {
        double sum = 0;
        for (var method : methods) {
            double ratio = method.requestedRatio();
            sum += ratio > 1 ? 1 / ratio : 1;
        }
        return sum;
    }

    /** Seconds that a sample will take. */
    double seconds(PlannedSample sample) {
        double tokens = sample.promptTokens();
        double steps = sample.rules().maxNewTokens() * USED_SHARE_OF_ANSWER;
        // the question reaches every cache token by token when it comes after compression
        steps += sample.promptTokens() - sample.prompt().compressAfter();
        double prefill = tokens * secondsPerToken + tokens * tokens / 2 * secondsPerPair;
        double decode = steps * (secondsPerStep + cachesSeen * tokens * secondsPerPair);
        return prefills * prefill + tokens * secondsPerBuild + decode;
    }
}
