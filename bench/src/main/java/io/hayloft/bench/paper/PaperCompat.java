package io.hayloft.bench.paper;

import io.hayloft.base.UserError;
import io.hayloft.methods.Methods;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A run that treats its methods as the code of arXiv 2407.01527 did, instead of all alike: {@code --paper-compat}. The
 * parts that it cannot reproduce are listed in {@code docs/paper-compat.md}.
 *
 * @param onNeedle method that ran on needles under the name of another one, by the latter's canonical expression
 * @param ratios compression that the paper gives for a method, by canonical expression
 */
public record PaperCompat(Map<String, String> onNeedle, Map<String, Double> ratios) {
    /** KIVI's and FlexGen's formats at a prompt of 10,000 tokens, as the paper counts them. */
    private static final Map<String, Double> FORMATS =
            Map.of("kivi-paper:2bit", 5.05, "kivi-paper:4bit", 3.11, "flexgen-paper:4bit", 3.2);

    /** Methods that have a form of the paper's, by the beginning of their expressions. */
    private static final Map<String, String> FORMS = Map.of(
            "h2o:",
            "h2o-paper:",
            "streaming:",
            "streaming-paper:",
            "kivi:",
            "kivi-paper:",
            "flexgen:",
            "flexgen-paper:");

    /** Copies the maps, in the order of their keys. */
    public PaperCompat {
        onNeedle = Collections.unmodifiableMap(new TreeMap<>(onNeedle));
        ratios = Collections.unmodifiableMap(new TreeMap<>(ratios));
    }

    /**
     * Something that the paper's code does in its own way.
     *
     * @param name as {@code run.json} has it
     * @param meaning one line for people
     */
    public record Switch(String name, String meaning) {
        /** The line that terminal and report show. */
        public String line() {
            return "paper-compat " + name + ": " + meaning;
        }
    }

    /** The switches that are on. */
    public List<Switch> switches() {
        var on = new ArrayList<>(List.of(
                new Switch(
                        "methods",
                        "h2o, streaming, kivi, flexgen and llmlingua2 run in the paper's forms, so that 2 tokens are"
                                + " free with h2o, 1 with kivi, and none with the others and infllm"),
                new Switch(
                        "truncation",
                        "infllm, streaming and llmlingua2 read prompts uncut, the first two where the context takes"
                                + " that, the last where it takes what is left; for all other methods the middle is cut"
                                + " out at the limit"),
                new Switch(
                        "budget",
                        "a ratio of infllm or streaming counts on at most as many tokens as the limit; on needles, on"
                                + " all"),
                new Switch("chat", "needles are in the model's chat format for infllm and streaming alone"),
                new Switch(
                        "start-token",
                        "prompts whose chat template writes a BOS token begin with two, as the tokenizer puts its own"
                                + " in front; with one for infllm and streaming where it marks"
                                + " messages with [INST], as Mistral's does"),
                new Switch("needle-text", "llmlingua2 shortens needles with their instruction and question"),
                new Switch(
                        "ratio", "requested ratios are the paper's own numbers; achieved ones stay measured bytes")));
        if (!onNeedle.isEmpty()) {
            on.add(new Switch(
                    "needle-method",
                    "on needles another method runs under a name whose settings lacked a key: "
                            + onNeedle.entrySet().stream()
                                    .map(other -> other.getValue() + " as " + other.getKey())
                                    .collect(Collectors.joining(", "))));
        }
        return on;
    }

    /** An expression in the paper's form of its method, if there is one that takes its options. */
    public static String form(String expression) {
        var name = Methods.parse(expression).name();
        if (name.startsWith("llmlingua2:") && !name.contains("+") && !name.contains("rate=")) {
            return name + ",rate=gpt";
        }
        for (var form : FORMS.entrySet()) {
            if (name.startsWith(form.getKey())) {
                try {
                    return Methods.parse(form.getValue()
                                    + name.substring(form.getKey().length()))
                            .name();
                } catch (UserError e) {
                    return name; // it has options that the paper's form lacks
                }
            }
        }
        return name;
    }

    /** The ratio that the paper gives for a method, or else the one that was asked for. */
    public double ratio(String method, double asked) {
        return ratios.getOrDefault(method, FORMATS.getOrDefault(method, asked));
    }
}
