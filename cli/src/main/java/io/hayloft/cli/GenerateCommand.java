package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.CacheTypes;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.Sampling;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.Method;
import io.hayloft.methods.Methods;
import io.hayloft.methods.prompt.PromptCompressors;
import io.hayloft.methods.prompt.PromptStep;
import io.hayloft.tokenizer.ChatMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hayloft generate}: completes one prompt with one method. */
@Command(
        name = "generate",
        description = "Complete one prompt with a compressed cache.",
        footer = {
            "",
            "Examples:",
            "  hayloft generate --model smollm2-135m --prompt \"Why is the sky blue?\"",
            "  hayloft generate --model smollm2-135m --prompt-file report.txt --method snapkv:4x",
            "  hayloft generate --prompt-ids 1,530,210 --top-logprobs 5 --json",
            "",
            "A model with a chat format gets the prompt as a user's message; --raw gives it as it is."
        })
final class GenerateCommand extends Subcommand {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private PromptSource prompt = new PromptSource();

    @Option(
            names = "--method",
            paramLabel = "EXPRESSION",
            defaultValue = "full",
            description = "How the cache is compressed (see: hayloft methods). Default: ${DEFAULT-VALUE}.")
    private String method = "full";

    @Option(names = "--raw", description = "No chat format; text such as <|im_start|> counts as the special token.")
    private boolean raw;

    @Option(
            names = "--max-new-tokens",
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

    @Option(names = "--json", description = "Print one JSON object at the end instead of streaming text.")
    private boolean json;

    @Override
    public Integer call() {
        // All that can be wrong without a model is told before one is loaded.
        var recipe = Methods.parse(method);
        var options = options();
        var text = prompt.text();
        var step = recipe.prompt().filter(part -> !part.keepsAll());
        if (step.isPresent() && text.isEmpty()) {
            throw new UserError("method '" + recipe.name() + "' shortens text, and token ids are none: give --prompt or"
                    + " --prompt-file");
        }
        step.ifPresent(part -> part.compressor().check());
        var found = model.resolve();
        try (var loaded = model.load(found, err())) {
            var ids = text.isPresent()
                    ? encode(step.isPresent() ? shorten(text.get(), step.get(), loaded) : text.get(), loaded)
                    : prompt.ids(loaded.config().vocabulary());
            var printer = new TokenPrinter();
            var listener = json ? GenerationListener.NONE : printer;
            var completion = Generation.run(loaded, ids, ids.length, List.of(recipe), options, listener)
                    .getFirst();
            if (json) {
                printJson(found.name(), loaded.backend(), recipe, ids, completion);
            } else {
                printer.end(completion.text());
                printSummary(completion);
            }
            if (text.isPresent() && !raw && loaded.chat().isEmpty()) {
                err().println("note: " + found.name() + " has no chat format, so it got the prompt as it is");
            }
        }
        return 0;
    }

    /** A prompt of the command line has no question apart from its context, so all of it is shortened. */
    private String shorten(String text, PromptStep step, LanguageModel loaded) {
        try (var compressors = new PromptCompressors(loaded)) {
            var shortened = compressors.compress(step, text);
            err().println("note: " + shortened.tokens() + " of " + shortened.originalTokens()
                    + " tokens of the prompt are left");
            return shortened.text();
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
                new Sampling(temperature, topP, seed),
                greedy.stopIds(),
                null,
                CacheTypes.parse(cacheType),
                greedy.prefillChunk(),
                topLogprobs,
                greedy.cacheMemory(),
                seed);
    }

    private int[] encode(String text, LanguageModel loaded) {
        if (raw) {
            return loaded.tokenizer().encode(text, true, true);
        }
        return loaded.chat()
                .map(chat -> chat.encode(loaded.tokenizer(), List.of(new ChatMessage("user", text)), true))
                .orElseGet(() -> loaded.tokenizer().encode(text, true, false));
    }

    private void printJson(String name, String backend, Method recipe, int[] ids, Completion completion) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("prompt_ids", ids);
        fields.put("ids", completion.ids());
        fields.put("text", completion.text());
        fields.put("top", completion.top());
        fields.put("stop_reason", completion.stop().name().toLowerCase(Locale.ROOT));
        fields.put("cache_bytes", completion.cacheBytes());
        fields.put("stored_bytes", completion.storedBytes());
        fields.put("full_cache_bytes", completion.fullCacheBytes());
        fields.put("achieved_ratio", ratio(completion));
        fields.put("model", name);
        fields.put("backend", backend);
        fields.put("method", recipe.name());
        fields.put("prompt_tokens", completion.promptTokens());
        fields.put("generated_tokens", completion.ids().length);
        fields.put("prefill_seconds", completion.prefillSeconds());
        fields.put("compress_seconds", completion.compressSeconds());
        fields.put("decode_seconds", completion.decodeSeconds());
        fields.put("decode_steps", completion.decodeSteps());
        Json.line(out(), fields);
    }

    private void printSummary(Completion completion) {
        int tokens = completion.ids().length;
        err().printf(
                        Locale.ROOT,
                        "%n%d prompt tokens at %.0f/s, %d new tokens at %.1f/s; cache %s (uncompressed %s)%n",
                        completion.promptTokens(),
                        completion.promptTokens() / Math.max(1e-9, completion.prefillSeconds()),
                        tokens,
                        completion.decodeSteps() / Math.max(1e-9, completion.decodeSeconds()),
                        Sizes.bytes(completion.cacheBytes()),
                        Sizes.bytes(completion.fullCacheBytes()));
    }

    private static double ratio(Completion completion) {
        return (double) completion.fullCacheBytes() / Math.max(1, completion.cacheBytes());
    }

    /** Prints text as it becomes complete. */
    private final class TokenPrinter implements GenerationListener {
        private int printed;

        @Override
        public void token(int variant, int id, String text) {
            out().print(text);
            out().flush();
            printed += text.length();
        }

        /** Prints what was held back until the last token, and ends the line. */
        void end(String text) {
            out().println(text.substring(Math.min(printed, text.length())));
        }
    }
}
