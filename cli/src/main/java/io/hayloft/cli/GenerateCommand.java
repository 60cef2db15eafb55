package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.CacheTypes;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.Penalties;
import io.hayloft.engine.generation.Sampling;
import io.hayloft.engine.generation.Thinking;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import io.hayloft.methods.prompt.PromptCompressors;
import io.hayloft.methods.registry.Methods;
import io.hayloft.report.stats.Warnings;
import io.hayloft.tokenizer.PromptForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

    @Parameters(
            arity = "0..1",
            paramLabel = "PROMPT",
            description = "The prompt, as --prompt gives it. Without any, it is read from a pipe.")
    private @Nullable String words;

    @ArgGroup(exclusive = true)
    private @Nullable PromptSource prompt;

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

    @Option(names = "--raw", description = "No chat format: the prompt as it is.")
    private boolean raw;

    @Option(
            names = "--parse-special",
            description = "With --raw: text such as <|im_start|> counts as the special token, not as plain text.")
    private boolean parseSpecial;

    @Option(names = "--no-bos", description = "With --raw: no BOS token in front of the prompt.")
    private boolean noBos;

    @Mixin
    private ChatOptions chat = new ChatOptions();

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
        chat.choice();
        var text = text();
        asked.forEach(one -> check(one, text));
        var found = model.resolve();
        try (var loaded = model.load(found, err())) {
            var how = options.with(thinking(loaded).orElse(null));
            if (methods.isEmpty()) {
                answer(found.name(), loaded, asked.getFirst(), text, how);
            } else {
                compare(found.name(), loaded, asked, text, how);
            }
            if (text.isPresent() && !raw && loaded.chat().isEmpty()) {
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

    private static void check(Method one, Optional<String> text) {
        MethodAnswers.shortening(one).ifPresent(step -> {
            if (text.isEmpty()) {
                throw new UserError("method '" + one.name()
                        + "' shortens text, and token ids are not text: give --prompt or --prompt-file");
            }
            step.compressor().check();
        });
    }

    /** Answers with one method, token by token. */
    private void answer(
            String name, LanguageModel loaded, Method parsed, Optional<String> text, GenerationOptions how) {
        var read = ids(text, MethodAnswers.shortening(parsed), loaded);
        try (var status = new StatusLine(err())) {
            var summary = new GenerateSummary(out(), err(), status);
            var listener = json ? GenerateSummary.reading(status) : summary;
            listener.prefilled(0, read.ids.length);
            var completion = Generation.run(loaded, read.ids, read.ids.length, List.of(parsed), how, listener)
                    .getFirst();
            if (json) {
                var answer = new MethodAnswers.Answer(parsed, read.ids, completion);
                Json.line(out(), answer.fields(name, loaded.backend()));
            } else {
                summary.end(completion.text());
                printSummary(summary, parsed, completion, read.dropped, loaded);
            }
            noteCompression(parsed, completion, read.dropped, loaded);
        }
    }

    /** Answers with each of several methods; those that shorten the prompt alike read it together. */
    private void compare(
            String name, LanguageModel loaded, List<Method> asked, Optional<String> text, GenerationOptions how) {
        var answers = MethodAnswers.of(loaded, asked, step -> ids(text, step, loaded).ids, how);
        if (json) {
            var objects = answers.list().stream().map(one -> one.fields(name, loaded.backend()));
            Json.line(out(), objects.toList());
        } else {
            answers.print(out(), err());
        }
    }

    /** @param dropped how many tokens of the prompt a method removed */
    private record ReadPrompt(int[] ids, int dropped) {}

    private ReadPrompt ids(Optional<String> text, Optional<PromptStep> step, LanguageModel loaded) {
        var shortened = step.map(part -> shorten(text.orElseThrow(), part, loaded));
        var ids = text.isPresent()
                ? encode(shortened.map(Shortened::text).orElse(text.get()), loaded)
                : Objects.requireNonNull(prompt).ids(loaded.config().vocabulary());
        checkLength(ids.length, text.isPresent(), shortened.isPresent(), loaded);
        return new ReadPrompt(ids, shortened.map(Shortened::dropped).orElse(0));
    }

    /** The prompt's text; empty if it is given as token ids. */
    private Optional<String> text() {
        if (prompt != null && words != null) {
            throw new UserError("two prompts: '" + words + "' is one, and an option gives another (a text of several"
                    + " words needs quotation marks)");
        }
        if (prompt != null) {
            return prompt.text();
        }
        if (words != null) {
            return Optional.of(words);
        }
        if (Terminal.piped()) {
            err().println("note: reading the prompt from standard input");
        }
        var read = Terminal.piped() ? PromptSource.read("-") : "";
        if (read.isBlank()) {
            throw new UserError("there is no prompt: write it behind the command in quotation marks, name a file with"
                    + " --prompt-file, or send text through a pipe");
        }
        return Optional.of(read);
    }

    private static void checkLength(int tokens, boolean isText, boolean shortened, LanguageModel loaded) {
        int context = loaded.config().contextLength();
        if (tokens > context) {
            // A chat format is not shortened, and the answer needs room as well.
            long ratio = Math.max(2, (long) Math.ceil(tokens / (0.9 * context)));
            throw new UserError("the prompt has " + tokens + " tokens, but the context of " + loaded.name() + " is "
                    + context + ": shorten the prompt"
                    + (!isText
                            ? ""
                            : shortened
                                    ? ", or let --method shorten it more"
                                    : ", or let --method truncation:" + ratio + "x cut out its middle"));
        }
    }

    /** @param dropped how many tokens of the prompt a method removed */
    private record Shortened(String text, int dropped) {}

    /** A prompt of the command line has no question apart from its context, so all of it is shortened. */
    private Shortened shorten(String text, PromptStep step, LanguageModel loaded) {
        try (var compressors = new PromptCompressors(loaded)) {
            var shortened = compressors.compress(step, text);
            // Compressors may count in tokens of other models.
            int before = loaded.tokenizer().encode(text, false, false).length;
            int after = loaded.tokenizer().encode(shortened.text(), false, false).length;
            err().println("note: " + after + " of " + before + " tokens of the prompt are left");
            return new Shortened(shortened.text(), before - after);
        }
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

    private int[] encode(String text, LanguageModel loaded) {
        boolean inChat = !raw && loaded.chat().isPresent();
        if (inChat && (noBos || parseSpecial)) {
            throw new UserError(
                    (noBos ? "--no-bos" : "--parse-special") + " is for plain prompts, but in the chat format of"
                            + " this model "
                            + (noBos ? "the template says what stands first" : "messages are always plain text")
                            + ": add --raw");
        }
        if (!inChat && !chat.arguments().isEmpty()) {
            throw new UserError("--template-arg, --think and --no-think need a chat template: "
                    + (raw ? "leave out --raw" : "this model has none"));
        }
        var encoded = new PromptForm(raw, parseSpecial, noBos, chat.arguments())
                .encode(text, loaded.tokenizer(), loaded.chat());
        encoded.notes().forEach(note -> err().println("note: " + note));
        return encoded.ids();
    }

    private Optional<Thinking> thinking(LanguageModel loaded) {
        var wish = chat.choice().maxThinkingTokens();
        var tags = loaded.thinkTags();
        if (tags.isEmpty() && wish != null) {
            err().println("note: --max-thinking-tokens changes nothing: " + loaded.name() + " is not known to think");
        }
        int budget =
                wish != null ? wish : Thinking.defaultTokens(loaded.config().contextLength());
        return tags.map(known -> new Thinking(known, budget));
    }

    /** @param dropped how many tokens of the prompt a method removed, which count as uncompressed ones */
    private void printSummary(
            GenerateSummary summary, Method used, Completion completion, int dropped, LanguageModel loaded) {
        boolean compresses = !used.keepsAll() || used.prompt().isPresent();
        err().println();
        err().println(summary.line(completion, compresses, blockBytes(completion, dropped, loaded), dropped));
    }

    private void noteCompression(Method used, Completion completion, int dropped, LanguageModel loaded) {
        if (!used.keepsAll()
                && used.prompt().isEmpty()
                && completion.bytes().stored() >= blockBytes(completion, 0, loaded)) {
            err().println("note: a prompt of " + completion.promptTokens() + " tokens is too short for " + used.name()
                    + " to compress anything");
            return;
        }
        long full = dropped == 0
                ? completion.bytes().full()
                : loaded.cacheShape().fullBytes(completion.promptTokens() + dropped, CacheTypes.parse(cacheType));
        double achieved = (double) full / Math.max(1, completion.bytes().stored());
        Warnings.missedRatio(used.name(), achieved, used.requestedRatio())
                .ifPresent(warning -> err().println("note: " + warning));
    }

    private long blockBytes(Completion completion, int dropped, LanguageModel loaded) {
        int tokens = GenerateSummary.blockTokens(completion.promptTokens() + dropped);
        return loaded.cacheShape().fullBytes(tokens, CacheTypes.parse(cacheType));
    }
}
