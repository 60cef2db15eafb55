package io.hayloft.bench.speed;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Category;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The tests to measure: every combination of these lists that makes sense.
 *
 * @param prompts tokens of the prompts to read; empty for no prefill
 * @param generated tokens to generate; empty for no decoding
 * @param depths tokens in the cache before
 * @param methods how the cache is compressed
 * @param cacheTypes how a full cache is stored
 * @param batches sequences that generate in lockstep
 * @param repetitions timed repetitions of each
 */
public record SpeedSpec(
        List<Integer> prompts,
        List<Integer> generated,
        List<Integer> depths,
        List<Method> methods,
        List<KvCodec> cacheTypes,
        List<Integer> batches,
        int repetitions) {

    /**
     * Checks that everything can be measured.
     *
     * @throws UserError if there is nothing to measure, or a method whose cache cannot be made up
     */
    public SpeedSpec {
        prompts = List.copyOf(prompts);
        generated = List.copyOf(generated);
        depths = List.copyOf(depths);
        methods = List.copyOf(methods);
        cacheTypes = List.copyOf(cacheTypes);
        batches = List.copyOf(batches);
        if (prompts.isEmpty() && generated.isEmpty()) {
            throw new UserError("neither a prompt to read nor tokens to generate: give --prompt or --generate above 0");
        }
        methods.forEach(SpeedSpec::check);
    }

    private static void check(Method method) {
        if (method.prompt().filter(step -> !step.keepsAll()).isPresent()) {
            throw new UserError("method '" + method.name() + "' shortens text, and speed has none:"
                    + " measure it with hayloft bench");
        }
        if (method.prefillPattern() instanceof PrefillPattern.Own) {
            throw new UserError("method '" + method.name() + "' reads the prompt into a cache of its own form, which"
                    + " cannot be filled with made-up tokens: measure it with hayloft bench");
        }
    }

    /** All combinations, without those that would be measured twice. */
    public List<SpeedCase> cases() {
        var cases = new LinkedHashSet<SpeedCase>();
        for (var type : cacheTypes) {
            for (int depth : depths) {
                prompts.forEach(tokens -> addPrefills(cases, tokens, depth, type));
                generated.forEach(tokens -> addDecodes(cases, tokens, depth, type));
            }
        }
        return List.copyOf(cases);
    }

    /** Most methods read the prompt with the full cache, so that one line is enough for all of them. */
    private void addPrefills(LinkedHashSet<SpeedCase> cases, int tokens, int depth, KvCodec type) {
        var full = Methods.parse("full");
        for (var method : methods) {
            boolean exact = method.prefillPattern().equals(PrefillPattern.EXACT);
            if (exact || firstOf(type)) {
                cases.add(new SpeedCase(SpeedTest.PREFILL, tokens, depth, exact ? full : method, type, 1));
            }
        }
    }

    private void addDecodes(LinkedHashSet<SpeedCase> cases, int tokens, int depth, KvCodec type) {
        for (var method : methods) {
            boolean ownType = method.category() == Category.QUANTISE;
            if ((depth == 0 && !keepsAllTokens(method)) || (ownType && !firstOf(type))) {
                continue;
            }
            for (int batch : batches) {
                cases.add(new SpeedCase(SpeedTest.DECODE, tokens, depth, method, type, batch));
            }
        }
    }

    private boolean firstOf(KvCodec type) {
        return type.equals(cacheTypes.getFirst());
    }

    private static boolean keepsAllTokens(Method method) {
        return method.category() == Category.QUANTISE || method.requestedRatio() == 1;
    }

    /** Tests that the user asked for and does not get, in words. */
    public List<String> notes() {
        var notes = new ArrayList<String>();
        for (var method : methods) {
            if (!generated.isEmpty() && depths.contains(0) && !keepsAllTokens(method)) {
                notes.add(method.name() + " chooses among tokens, and at depth 0 there are none: left out there");
            }
        }
        return notes;
    }
}
