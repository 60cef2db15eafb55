package io.hayloft.methods.prompt;

import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.PromptCompressor;
import io.hayloft.methods.prompt.KeepModel.Chunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * LLMLingua-2 (Pan et al., arXiv 2403.12968): in each chunk of a text the words stay that the classifier finds most worth
 * keeping, with the rules of the authors' library.
 */
public final class Llmlingua2 implements PromptCompressor {
    /** How the number of words is found. */
    public enum Rate {
        /** One percentile, a whole number, from the rate: as in the original, so that the share kept floats around it. */
        OFFICIAL,
        /**
         * The percentile, the same in all chunks, that keeps most tokens within the rate. Forced tokens stay at any rate, so
         * there is a ratio beyond which no text gets shorter.
         */
        MET
    }

    private static final Pattern WORDS_OR_SIGNS = Pattern.compile("[\\p{L}\\p{N}_]+|[<>=/!@#$%^&*()?\":{}|\\\\`~;_+-]");

    /** Percentiles that the search for the rate tries are multiples of a hundredth. */
    private static final int FINEST = 100;

    private final KeepModel model;
    private final TokenCount counter;
    private final Rate rule;
    private final Map<String, Integer> tokensOfWords = new HashMap<>();
    private final WordChoice choice;
    private @Nullable Scored last;

    private record Scored(String text, int tokens, List<Chunk> chunks, double seconds) {}

    private record Selection(String text, List<boolean[]> kept, int tokens) implements Fit.Sized {}

    /**
     * Compresses with this model, which is closed with the compressor.
     *
     * @param counter tokens in which the rate is meant
     */
    Llmlingua2(KeepModel model, TokenCount counter, Rate rule) {
        this.model = model;
        this.counter = counter;
        this.rule = rule;
        choice = new WordChoice(model.options(), this::tokensOfWord);
    }

    private int tokensOfWord(String word) {
        // the original counts the word with the sign of its vocabulary in it, which no other tokenizer knows
        var text = rule == Rate.OFFICIAL ? word : model.rules().plain(word);
        return tokensOfWords.computeIfAbsent(text, counter::count);
    }

    @Override
    public CompressedPrompt compress(String text, double rate) {
        var scored = scored(text);
        long begin = System.nanoTime();
        double reduce = Math.max(0, 1 - rate);
        if (reduce == 0) {
            var whole =
                    String.join("", scored.chunks().stream().map(Chunk::text).toList());
            return new CompressedPrompt(
                    whole, scored.tokens(), counter.count(whole), allWords(whole), scored.seconds() + since(begin));
        }
        var selection = switch (rule) {
            case OFFICIAL -> select(scored, (int) (100 * reduce), (int) (100 * reduce + 1));
            case MET -> met(scored, (int) Math.floor(rate * scored.tokens()));
        };
        double seconds = scored.seconds() + since(begin);
        return new CompressedPrompt(
                selection.text(), scored.tokens(), selection.tokens(), labels(scored, selection), seconds);
    }

    /** At a rate of 1 the original asks no classifier for words: it looks for runs of word characters and for some signs. */
    private static List<CompressedPrompt.Word> allWords(String text) {
        return WORDS_OR_SIGNS
                .matcher(text)
                .results()
                .map(found -> new CompressedPrompt.Word(found.group(), true))
                .toList();
    }

    /** The largest selection within a number of tokens; if all words are equally good or none fits, what comes nearest. */
    private Selection met(Scored scored, int limit) {
        var found = Fit.largest(0, 100 * FINEST, limit, step -> {
            double percent = 100 - (double) step / FINEST;
            return select(scored, percent, percent);
        });
        return found.text().isBlank() ? everything(scored) : found;
    }

    private Selection everything(Scored scored) {
        return new Selection(
                scored.text(),
                scored.chunks().stream().map(chunk -> all(chunk.words().size())).toList(),
                scored.tokens());
    }

    private static boolean[] all(int count) {
        var kept = new boolean[count];
        Arrays.fill(kept, true);
        return kept;
    }

    private Selection select(Scored scored, double between, double share) {
        var text = new StringBuilder();
        var kept = new ArrayList<boolean[]>();
        for (var chunk : scored.chunks()) {
            var labels = choice.choose(chunk.words(), between, share);
            text.append(model.rules().join(WordChoice.kept(chunk.words(), labels)));
            kept.add(labels);
        }
        return new Selection(text.toString(), kept, counter.count(text.toString()));
    }

    private List<CompressedPrompt.Word> labels(Scored scored, Selection selection) {
        var labels = new ArrayList<CompressedPrompt.Word>();
        for (int c = 0; c < scored.chunks().size(); c++) {
            var words = scored.chunks().get(c).words();
            for (int i = 0; i < words.size(); i++) {
                var text = words.get(i).text();
                var shown =
                        model.rules() == WordRules.XLM_ROBERTA ? model.rules().bare(text) : text;
                labels.add(new CompressedPrompt.Word(shown, selection.kept().get(c)[i]));
            }
        }
        return labels;
    }

    private Scored scored(String text) {
        if (last == null || !last.text().equals(text)) {
            long begin = System.nanoTime();
            last = new Scored(text, counter.count(text), model.score(text), since(begin));
            tokensOfWords.clear();
        }
        return last;
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) * 1e-9;
    }

    @Override
    public void close() {
        model.close();
    }
}
