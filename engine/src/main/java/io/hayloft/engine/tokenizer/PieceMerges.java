package io.hayloft.engine.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * The merge rules that a SentencePiece vocabulary with scores stands for.
 *
 * <p>SentencePiece joins, of all neighbours whose union is a piece, those with the highest score. As a list of rules: every
 * way to cut a piece into two pieces is a rule, and rules are ordered by the score of the whole. Of rules for the same piece
 * the one with the longer left part goes first, which keeps runs of one letter joined from the left.
 */
final class PieceMerges {
    /** A rule: these two join. */
    record Merge(String left, String right) {}

    private PieceMerges() {}

    static List<Merge> of(GgufVocabulary vocabulary) {
        var scores = vocabulary.scores();
        var pieces = new ArrayList<Integer>();
        for (int id = 0; id < vocabulary.size(); id++) {
            if (isPiece(vocabulary, id) && vocabulary.token(id).length() > 1) {
                pieces.add(id);
            }
        }
        pieces.sort((a, b) -> Float.compare(scores[b], scores[a]));
        return pieces.parallelStream()
                .flatMap(id -> cuts(vocabulary, vocabulary.token(id)).stream())
                .toList();
    }

    private static List<Merge> cuts(GgufVocabulary vocabulary, String piece) {
        var cuts = new ArrayList<Merge>(4);
        for (int cut = piece.length() - 1; cut > 0; cut--) {
            var left = piece.substring(0, cut);
            int leftId = vocabulary.id(left);
            if (leftId >= 0 && isPiece(vocabulary, leftId)) {
                var right = piece.substring(cut);
                int rightId = vocabulary.id(right);
                if (rightId >= 0 && isPiece(vocabulary, rightId)) {
                    cuts.add(new Merge(left, right));
                }
            }
        }
        return cuts;
    }

    private static boolean isPiece(GgufVocabulary vocabulary, int id) {
        int type = vocabulary.type(id);
        return type == GgufVocabulary.NORMAL || type == GgufVocabulary.USER_DEFINED;
    }
}
