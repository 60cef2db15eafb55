package io.hayloft.bench.run;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.paper.PaperRows;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.engine.generation.CacheBytes;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.Times;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.Method;
import io.hayloft.tasks.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers a sample with methods of which some shorten its document: one prefill for each text that comes of it. Instruction
 * and question stay as they are.
 */
final class PromptGroups {
    /**
     * A text for the model.
     *
     * @param twice whether a second BOS token goes in front
     */
    private record Input(Prompt prompt, boolean twice) {}

    /**
     * A prompt that a method has shortened, or has not.
     *
     * @param before the prompt before
     * @param input the prompt after
     * @param compressed the shortened document; null for a method that leaves the text as it is
     */
    private record Source(
            Prompt before, Input input, @Nullable CompressedPrompt compressed) {}

    private final SampleRunner runner;
    private final PlannedSample planned;
    private final @Nullable PaperRows paper;
    private final Map<Input, EncodedPrompt> encoded = new HashMap<>();

    PromptGroups(SampleRunner runner, PlannedSample planned, BenchSpec spec) {
        this.runner = runner;
        this.planned = planned;
        var compat = spec.compat();
        var model = runner.model();
        this.paper = compat == null
                ? null
                : new PaperRows(
                        compat,
                        planned.sample(),
                        planned.uncut(),
                        new PaperRows.Limits(
                                planned.limitTokens(),
                                planned.tokensBeforeCut(),
                                planned.rules().allNewTokens(),
                                model.contextLength()),
                        model.instructionTags());
    }

    /** Returns whether a method shortens the text of prompts, so that only running it shows what the model reads. */
    static boolean shortens(Method method) {
        return method.prompt().filter(step -> !step.keepsAll()).isPresent();
    }

    /** The tokens that the model reads for a method that does not shorten prompts. */
    EncodedPrompt prompt(Method method) {
        return encode(input(method, before(method)));
    }

    /** The method that runs under the name of another one, on a prompt of so many tokens. */
    Method running(Method method, int tokens) {
        return paper == null ? method : paper.method(method, tokens);
    }

    /** Answers in the order of the methods. */
    List<Answer> answer(List<Method> methods) {
        return answer(methods, null);
    }

    /**
     * The same.
     *
     * @param kept notes what methods keep of the prompt; null if nobody asks
     */
    List<Answer> answer(List<Method> methods, @Nullable KeptTokens kept) {
        var sources = methods.stream().map(this::source).toList();
        var groups = new LinkedHashMap<Input, List<Integer>>();
        for (int i = 0; i < sources.size(); i++) {
            groups.computeIfAbsent(sources.get(i).input(), any -> new ArrayList<>())
                    .add(i);
        }
        var answers = new Answer[methods.size()];
        groups.forEach((input, members) -> {
            var prompt = encode(input);
            var named = members.stream().map(methods::get).toList();
            var running = named.stream()
                    .map(method -> running(method, prompt.ids().length))
                    .toList();
            boolean asItIs = sources.get(members.getFirst()).compressed() == null;
            var listener = kept == null || !asItIs ? GenerationListener.NONE : kept.of(prompt, named);
            var completions = runner.answer(prompt, running, planned.rules(), listener);
            for (int i = 0; i < completions.size(); i++) {
                var source = sources.get(members.get(i));
                if (kept != null && source.compressed() != null) {
                    kept.shortened(named.get(i), source.compressed());
                }
                answers[members.get(i)] = new Answer(
                        adjusted(completions.get(i), source),
                        prompt,
                        running.get(i).name(),
                        part(source),
                        kept == null ? null : kept.spans(named.get(i)));
            }
        });
        return Arrays.asList(answers);
    }

    private Prompt before(Method method) {
        return paper == null ? planned.sample().prompt() : paper.prompt(method);
    }

    private Source source(Method method) {
        var source = source(method, before(method));
        boolean fits = paper == null
                || source.compressed() == null
                || paper.fits(encode(source.input()).ids().length);
        return fits ? source : source(method, planned.sample().prompt());
    }

    private Source source(Method method, Prompt prompt) {
        var input = input(method, prompt);
        if (!shortens(method)) {
            return new Source(prompt, input, null);
        }
        var compressed = runner.compress(method.prompt().orElseThrow(), prompt.document());
        return new Source(prompt, new Input(prompt.withDocument(compressed.text()), input.twice()), compressed);
    }

    private Input input(Method method, Prompt prompt) {
        boolean inChat = prompt.chat() && runner.model().chatFormat();
        return new Input(prompt, paper != null && inChat && paper.startsTwice(method));
    }

    private EncodedPrompt encode(Input input) {
        return encoded.computeIfAbsent(input, any -> {
            var prompt = input.prompt().equals(planned.sample().prompt())
                    ? planned.prompt()
                    : runner.encode(input.prompt(), planned.protocol());
            return input.twice() ? prompt.startingTwice(runner.repeatedBos()) : prompt;
        });
    }

    private static @Nullable String part(Source source) {
        if (source.compressed() == null) {
            return null;
        }
        if (source.before().question().isEmpty()) {
            return "prompt";
        }
        return source.before().instruction().isEmpty() ? "context" : "document";
    }

    /** A completion of a shorter prompt: measured against the original one, with the time that shortening took. */
    private Completion adjusted(Completion done, Source source) {
        var shortened = source.compressed();
        if (shortened == null) {
            return done;
        }
        var original = encode(new Input(source.before(), source.input().twice()));
        long full = runner.fullCacheBytes(original.compressAfter());
        var times = done.times();
        return new Completion(
                done.method(),
                done.ids(),
                done.text(),
                done.stop(),
                done.promptTokens(),
                0, // even the first token is chosen from what compression left
                new CacheBytes(
                        done.bytes().stored(),
                        done.bytes().read(),
                        full,
                        done.bytes().state()),
                new Times(
                        times.prefillSeconds(),
                        times.compressSeconds() + shortened.seconds(),
                        times.ownSeconds(),
                        times.sharedSeconds(),
                        times.decodeSteps(),
                        times.batchRows()),
                done.top(),
                done.thoughts(),
                done.thinkingTokens());
    }
}
