package io.hayloft.tokenizer;

import java.util.Arrays;

/**
 * The merge rules that follow from a SentencePiece vocabulary with scores.
 *
 * <p>SentencePiece joins, of all neighbours whose union is a piece, those with the highest score. As a list of rules: every
 * way to cut a piece into two pieces is a rule, and rules are ordered by the score of the whole. Of rules for the same piece
 * the one with the longer left part goes first, which keeps runs of one letter joined from the left.
 */
final class PieceMerges {
    /** Takes the rules in their order. */
    interface Sink {
        /** These two tokens join. */
        void merge(int left, int right);
    }

    private final GgufVocabulary vocabulary;
    private final Sink sink;
    /** Hashes of the first and of the last letters of a piece, by the place of the cut. */
    private int[] heads = new int[32];

    private int[] tails = new int[32];

    private PieceMerges(GgufVocabulary vocabulary, Sink sink) {
        this.vocabulary = vocabulary;
        this.sink = sink;
    }

    static void of(GgufVocabulary vocabulary, Sink sink) {
        var merges = new PieceMerges(vocabulary, sink);
        for (long piece : sortedPieces(vocabulary)) {
            merges.cut(vocabulary.token((int) piece));
        }
    }

    /** Pieces with the highest score first, then by id: the id is in the lower half of each number. */
    private static long[] sortedPieces(GgufVocabulary vocabulary) {
        var scores = vocabulary.scores();
        var pieces = new long[vocabulary.size()];
        int count = 0;
        for (int id = 0; id < vocabulary.size(); id++) {
            if (isPiece(vocabulary, id)
                    && !vocabulary.isShadowed(id)
                    && vocabulary.token(id).length() > 1) {
                pieces[count++] = ((long) ~ascending(scores[id]) << Integer.SIZE) | id;
            }
        }
        Arrays.sort(pieces, 0, count);
        return Arrays.copyOf(pieces, count);
    }

    /** Whole numbers in the order of {@link Float#compare}. */
    private static int ascending(float value) {
        int bits = Float.floatToIntBits(value);
        return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    }

    private void cut(String piece) {
        hash(piece);
        for (int cut = piece.length() - 1; cut > 0; cut--) {
            int left = vocabulary.id(piece, 0, cut, heads[cut]);
            if (left >= 0 && isPiece(vocabulary, left)) {
                int right = vocabulary.id(piece, cut, piece.length(), tails[cut]);
                if (right >= 0 && isPiece(vocabulary, right)) {
                    sink.merge(left, right);
                }
            }
        }
    }

    /** Fills the hashes of all parts: each follows from its neighbour's by {@link String#hashCode}'s formula. */
    private void hash(String piece) {
        int length = piece.length();
        if (heads.length < length) {
            heads = new int[2 * length];
            tails = new int[2 * length];
        }
        heads[0] = 0;
        for (int i = 1; i < length; i++) {
            heads[i] = 31 * heads[i - 1] + piece.charAt(i - 1);
        }
        int power = 1;
        int tail = 0;
        for (int i = length - 1; i > 0; i--) {
            tail += power * piece.charAt(i);
            tails[i] = tail;
            power *= 31;
        }
    }

    private static boolean isPiece(GgufVocabulary vocabulary, int id) {
        int type = vocabulary.type(id);
        return type == GgufVocabulary.NORMAL || type == GgufVocabulary.USER_DEFINED;
    }
}
