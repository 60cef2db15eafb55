package io.hayloft.methods.registry;

import io.hayloft.methods.Category;
import io.hayloft.methods.CompressorKind;
import io.hayloft.methods.MethodInfo.Parameter;
import io.hayloft.methods.Part;
import io.hayloft.methods.PromptStep;
import io.hayloft.methods.expression.Arguments;
import io.hayloft.methods.prompt.Llmlingua2Kind;
import io.hayloft.methods.prompt.SelectiveKind;
import io.hayloft.methods.prompt.Truncation;
import java.util.List;
import java.util.function.Function;

/** The registry's methods that shorten the text before the model reads it. */
final class Shortenings {
    private Shortenings() {}

    /** All of them, in the order of help and docs. */
    static List<Entry> all() {
        return List.of(
                shortening(
                                "llmlingua2",
                                "Leaves out the words of the document that a small classifier finds least worth"
                                        + " keeping; the model reads a shorter text.",
                                "Pan et al., arXiv 2403.12968",
                                List.of(
                                        new Parameter(
                                                "rate",
                                                "target",
                                                "target: met in tokens of the model; gpt: the original's rule, whose"
                                                    + " count of GPT-3.5 tokens is estimated as a quarter of a word's"
                                                    + " bytes"),
                                        new Parameter(
                                                "model",
                                                "HAYLOFT_LLMLINGUA2",
                                                "folder of the classifier: config.json, model.safetensors,"
                                                        + " tokenizer.json")),
                                Shortenings::classifier)
                        .deviating(
                                "The ratio is met in tokens of the model unless rate=gpt asks for the original's rule.",
                                "GPT-3.5 tokens, by which that rule counts, are estimated."),
                shortening(
                                "selective",
                                "Leaves out the words of the document that the model itself expected most; the model"
                                        + " reads a shorter text.",
                                "after Li et al., arXiv 2310.06201",
                                List.of(),
                                arguments -> new SelectiveKind())
                        .deviating("It leaves out words, not phrases, and the model that answers is the one that"
                                + " judges."),
                shortening(
                        "truncation",
                        "Cuts out the middle of the document, the control of everything that saves bytes: what a"
                                + " shorter prompt of the same size would do.",
                        "the way LongBench (arXiv 2308.14508) cuts prompts",
                        List.of(),
                        arguments -> new Truncation.Kind()));
    }

    private static Entry shortening(
            String name,
            String idea,
            String source,
            List<Parameter> parameters,
            Function<Arguments, CompressorKind> kind) {
        return new Entry(
                Entry.budgeted(
                        name, Category.PROMPT, idea, source, parameters, "any method of another category, after it"),
                arguments -> new Part.Shorten(new PromptStep(kind.apply(arguments), Entry.budget(arguments))));
    }

    private static CompressorKind classifier(Arguments arguments) {
        boolean gpt = arguments.choice("rate", "target", "gpt").equals("gpt");
        return new Llmlingua2Kind(arguments.path("model"), gpt);
    }
}
