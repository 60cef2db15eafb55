package io.hayloft.methods.prompt;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.CompressorKind;
import io.hayloft.methods.PromptCompressor;
import java.util.stream.IntStream;

/**
 * Cuts out the middle of a text, so that as many words stay at its beginning as at its end: what is done where a prompt is
 * too long for a model. The control of everything that makes a cache smaller, as a shorter prompt has a smaller one, too.
 */
public final class Truncation implements PromptCompressor {
    private final TokenCount counter;

    /** {@link Truncation}, which needs nothing but the model's tokenizer. */
    public record Kind() implements CompressorKind {
        @Override
        public void check() {
            // needs nothing but the model
        }

        @Override
        public String contentHash() {
            return "";
        }

        @Override
        public PromptCompressor open(LanguageModel model) {
            return new Truncation(TokenCount.of(model.tokenizer()));
        }
    }

    private record Choice(String text, boolean[] kept, int tokens) implements Fit.Sized {}

    /** Cuts texts to sizes that this counts. */
    Truncation(TokenCount counter) {
        this.counter = counter;
    }

    @Override
    public CompressedPrompt compress(String text, double rate) {
        long begin = System.nanoTime();
        var words = new Words(text);
        int tokens = counter.count(text);
        if (rate >= 1 || words.count() < 2) {
            return CompressedPrompt.untouched(text, tokens);
        }
        var choice = Fit.largest(1, words.count(), (int) Math.floor(rate * tokens), count -> ends(words, count));
        var labels = IntStream.range(0, words.count())
                .mapToObj(i -> new CompressedPrompt.Word(words.word(i), choice.kept()[i]))
                .toList();
        return new CompressedPrompt(choice.text(), tokens, choice.tokens(), labels, (System.nanoTime() - begin) * 1e-9);
    }

    /** Of an odd number of words the beginning gets one more. */
    private Choice ends(Words words, int count) {
        var kept = new boolean[words.count()];
        for (int i = 0; i < count; i++) {
            kept[i % 2 == 0 ? i / 2 : kept.length - 1 - i / 2] = true;
        }
        var text = words.join(kept);
        return new Choice(text, kept, counter.count(text));
    }

    @Override
    public void close() {
        // holds nothing
    }
}
