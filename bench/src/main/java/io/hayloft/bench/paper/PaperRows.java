package io.hayloft.bench.paper;

import io.hayloft.methods.Budget;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The prompt that each method reads, and how it runs, under {@code --paper-compat}, for one sample: see
 * {@link PaperCompat#switches}.
 *
 * @param compat the paper's facts
 * @param sample the sample, its prompt cut to the limit
 * @param uncut its prompt before its middle was cut out
 * @param limits numbers of tokens
 * @param instructionTags whether the chat format marks messages with {@code [INST]}, as Mistral's does
 */
public record PaperRows(PaperCompat compat, Sample sample, Prompt uncut, Limits limits, boolean instructionTags) {
    /** Tokens that a chat format may add around a prompt. */
    public static final int ROOM_FOR_CHAT = 64;

    private static final Set<String> WINDOWED = Set.of("infllm", "streaming", "streaming-paper");
    private static final String CLASSIFIER = "llmlingua2";
    private static final Pattern RATIO = Pattern.compile("(?<=:)([0-9.]+x)");

    /**
     * Numbers of tokens.
     *
     * @param limit most tokens of a prompt before its middle is cut out; 0 for no limit
     * @param uncut tokens of the prompt before that
     * @param answer longest answer
     * @param context most tokens that the model can see
     */
    public record Limits(int limit, int uncut, int answer, int context) {}

    /** The prompt that a method reads, before the method shortens it. */
    public Prompt prompt(Method method) {
        var cut = sample.prompt();
        if (WINDOWED.contains(method.family())) {
            var prompt = uncutFits() ? uncut : cut;
            return new Prompt(prompt.instruction(), prompt.document(), prompt.question(), prompt.chat() || needle());
        }
        if (method.family().equals(CLASSIFIER)) {
            return needle() ? new Prompt(uncut.text(), "", uncut.chat()) : uncut;
        }
        return cut;
    }

    private boolean needle() {
        return sample.category() == Category.NEEDLE;
    }

    private boolean uncutFits() {
        return limits.uncut() + limits.answer() + ROOM_FOR_CHAT <= limits.context();
    }

    /** Returns whether the context takes a prompt of so many tokens and the answer to it. */
    public boolean fits(int tokens) {
        return tokens + limits.answer() <= limits.context();
    }

    /** Returns whether the prompts of a method begin with a second BOS token where they have a chat format. */
    public boolean startsTwice(Method method) {
        return !(instructionTags && WINDOWED.contains(method.family()));
    }

    /** The method that runs under the name of this one, on a prompt of so many tokens. */
    public Method method(Method method, int tokens) {
        if (needle()) {
            var other = compat.onNeedle().get(method.name());
            return other == null ? method : Methods.parse(other);
        }
        int limit = limits.limit();
        if (!WINDOWED.contains(method.family()) || limit == 0 || tokens <= limit) {
            return method;
        }
        var name = RATIO.matcher(method.name())
                .replaceFirst(
                        ratio -> Integer.toString(Budget.parse(ratio.group(1)).keptTokens(limit)));
        return Methods.parse(name);
    }
}
