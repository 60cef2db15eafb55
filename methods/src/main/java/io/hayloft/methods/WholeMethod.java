package io.hayloft.methods;

import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.prompt.PromptStep;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A method that builds its cache by itself, after the prompt was shortened if need be. Asked for a ratio of 1 it keeps all
 * tokens of an exact prefill.
 *
 * @param name canonical expression
 * @param family name without parameters
 * @param school how it saves bytes
 * @param shorten what happens to the text of the prompt, null for nothing
 * @param whole makes the cache
 */
record WholeMethod(String name, String family, School school, Term.@Nullable Shorten shorten, Term.Whole whole)
        implements Method {
    private CacheBuilder builder() {
        return whole.budget().requestedRatio() == 1 ? CacheBuilder.ALL : whole.builder();
    }

    @Override
    public double requestedRatio() {
        double text = shorten == null ? 1 : shorten.step().budget().requestedRatio();
        return text * whole.budget().requestedRatio();
    }

    @Override
    public int keptTokens(int prompt, int group) {
        return builder().keptTokens(prompt, group);
    }

    @Override
    public Optional<PromptStep> prompt() {
        return Optional.ofNullable(shorten).map(Term.Shorten::step);
    }

    @Override
    public PrefillPattern prefillPattern() {
        return builder().prefillPattern();
    }

    @Override
    public SignalRequest signals() {
        return builder().signals();
    }

    @Override
    public int freeTokens() {
        return builder().freeTokens();
    }

    @Override
    public boolean keepsAll() {
        return builder().keepsAll();
    }

    @Override
    public SequenceCache build(Prefilled prefill) {
        return builder().build(prefill);
    }
}
