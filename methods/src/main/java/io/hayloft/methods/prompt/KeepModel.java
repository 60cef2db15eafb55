package io.hayloft.methods.prompt;

import io.hayloft.base.UserError;
import io.hayloft.engine.encoder.TokenClassifier;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The word classifier of LLMLingua-2 (Pan et al., arXiv 2403.12968): cuts a text into chunks that its encoder can read and
 * gives each word a probability to stay.
 */
final class KeepModel implements AutoCloseable {
    private static final int LONGEST = 512;
    private static final int KEEP = 1;

    private final TokenClassifier classifier;
    private final Tokenizer tokenizer;
    private final KeepOptions options;
    private final WordRules rules;
    private final ForcedTokens forced;
    private final Map<String, Integer> vocabulary = new HashMap<>();
    private final int length;

    private KeepModel(TokenClassifier classifier, Tokenizer tokenizer, KeepOptions options, Path folder) {
        this.classifier = classifier;
        this.tokenizer = tokenizer;
        this.options = options;
        rules = WordRules.of(classifier.config().family());
        length = Math.min(LONGEST, classifier.config().maxTokens());
        for (int id = 0; id < tokenizer.vocabularySize(); id++) {
            vocabulary.putIfAbsent(tokenizer.token(id), id);
        }
        if (classifier.labels() != 2 || length < 4) {
            throw new UserError(folder + ": no classifier with two labels (leave out, keep) and room for a text");
        }
        for (var token : List.of(rules.start(), rules.end(), rules.unknown())) {
            if (!vocabulary.containsKey(token)) {
                throw new UserError(folder + ": the tokenizer lacks " + token + ", so it belongs to another encoder");
            }
        }
        int vectors = classifier.config().vocabulary();
        forced = new ForcedTokens(options.forceTokens(), tokenizer, vocabulary, vectors, id(rules.unknown()));
    }

    private int id(String token) {
        return Objects.requireNonNull(vocabulary.get(token), token);
    }

    /**
     * Loads a folder with the encoder and its tokenizer.json.
     *
     * @throws UserError if something is missing or wrong
     */
    static KeepModel load(Path folder, WorkerPool pool, KeepOptions options) {
        var tokenizer = Tokenizers.fromFolder(folder);
        TokenClassifier classifier = null;
        try {
            classifier = TokenClassifier.load(folder, pool);
            return new KeepModel(classifier, tokenizer, options, folder);
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            if (classifier != null) {
                classifier.close();
            }
            throw e;
        }
    }

    /**
     * A chunk of text, which the encoder reads at once.
     *
     * @param text what it reads, forced tokens as they were
     * @param ids its tokens, those that begin and end a text for the encoder included
     * @param keep probability to stay of each token
     * @param words its words
     */
    record Chunk(String text, int[] ids, float[] keep, List<ScoredWord> words) {}

    /**
     * A word with the signs of the vocabulary in it.
     *
     * @param text as tokens spell it
     * @param keep probability to stay
     */
    record ScoredWord(String text, double keep) {}

    KeepOptions options() {
        return options;
    }

    WordRules rules() {
        return rules;
    }

    /** Scores the words of a text. */
    List<Chunk> score(String text) {
        var chunks = new ArrayList<Chunk>();
        for (var part : chunks(pieces(forced.mark(text)))) {
            chunks.add(scoreChunk(part));
        }
        return chunks;
    }

    private Chunk scoreChunk(String marked) {
        var tokens = tokens(marked);
        var ids = tokens.stream().mapToInt(this::idInChunk).toArray();
        var probabilities = classifier.probabilities(ids);
        var keep = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            keep[i] = probabilities[2 * i + KEEP];
        }
        return new Chunk(forced.unmark(marked), ids, keep, new WordMerger(rules, forced, options).merge(tokens, keep));
    }

    private int idInChunk(String token) {
        return forced.isSign(token) ? forced.id(token) : id(token);
    }

    /** The tokens of a marked text as the vocabulary spells them. */
    private List<String> pieces(String marked) {
        var pieces = new ArrayList<String>();
        for (var part : forced.parts(marked)) {
            if (forced.isSign(part)) {
                pieces.add(part);
            } else {
                pieces.addAll(tokenizer.pieces(part));
            }
        }
        return pieces;
    }

    /**
     * The tokens of a marked text between those that begin and end a text for the encoder, cut off where they exceed its
     * length.
     */
    private List<String> tokens(String marked) {
        var tokens = new ArrayList<String>();
        tokens.add(rules.start());
        for (var piece : pieces(marked)) {
            tokens.add(forced.isSign(piece) || vocabulary.containsKey(piece) ? piece : rules.unknown());
        }
        tokens.add(rules.end());
        return tokens.subList(0, Math.min(length, tokens.size()));
    }

    /**
     * Cuts tokens into texts. A chunk ends behind the last token that may end one among the first {@code length - 1}, or
     * there if none may. As in the original a chunk can so be one token longer than fits.
     */
    private List<String> chunks(List<String> pieces) {
        var texts = new ArrayList<String>();
        int most = length - 2;
        for (int start = 0; start < pieces.size(); ) {
            int last = pieces.size() - 1;
            if (start + most <= last) {
                last = start + most;
                for (int i = last; i > start; i--) {
                    if (options.chunkEnds().contains(forced.unmark(pieces.get(i)))) {
                        last = i;
                        break;
                    }
                }
            }
            texts.add(rules.join(pieces.subList(start, last + 1)));
            start = last + 1;
        }
        return texts;
    }

    @Override
    public void close() {
        classifier.close();
        tokenizer.close();
    }
}
