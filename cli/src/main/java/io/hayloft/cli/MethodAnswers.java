package io.hayloft.cli;

import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answers of several methods to one prompt, each with what it stores and with the word at which it leaves the first
 * answer.
 *
 * @param list in the order asked for, at least one
 */
record MethodAnswers(List<Answer> list) {
    /**
     * The answer of one method.
     *
     * @param ids the prompt that it read
     */
    record Answer(Method method, int[] ids, Completion completion) {
        /** The fields of a JSON object, in their order. */
        Map<String, @Nullable Object> fields(String model, String backend) {
            var fields = new LinkedHashMap<String, @Nullable Object>();
            fields.put("prompt_ids", ids);
            fields.put("ids", completion.ids());
            fields.put("text", completion.text());
            fields.put("thoughts", completion.thoughts());
            fields.put("top", completion.top());
            fields.put("stop_reason", completion.stop().name().toLowerCase(Locale.ROOT));
            fields.put("read_bytes", completion.bytes().read());
            fields.put("stored_bytes", completion.bytes().stored());
            fields.put("full_cache_bytes", completion.bytes().full());
            fields.put("state_bytes", completion.bytes().state());
            fields.put("achieved_ratio", ratio(completion));
            fields.put("model", model);
            fields.put("backend", backend);
            fields.put("method", method.name());
            fields.put("prompt_tokens", completion.promptTokens());
            fields.put("generated_tokens", completion.ids().length);
            fields.put("thinking_tokens", completion.thinkingTokens());
            fields.put("prefill_seconds", completion.times().prefillSeconds());
            fields.put("compress_seconds", completion.times().compressSeconds());
            fields.put("decode_seconds", completion.times().shareSeconds());
            fields.put("decode_steps", completion.times().decodeSteps());
            return fields;
        }
    }

    /**
     * Completes the prompt with every method. Those that leave its text alone read it once together, as those do that shorten
     * it alike, and generate as one batch; each answer is the same as that of its method alone.
     *
     * @param prompts the token ids of the prompt that is shortened so, called once for each way of shortening
     */
    static MethodAnswers of(
            LanguageModel model,
            List<Method> methods,
            Function<Optional<PromptStep>, int[]> prompts,
            GenerationOptions how) {
        var groups = new LinkedHashMap<Optional<PromptStep>, List<Method>>();
        for (var method : methods) {
            groups.computeIfAbsent(shortening(method), step -> new ArrayList<>())
                    .add(method);
        }
        var answers = new HashMap<String, Answer>();
        groups.forEach((step, group) -> {
            var ids = prompts.apply(step);
            var engine = List.<CompressionMethod>copyOf(group);
            var completions = Generation.run(model, ids, ids.length, engine, how, GenerationListener.NONE);
            for (int i = 0; i < group.size(); i++) {
                answers.put(group.get(i).name(), new Answer(group.get(i), ids, completions.get(i)));
            }
        });
        return new MethodAnswers(methods.stream()
                .map(method -> Objects.requireNonNull(answers.get(method.name())))
                .toList());
    }

    /** How a method shortens the prompt; empty if it leaves the text as it is. */
    static Optional<PromptStep> shortening(Method method) {
        return method.prompt().filter(step -> !step.keepsAll());
    }

    /** Bytes of the full cache over those stored. */
    static double ratio(Completion completion) {
        return (double) completion.bytes().full()
                / Math.max(1, completion.bytes().stored());
    }

    /**
     * Prints one answer after the other, each below a line that says how it came about.
     *
     * @param out where the answers go
     * @param err where the thoughts before them go
     */
    void print(PrintWriter out, PrintWriter err) {
        var first = list.getFirst();
        for (var answer : list) {
            var completion = answer.completion();
            if (completion.thoughts() != null) {
                err.println("thoughts of " + completion.method() + ":");
                err.println(completion.thoughts());
                err.println();
                err.flush();
            }
            var difference = answer.equals(first)
                    ? ""
                    : "; "
                            + difference(
                                    completion.text(),
                                    first.completion().text(),
                                    first.method().name());
            out.println(completion.method() + ": " + figures(answer) + difference);
            out.println(completion.text());
            out.println();
            out.flush();
        }
        err.println(
                "note: tokens/s are with the JIT's warm-up, which falls on all methods of a batch alike: hayloft speed"
                        + " measures without it");
    }

    private static String figures(Answer answer) {
        var completion = answer.completion();
        var cache = "cache " + GenerateSummary.stored(completion.bytes());
        var compression = answer.method().keepsAll() ? "uncompressed" : number("ratio %.2f", ratio(completion));
        var line = number("prompt of %,d tokens", completion.promptTokens()) + ", " + cache + ", " + compression;
        var times = completion.times();
        return times.decodeSteps() == 0 ? line : line + number(", %.1f tokens/s", 1 / times.secondsPerStep());
    }

    private static String number(String format, Number value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** Where an answer leaves the first one, in words counted from 1. */
    static String difference(String text, String first, String name) {
        if (text.equals(first)) {
            return "same answer as " + name;
        }
        var own = words(text);
        var theirs = words(first);
        int same = 0;
        while (same < Math.min(own.size(), theirs.size()) && own.get(same).equals(theirs.get(same))) {
            same++;
        }
        if (same == own.size() && same == theirs.size()) {
            return "same words as " + name + " with other blanks between them";
        }
        if (own.isEmpty()) {
            return "is empty, where " + name + " begins with '" + theirs.getFirst() + "'";
        }
        if (same == own.size()) {
            return "ends after word " + same + ", where " + name + " goes on with '" + theirs.get(same) + "'";
        }
        return "differs from " + name + " at word " + (same + 1) + ", '" + own.get(same) + "' "
                + (same == theirs.size() ? "after its end" : "instead of '" + theirs.get(same) + "'");
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
