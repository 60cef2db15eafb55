package io.hayloft.bench.run;

import io.hayloft.bench.PaperCompat;
import io.hayloft.methods.Budget;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What each method reads and how it runs under {@code --paper-compat}: see {@link PaperCompat#switches}. */
final class PaperRows {
    private static final Set<String> WINDOWED = Set.of("infllm", "streaming", "streaming-paper");
    private static final String CLASSIFIER = "llmlingua2";
    private static final Pattern RATIO = Pattern.compile("(?<=:)([0-9.]+x)");

    private final PaperCompat compat;
    private final PlannedSample planned;
    private final boolean needle;
    private final boolean mistral;
    private final int contextLength;

    PaperRows(PaperCompat compat, PlannedSample planned, ModelFacts model) {
        this.compat = compat;
        this.planned = planned;
        this.needle = planned.sample().category() == Category.NEEDLE;
        this.mistral = model.name().toLowerCase(Locale.ROOT).contains("mistral");
        this.contextLength = model.contextLength();
    }

    /** What a method reads, before it shortens it. */
    Prompt prompt(Method method) {
        var cut = planned.sample().prompt();
        if (WINDOWED.contains(method.family())) {
            var whole = wholeFits() ? planned.whole() : cut;
            return new Prompt(whole.instruction(), whole.document(), whole.question(), whole.chat() || needle);
        }
        if (method.family().equals(CLASSIFIER)) {
            var whole = planned.whole();
            return needle ? new Prompt(whole.text(), "", whole.chat()) : whole;
        }
        return cut;
    }

    private boolean wholeFits() {
        int before = planned.sample().facets().get(Recorder.TOKENS_BEFORE) instanceof Number number
                ? number.intValue()
                : planned.promptTokens();
        return before + planned.rules().maxNewTokens() + SampleChoice.ROOM_FOR_CHAT <= contextLength;
    }

    /** Whether the context takes a prompt and the answer to it. */
    boolean fits(EncodedPrompt prompt) {
        return prompt.ids().length + planned.rules().maxNewTokens() <= contextLength;
    }

    /** Whether the prompts of a method begin with a second start token where they have a chat format. */
    boolean startsTwice(Method method) {
        return !(mistral && WINDOWED.contains(method.family()));
    }

    /** The method that runs under the name of this one, on a prompt of so many tokens. */
    Method method(Method method, int tokens) {
        if (needle) {
            var other = compat.onNeedle().get(method.name());
            return other == null ? method : Methods.parse(other);
        }
        int limit = planned.limitTokens();
        if (!WINDOWED.contains(method.family()) || limit == 0 || tokens <= limit) {
            return method;
        }
        var name = RATIO.matcher(method.name())
                .replaceFirst(
                        ratio -> Integer.toString(Budget.parse(ratio.group(1)).keptTokens(limit)));
        return Methods.parse(name);
    }
}
