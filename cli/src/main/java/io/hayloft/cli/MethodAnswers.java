package io.hayloft.cli;

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
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The answers of several methods to one prompt, each with what it stores and with the first word that differs from the first
 * answer.
 *
 * @param list in the order asked for, at least one
 */
record MethodAnswers(List<MethodAnswer> list) {
    /**
     * Completes the prompt with every method. Those that leave its text alone read it once together, as those do that shorten
     * it alike, and generate as one batch; each answer is the same as that of its method alone.
     *
     * @param prompts the tokens of the prompt that is shortened so, called once for each way of shortening
     * @param listener hears how far each prompt has been read
     */
    static MethodAnswers of(
            LanguageModel model,
            List<Method> methods,
            Function<Optional<PromptStep>, PromptOptions.Tokens> prompts,
            GenerationOptions how,
            GenerationListener listener) {
        var groups = new LinkedHashMap<Optional<PromptStep>, List<Method>>();
        for (var method : methods) {
            groups.computeIfAbsent(MethodAnswer.shortening(method), step -> new ArrayList<>())
                    .add(method);
        }
        var answers = new HashMap<String, MethodAnswer>();
        groups.forEach((step, group) -> {
            var prompt = prompts.apply(step);
            int tokens = prompt.ids().length;
            listener.prefilled(0, tokens);
            var engine = List.<CompressionMethod>copyOf(group);
            var completions = Generation.run(model, prompt.ids(), tokens, engine, how, listener);
            for (int i = 0; i < group.size(); i++) {
                var method = group.get(i);
                answers.put(method.name(), MethodAnswer.of(model, how.cacheType(), method, prompt, completions.get(i)));
            }
        });
        return new MethodAnswers(methods.stream()
                .map(method -> Objects.requireNonNull(answers.get(method.name())))
                .toList());
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

    private static String figures(MethodAnswer answer) {
        var completion = answer.completion();
        var compression = answer.keepsAll() ? "uncompressed" : number("ratio %.2f", answer.ratio());
        var line = number("prompt of %,d tokens", completion.promptTokens()) + ", cache " + answer.stored() + ", "
                + compression;
        var times = completion.times();
        return times.decodeSteps() == 0 ? line : line + number(", %.1f tokens/s", 1 / times.secondsPerStep());
    }

    private static String number(String format, Number value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** Says which word of an answer is the first that differs from the first answer, counted from 1. */
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
            return "same words as " + name + " with other white space between them";
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
