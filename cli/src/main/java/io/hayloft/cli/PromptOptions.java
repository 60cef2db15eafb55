package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.Thinking;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import io.hayloft.methods.prompt.PromptCompressors;
import io.hayloft.tokenizer.PromptForm;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that give the prompt of {@code hayloft generate} and say how it becomes tokens. */
final class PromptOptions {
    @Parameters(
            arity = "0..1",
            paramLabel = "PROMPT",
            description = "The prompt, as --prompt gives it. Without any, it is read from a pipe.")
    private @Nullable String words;

    @ArgGroup(exclusive = true)
    private @Nullable PromptSource source;

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

    /**
     * The tokens that a model reads.
     *
     * @param ids token ids
     * @param dropped how many tokens of the prompt as it was given were removed before
     */
    record Tokens(int[] ids, int dropped) {}

    /** @param dropped how many tokens of the prompt a method removed */
    private record Shortened(String text, int dropped) {}

    /**
     * The prompt's text; empty if it is given as token ids.
     *
     * @param err where it is said that standard input is read
     * @throws UserError if there is no prompt, or more than one, or an option for chats is wrong
     */
    Optional<String> text(PrintWriter err) {
        chat.choice();
        if (source != null && words != null) {
            throw new UserError("two prompts: '" + words + "' is one, and an option gives another (a text of several"
                    + " words needs quotation marks)");
        }
        if (source != null) {
            return source.text();
        }
        if (words != null) {
            return Optional.of(words);
        }
        if (Terminal.piped()) {
            err.println("note: reading the prompt from standard input");
        }
        var read = Terminal.piped() ? PromptSource.read("-") : "";
        if (read.isBlank()) {
            throw new UserError("there is no prompt: write it behind the command in quotation marks, name a file with"
                    + " --prompt-file, or send text through a pipe");
        }
        return Optional.of(read);
    }

    /**
     * Refuses a method that cannot shorten the prompt, before a model is loaded.
     *
     * @param text of the prompt; empty if it is given as token ids
     */
    static void check(Method method, Optional<String> text) {
        MethodAnswer.shortening(method).ifPresent(step -> {
            if (text.isEmpty()) {
                throw new UserError("method '" + method.name()
                        + "' shortens text, and token ids are not text: give --prompt or --prompt-file");
            }
            step.compressor().check();
        });
    }

    /**
     * The tokens of the prompt, shortened if there is a step that does it.
     *
     * @param text of the prompt; empty if it is given as token ids
     * @param err where notes go
     * @throws UserError if they do not fit the model's context
     */
    Tokens tokens(Optional<String> text, Optional<PromptStep> step, LanguageModel model, PrintWriter err) {
        var shortened = step.map(part -> shorten(text.orElseThrow(), part, model, err));
        var ids = text.isPresent()
                ? encode(shortened.map(Shortened::text).orElse(text.get()), model, err)
                : Objects.requireNonNull(source).ids(model.config().vocabulary());
        model.checkPrompt(ids.length, text.isPresent() ? advice(ids.length, step.isPresent(), model) : "");
        return new Tokens(ids, shortened.map(Shortened::dropped).orElse(0));
    }

    /** Returns what else helps against a prompt that is too long, to follow "shorten the prompt". */
    private static String advice(int tokens, boolean shortened, LanguageModel model) {
        // A chat format is not shortened, and the answer needs room as well.
        long ratio = Math.max(2, (long) Math.ceil(tokens / (0.9 * model.config().contextLength())));
        return shortened
                ? ", or let the method shorten it more"
                : ", or let --method truncation:" + ratio + "x cut out its middle";
    }

    /** A prompt of the command line has no question apart from its context, so all of it is shortened. */
    private static Shortened shorten(String text, PromptStep step, LanguageModel model, PrintWriter err) {
        try (var compressors = new PromptCompressors(model)) {
            var shortened = compressors.compress(step, text);
            // Compressors may count in tokens of other models.
            int before = model.tokenizer().encode(text, false, false).length;
            int after = model.tokenizer().encode(shortened.text(), false, false).length;
            err.println("note: " + after + " of " + before + " tokens of the prompt are left");
            return new Shortened(shortened.text(), before - after);
        }
    }

    private int[] encode(String text, LanguageModel model, PrintWriter err) {
        boolean inChat = !raw && model.chat().isPresent();
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
                .encode(text, model.tokenizer(), model.chat());
        encoded.notes().forEach(note -> err.println("note: " + note));
        return encoded.ids();
    }

    /** Whether a text is given as it is because the model has no chat format, not because the user wished it. */
    boolean lacksChat(Optional<String> text, LanguageModel model) {
        return text.isPresent() && !raw && model.chat().isEmpty();
    }

    /** How the model may think before it answers; empty if it is not known to think. */
    Optional<Thinking> thinking(LanguageModel model, PrintWriter err) {
        var wish = chat.choice().maxThinkingTokens();
        var tags = model.thinkTags();
        if (tags.isEmpty() && wish != null) {
            err.println("note: --max-thinking-tokens changes nothing: " + model.name() + " is not known to think");
        }
        int budget = wish != null ? wish : Thinking.defaultTokens(model.config().contextLength());
        return tags.map(known -> new Thinking(known, budget));
    }
}
