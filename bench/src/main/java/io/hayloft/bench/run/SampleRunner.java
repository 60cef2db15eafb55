package io.hayloft.bench.run;

import io.hayloft.bench.Protocol;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a run needs of a model: tokens in, answers of every method out. */
public interface SampleRunner extends AutoCloseable {
    /** The model's name, sizes and limits. */
    ModelFacts model();

    /** Why it cannot run a method, in words that go on after a colon; empty if it can. */
    default Optional<String> refusal(Method method) {
        return Optional.empty();
    }

    /** Its tokenizer as tasks see it. */
    TokenCounter tokens();

    /** A prompt as the model will see it, in its chat format if the prompt wants it and the model has one. */
    EncodedPrompt encode(Prompt prompt, Protocol protocol);

    /**
     * The start token that stands twice before a prompt whose chat format is encoded as plain text is: the template writes
     * it, and the tokenizer puts another in front. Empty where one of them does not.
     */
    default OptionalInt repeatedStartToken() {
        return OptionalInt.empty();
    }

    /**
     * Answers a prompt once with each method, from one shared prefill.
     *
     * @return answers in the order of the methods
     */
    List<Answer> answer(EncodedPrompt prompt, List<Method> methods, AnswerRules rules);

    /**
     * Shortens the document of a prompt. The time it tells is what this step alone would have taken.
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
