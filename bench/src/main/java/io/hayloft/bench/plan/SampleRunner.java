package io.hayloft.bench.plan;

import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.predict.ModelShape;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tokenizer.ThinkTags;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A model as a run sees it: tokens in, completions of every method out. */
public interface SampleRunner extends AutoCloseable {
    /** The model's name, sizes and limits. */
    ModelFacts model();

    /** Returns why it cannot run a method, in words that go on after a colon; empty if it can. */
    default Optional<String> refusal(Method method) {
        return Optional.empty();
    }

    /** The shape of its model, if what it takes can be predicted from that. */
    default Optional<ModelShape> shape() {
        return Optional.empty();
    }

    /** Whether it has a KV cache: without, it is the full model alone that a run measures. */
    default boolean hasCache() {
        return true;
    }

    /** Its tokenizer as tasks see it. */
    TokenCounter tokens();

    /** The text of each token of a prompt, special tokens included; together they are the text that the model reads. */
    default List<String> pieces(int[] ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> tokens().decode(new int[] {id}))
                .toList();
    }

    /** Sets the time that its chat format sees from now on: some templates write the date. */
    default void renderAt(Clock clock) {}

    /** A prompt as the model will see it, in its chat format if the prompt wants it and the model has one. */
    EncodedPrompt encode(Prompt prompt, Protocol protocol);

    /**
     * The text of a prompt in the model's chat format, without a BOS token that a tokenizer puts in front; as it is if the
     * prompt wants no chat format or the model has none.
     */
    default String chatText(Prompt prompt) {
        return prompt.text();
    }

    /** The tags between which the model writes thoughts before it answers a chat; empty if it is not known to think. */
    default Optional<ThinkTags> thinkTags() {
        return Optional.empty();
    }

    /**
     * The BOS token that stands twice before a prompt whose chat format is encoded as plain text: the template writes it,
     * and the tokenizer puts another in front. Empty where one of them does not.
     */
    default OptionalInt repeatedBos() {
        return OptionalInt.empty();
    }

    /**
     * Completes a prompt once with each method, from one shared prefill.
     *
     * @return completions in the order of the methods
     */
    List<Completion> answer(EncodedPrompt prompt, List<Method> methods, AnswerRules rules);

    /**
     * The same with a listener that hears of the caches, by the numbers of the methods; a runner without caches is silent.
     */
    default List<Completion> answer(
            EncodedPrompt prompt, List<Method> methods, AnswerRules rules, GenerationListener listener) {
        return answer(prompt, methods, rules);
    }

    /**
     * Shortens the document of a prompt. The time in the result is what this step alone would have taken.
     *
     * @throws io.hayloft.base.UserError if the compressor lacks its weights
     */
    CompressedPrompt compress(PromptStep step, String document);

    /** Bytes of the full cache, in the run's cache type, for a prompt of so many tokens. */
    long fullCacheBytes(int tokens);

    /** Frees what the runner opened; the model is not its own. */
    @Override
    default void close() {}
}
