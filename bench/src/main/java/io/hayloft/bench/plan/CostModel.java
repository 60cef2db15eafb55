package io.hayloft.bench.plan;

import io.hayloft.bench.predict.Forecast;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.methods.CompressorKind;
import io.hayloft.methods.Method;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Predicts the time of a sample from a measurement on a short prompt and the shape of the model.
 *
 * <p>Linear layers take the same time for every token; attention takes time for every pair of tokens, at the speed of the
 * linear layers. Methods that shorten prompts read less, but decode apart from the others.
 *
 * @param groups methods by the text that they have the model read
 * @param shortening time that each compressor takes to score a text, in prefills of this text
 * @param secondsPerToken prefill of one token through the linear layers
 * @param secondsPerPair attention of one token to one token while a prompt is read
 * @param secondsPerCached attention of a decode step to one token of a cache
 * @param secondsPerBuild building all caches, for each token of the prompt
 * @param secondsPerStep one decode step of all methods together on a short prompt
 * @param secondsAlone the same of one method
 */
public record CostModel(
        List<PromptGroup> groups,
        Map<CompressorKind, Double> shortening,
        double secondsPerToken,
        double secondsPerPair,
        double secondsPerCached,
        double secondsPerBuild,
        double secondsPerStep,
        double secondsAlone) {
    /** Answers rarely use all tokens they may. */
    private static final double USED_SHARE_OF_ANSWER = 0.6;

    private static final int WARM_UP_TOKENS = 64;
    private static final long MEASURING_NANOS = 1_500_000_000L;
    private static final int MOST_ROUNDS = 8;
    private static final int ANSWER_TOKENS = 4;
    private static final int SMALL_MODEL_BYTES = 64 << 20;

    /** Beginning of a document on which compressors are measured. */
    private static final int MEASURED_CHARACTERS = 1500;

    /** Copies the collections. */
    public CostModel {
        groups = List.copyOf(groups);
        shortening = Map.copyOf(shortening);
    }

    /**
     * Measures on the beginning of a prompt for a moment. The first rounds are short: before the compiler has seen them,
     * the kernels run a hundred times slower. Of the others the fastest counts, as other programs disturb some.
     */
    public static CostModel measure(SampleRunner runner, PlannedSample sample, List<Method> methods) {
        var rules = new AnswerRules(ANSWER_TOKENS, ANSWER_TOKENS, false, 0);
        var start = warmUp(runner, sample, methods, rules);
        var best = costs(runner, start, methods, rules);
        long begin = System.nanoTime();
        for (int round = 1; round < MOST_ROUNDS && System.nanoTime() - begin < MEASURING_NANOS; round++) {
            var costs = costs(runner, start, methods, rules);
            for (int i = 0; i < best.length; i++) {
                best[i] = Math.min(best[i], costs[i]);
            }
        }
        int tokens = start.ids().length;
        double pairShare =
                runner.model().attentionWork() / Math.max(1, runner.model().linearWork());
        double perToken = best[0] / (tokens * (1 + pairShare * tokens / 2));
        var groups = PromptGroup.of(methods);
        double alone = groups.size() == 1 ? best[2] : costs(runner, start, methods.subList(0, 1), rules)[2];
        var without = new CostModel(
                groups,
                Map.of(),
                perToken,
                perToken * pairShare,
                perToken * pairShare,
                best[1] / tokens,
                best[2],
                Math.min(alone, best[2]));
        return without.withShortening(runner, sample.sample().prompt().document());
    }

    /** Takes what was predicted; what that leaves out, building of caches and compressors of texts, is measured. */
    public static CostModel of(Forecast forecast, SampleRunner runner, PlannedSample sample) {
        var rules = new AnswerRules(1, 1, false, 0);
        var start = warmUp(runner, sample, forecast.methods(), rules);
        double build = costs(runner, start, forecast.methods(), rules)[1];
        return of(forecast, build / start.ids().length)
                .withShortening(runner, sample.sample().prompt().document());
    }

    /** Answers ever longer beginnings of a prompt, and returns one that is as long as is measured. */
    private static EncodedPrompt warmUp(
            SampleRunner runner, PlannedSample sample, List<Method> methods, AnswerRules rules) {
        boolean small = runner.model().weightBytes() < SMALL_MODEL_BYTES;
        var start = sample.prompt().prefix(small ? 512 : 128);
        for (int tokens = WARM_UP_TOKENS; tokens < start.ids().length; tokens *= 2) {
            runner.answer(start.prefix(tokens), methods, rules);
        }
        return start;
    }

    /** The same with seconds of building all caches, for each token of the prompt; without compressors of texts. */
    static CostModel of(Forecast forecast, double secondsPerBuild) {
        var methods = forecast.methods();
        var groups = PromptGroup.of(methods);
        double tokens = forecast.tokens();
        int half = forecast.tokens() / 2;
        // seconds = a t + b t²/2 at both lengths
        double perPair = tokens < 2
                ? 0
                : Math.max(
                        0, 2 * (forecast.prefillSeconds() / tokens - forecast.halfSeconds() / half) / (tokens - half));
        double perToken = Math.max(0, forecast.prefillSeconds() / tokens - perPair * tokens / 2);
        double caches = 0;
        for (var group : groups) {
            caches += group.fullCaches();
        }
        double attention = 0;
        for (var row : forecast.rows()) {
            attention += 1e-3 * row.decodeMsPerToken() - forecast.sharedSeconds(row.batchRows());
        }
        double shared = forecast.sharedSeconds(groups.getFirst().methods().size());
        return new CostModel(
                groups,
                Map.of(),
                perToken,
                perPair,
                Math.max(0, attention) / (caches * tokens),
                secondsPerBuild,
                shared,
                Math.min(shared, forecast.sharedSeconds(1)));
    }

    private static double[] costs(SampleRunner runner, EncodedPrompt start, List<Method> methods, AnswerRules rules) {
        long begin = System.nanoTime();
        var answers = runner.answer(start, methods, rules);
        return costs(methods, answers, (System.nanoTime() - begin) * 1e-9);
    }

    /**
     * Seconds of the longest prefill, of building all caches, and of a decode step of all methods. Building is the wall time
     * less that of prefills and steps: the build times of the answers would count scores that methods share several times.
     *
     * @param answers one for each method
     * @param seconds wall time of all answers
     */
    static double[] costs(List<Method> methods, List<Completion> answers, double seconds) {
        var prefills = new HashMap<PrefillPattern, Double>();
        double decode = 0;
        int steps = 1;
        for (int i = 0; i < answers.size(); i++) {
            var times = answers.get(i).times();
            prefills.put(methods.get(i).prefillPattern(), times.prefillSeconds());
            decode += times.shareSeconds();
            steps = Math.max(steps, times.decodeSteps());
        }
        double prefill = 0;
        double longest = 0;
        for (double one : prefills.values()) {
            prefill += one;
            longest = Math.max(longest, one);
        }
        return new double[] {longest, Math.max(0, seconds - prefill - decode), decode / steps};
    }

    private CostModel withShortening(SampleRunner runner, String document) {
        var text = document.substring(0, Math.min(MEASURED_CHARACTERS, document.length()));
        var shares = new LinkedHashMap<CompressorKind, Double>();
        for (var group : groups) {
            group.step().filter(step -> !shares.containsKey(step.compressor())).ifPresent(step -> {
                runner.compress(step, text.substring(text.length() / 2)); // loads what it needs, and warms up
                var compressed = runner.compress(step, text);
                double prefill = prefill(compressed.originalTokens());
                shares.put(step.compressor(), prefill > 0 ? compressed.seconds() / prefill : 0);
            });
        }
        return new CostModel(
                groups,
                shares,
                secondsPerToken,
                secondsPerPair,
                secondsPerCached,
                secondsPerBuild,
                secondsPerStep,
                secondsAlone);
    }

    private double prefill(double tokens) {
        return tokens * secondsPerToken + tokens * tokens / 2 * secondsPerPair;
    }

    /** Seconds that a sample will take. */
    public double seconds(SampleChoice.Size sample) {
        int tokens = sample.promptTokens();
        double steps = sample.answerTokens() * USED_SHARE_OF_ANSWER;
        // the question reaches every cache token by token when it comes after compression
        steps += sample.questionTokens();
        double seconds = tokens * secondsPerBuild + steps * (secondsPerStep + (groups.size() - 1) * secondsAlone);
        for (var group : groups) {
            seconds += group.prefills() * prefill(group.tokens(tokens));
            seconds += steps * group.fullCaches() * tokens * secondsPerCached;
        }
        for (double prefills : shortening.values()) {
            seconds += prefills * prefill(tokens); // scored once for all ratios
        }
        return seconds;
    }

    /**
     * Most cache that a sample of so many tokens needs at a time, as a multiple of its full cache: that of a prefill and those
     * of its methods.
     */
    public static double fullCaches(List<Method> methods, int tokens) {
        double most = 0;
        for (var group : PromptGroup.of(methods)) {
            most = Math.max(most, (double) group.tokens(tokens) / tokens + group.fullCaches());
        }
        return most;
    }
}
