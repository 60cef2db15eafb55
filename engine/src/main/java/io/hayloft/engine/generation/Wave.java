package io.hayloft.engine.generation;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.kv.cache.SequenceCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Variants that decode together: every step reads the weights once for all that still run. */
final class Wave {
    private final LanguageModel model;
    private final int promptLength;
    private final Consumer<Variant> whenEnded;
    private List<Variant> running;
    private SequenceCache[] caches;
    private int[] tokens;
    private final StepTime time;
    private final float[] logits;

    /**
     * A wave at its start.
     *
     * @param whenEnded gets each variant as it ends, and closes it
     */
    Wave(LanguageModel model, int promptLength, List<Variant> variants, Consumer<Variant> whenEnded) {
        this.model = model;
        this.promptLength = promptLength;
        this.whenEnded = whenEnded;
        this.running = List.copyOf(variants);
        this.caches = caches(running);
        this.tokens = new int[caches.length];
        this.time = new StepTime(caches.length);
        this.logits = new float[Math.multiplyExact(caches.length, model.config().vocabulary())];
    }

    /**
     * Decodes until every variant has ended.
     *
     * @param question tokens of the prompt that no cache has seen yet
     * @param promptLogits logits after the prompt, null if the question is not empty
     */
    void run(int[] question, float @Nullable [] promptLogits) {
        for (int i = 0; i < question.length; i++) {
            Arrays.fill(tokens, question[i]);
            step(i == question.length - 1);
            for (int row = 0; row < tokens.length; row++) {
                running.get(row).addQuestionStep(time.ownSeconds(row), time.sharedSeconds());
            }
        }
        for (int i = 0; i < running.size(); i++) {
            if (promptLogits != null) {
                running.get(i).choose(promptLogits, 0);
            } else {
                running.get(i).choose(logits, i * model.config().vocabulary());
            }
        }
        dropEnded();
        while (!running.isEmpty()) {
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = running.get(i).newest();
            }
            step(true);
            for (int i = 0; i < tokens.length; i++) {
                running.get(i).addDecodeStep(time.ownSeconds(i), time.sharedSeconds(), tokens.length);
                running.get(i).choose(logits, i * model.config().vocabulary());
            }
            dropEnded();
        }
    }

    /** Reads one token of each variant; afterwards {@link #time} knows each one's share of the time. */
    private void step(boolean withLogits) {
        long start = System.nanoTime();
        model.decoder().step(tokens, caches, promptLength, withLogits ? logits : null, time.begin());
        time.end(System.nanoTime() - start, caches.length);
    }

    private void dropEnded() {
        var rest = new ArrayList<Variant>(running.size());
        for (var variant : running) {
            if (variant.ended()) {
                whenEnded.accept(variant);
            } else {
                rest.add(variant);
            }
        }
        if (rest.size() < running.size()) {
            running = rest;
            caches = caches(rest);
            tokens = new int[caches.length];
        }
    }

    private static SequenceCache[] caches(List<Variant> variants) {
        return variants.stream().map(Variant::cache).toArray(SequenceCache[]::new);
    }
}
