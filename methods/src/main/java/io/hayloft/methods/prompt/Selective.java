package io.hayloft.methods.prompt;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.PromptCompressor;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the words that tell the model most: those it expected least, by {@code -log p} summed over their tokens. The idea of
 * Selective Context (Li et al., arXiv 2310.06201) with the model itself as the judge, so that nothing else is needed.
 */
public final class Selective implements PromptCompressor {
    private final TokenCount counter;
    private final SelfInformation information;
    private @Nullable Ranking last;

    /** Words of a text, those that tell most first. */
    private record Ranking(String text, int tokens, Words words, List<Integer> order, double seconds) {}

    private record Choice(String text, boolean[] kept, int tokens) implements Fit.Sized {}

    /** Compresses for this model, which stays the caller's. */
    public Selective(LanguageModel model) {
        counter = TokenCount.of(model.tokenizer());
        information = new SelfInformation(model);
    }

    @Override
    public CompressedPrompt compress(String text, double rate) {
        var ranking = ranking(text);
        var words = ranking.words();
        if (rate >= 1 || words.count() < 2) {
            return CompressedPrompt.untouched(text, ranking.tokens());
        }
        long begin = System.nanoTime();
        int limit = (int) Math.floor(rate * ranking.tokens());
        var choice = Fit.largest(1, words.count(), limit, count -> choose(ranking, count));
        var labels = IntStream.range(0, words.count())
                .mapToObj(i -> new CompressedPrompt.Word(words.word(i), choice.kept()[i]))
                .toList();
        double seconds = ranking.seconds() + (System.nanoTime() - begin) * 1e-9;
        return new CompressedPrompt(choice.text(), ranking.tokens(), choice.tokens(), labels, seconds);
    }

    private Choice choose(Ranking ranking, int count) {
        var kept = new boolean[ranking.words().count()];
        for (int i : ranking.order().subList(0, count)) {
            kept[i] = true;
        }
        var text = ranking.words().join(kept);
        return new Choice(text, kept, counter.count(text));
    }

    private Ranking ranking(String text) {
        if (last == null || !last.text().equals(text)) {
            long begin = System.nanoTime();
            var words = new Words(text);
            var scores = words.count() < 2 ? new double[words.count()] : information.ofWords(text, words);
            var order = IntStream.range(0, scores.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
                    .toList();
            last = new Ranking(text, counter.count(text), words, order, (System.nanoTime() - begin) * 1e-9);
        }
        return last;
    }

    @Override
    public void close() {
        last = null;
    }
}
