package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.CacheTypes;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.Penalties;
import io.hayloft.engine.generation.Sampling;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hayloft generate}: completes one prompt with one method, or with several. */
@Command(
        name = "generate",
        description = "Complete one prompt with a compressed cache.",
        footer = {
            "",
            "Examples:",
            "  hayloft generate --model smollm2-135m \"Why is the sky blue?\"",
            "  cat report.txt | hayloft generate --model smollm2-135m --method snapkv:4x",
            "  hayloft generate --model smollm2-135m --prompt-file report.txt --method snapkv:4x",
            "  hayloft generate --model smollm2-135m --prompt-file report.txt --methods full,snapkv:4x,kivi:2bit",
            "  hayloft generate --prompt-ids 1,530,210 --top-logprobs 5 --json",
            "",
            "A model with a chat format gets the prompt as a user's message; --raw gives it as it is."
        })
final class GenerateCommand extends Subcommand {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private PromptOptions prompt = new PromptOptions();

    @Option(
            names = "--method",
            paramLabel = "EXPRESSION",
            description = "How the cache is compressed (see: hayloft methods). Default: full.")
    private @Nullable String method;

    @Option(
            names = "--methods",
            paramLabel = "LIST",
            description = "Several with commas between: the prompt is read once, and each answers in turn.")
    private List<String> methods = List.of();

    @Option(
            names = {"-n", "--max-new-tokens"},
            paramLabel = "N",
            defaultValue = "256",
            description = "Longest answer in tokens. Default: ${DEFAULT-VALUE}.")
    private int maxNewTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "0 takes the most likely token (default); higher draws more freely.")
    private double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Draw from the most likely tokens that together have this probability. Default: 1.")
    private double topP;

    @Option(
            names = "--presence-penalty",
            paramLabel = "X",
            defaultValue = "0",
            description = "Subtracted from the logits of tokens that the answer has. Default: ${DEFAULT-VALUE}.")
    private double presencePenalty;

    @Option(
            names = "--frequency-penalty",
            paramLabel = "X",
            defaultValue = "0",
            description = "The same for each time the answer has them; not for blanks and digits."
                    + " Default: ${DEFAULT-VALUE}.")
    private double frequencyPenalty;

    @Option(
            names = "--penalty-decay",
            paramLabel = "X",
            defaultValue = "1",
            description = "Factor on these counts after each token; the paper ran RWKV with 0.2, 0.2 and 0.996."
                    + " Default: ${DEFAULT-VALUE}.")
    private double penaltyDecay = 1;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of all draws. Default: 1.")
    private long seed;

    @Option(
            names = "--cache-type",
            paramLabel = "TYPE",
            defaultValue = "f16",
            description = "How the full cache is stored: f32, f16 or q8. Default: ${DEFAULT-VALUE}.")
    private String cacheType = "f16";

    @Option(
            names = "--top-logprobs",
            paramLabel = "K",
            defaultValue = "0",
            description = "With --json: the K most likely tokens at each step.")
    private int topLogprobs;

    @Option(
            names = "--json",
            description =
                    "Print one JSON object at the end instead of streaming text; with --methods an array of them.")
    private boolean json;

    @Override
    public Integer call() {
        // Errors that need no model are found before one is loaded.
        var asked = asked();
        var options = options();
        var text = prompt.text(err());
        asked.forEach(one -> PromptOptions.check(one, text));
        var found = model.resolve();
        try (var loaded = model.load(found, err())) {
            var how = options.with(prompt.thinking(loaded, err()).orElse(null));
            if (methods.isEmpty()) {
                answer(found.name(), loaded, asked.getFirst(), text, how);
            } else {
                compare(found.name(), loaded, asked, text, how);
            }
            if (prompt.lacksChat(text, loaded)) {
                err().println("note: " + found.name() + " has no chat format, so it got the prompt as it is");
            }
        }
        return 0;
    }

    /** The methods that are to answer, without doubles. */
    private List<Method> asked() {
        if (methods.isEmpty()) {
            return List.of(Methods.parse(method == null ? "full" : method));
        }
        if (method != null) {
            throw new UserError("--method and --methods exclude each other: put '" + method + "' into the list");
        }
        var byName = new LinkedHashMap<String, Method>();
        Lists.methods("--methods", methods).stream()
                .map(Methods::parse)
                .forEach(one -> byName.putIfAbsent(one.name(), one));
        return List.copyOf(byName.values());
    }

    /** Answers with one method, token by token. */
    private void answer(
            String name, LanguageModel loaded, Method parsed, Optional<String> text, GenerationOptions how) {
        var read = prompt.tokens(text, MethodAnswer.shortening(parsed), loaded, err());
        try (var status = new StatusLine(err())) {
            var summary = new GenerateSummary(out(), err(), status);
            var listener = json ? GenerateSummary.prefillProgress(status) : summary;
            int tokens = read.ids().length;
            listener.prefilled(0, tokens);
            var completion = Generation.run(loaded, read.ids(), tokens, List.of(parsed), how, listener)
                    .getFirst();
            var answer = MethodAnswer.of(loaded, how.cacheType(), parsed, read, completion);
            if (json) {
                Json.line(out(), answer.fields(name, loaded.backend()));
            } else {
                summary.end(completion.text());
                err().println();
                err().println(summary.line(answer));
            }
            note(answer);
        }
    }

    /** Answers with each of several methods; those that shorten the prompt alike read it together. */
    private void compare(
            String name, LanguageModel loaded, List<Method> asked, Optional<String> text, GenerationOptions how) {
        MethodAnswers answers;
        try (var status = new StatusLine(err())) {
            answers = MethodAnswers.of(
                    loaded,
                    asked,
                    step -> prompt.tokens(text, step, loaded, err()),
                    how,
                    GenerateSummary.prefillProgress(status));
        }
        if (json) {
            var objects = answers.list().stream().map(one -> one.fields(name, loaded.backend()));
            Json.line(out(), objects.toList());
        } else {
            answers.print(out(), err());
        }
        answers.list().forEach(this::note);
    }

    private void note(MethodAnswer answer) {
        answer.note().ifPresent(line -> err().println("note: " + line));
    }

    private GenerationOptions options() {
        if (maxNewTokens < 1) {
            throw new UserError("--max-new-tokens must be at least 1, not " + maxNewTokens);
        }
        if (topLogprobs < 0 || (topLogprobs > 0 && !json)) {
            throw new UserError(
                    topLogprobs < 0
                            ? "--top-logprobs must not be negative"
                            : "--top-logprobs is shown in JSON only: add --json");
        }
        var greedy = GenerationOptions.greedy(maxNewTokens);
        return new GenerationOptions(
                maxNewTokens,
                0,
                new Sampling(temperature, topP, seed, new Penalties(presencePenalty, frequencyPenalty, penaltyDecay)),
                greedy.stopIds(),
                null,
                CacheTypes.parse(cacheType),
                greedy.prefillChunk(),
                topLogprobs,
                greedy.cacheMemory(),
                seed);
    }
}
