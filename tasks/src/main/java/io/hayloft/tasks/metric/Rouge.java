package io.hayloft.tasks.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * ROUGE as the Python package {@code rouge} 1.0.1 computes it, which is not the textbook one: texts are cut at every
 * full stop, case and punctuation count, and the units are <em>sets</em> of distinct words or word pairs.
 *
 * @param recall share of the reference's units that the prediction has
 * @param precision share of the prediction's units that the reference has
 * @param f their harmonic mean; 0.999999995 for equal texts, because of a small constant in the denominator
 */
public record Rouge(double recall, double precision, double f) {
    /** The package walks back through its table by recursion; a longer walk overflows Python's stack. */
    private static final int DEEPEST_WALK = 990;

    private static final Rouge NOTHING = new Rouge(0, 0, 0);

    /** ROUGE-n over distinct runs of n words; runs go across full stops. Zero if either text has no piece. */
    public static Rouge ofRuns(int n, String prediction, String reference) {
        var predicted = pieces(prediction);
        var wanted = pieces(reference);
        if (predicted.isEmpty() || wanted.isEmpty()) {
            return NOTHING;
        }
        var predictedRuns = runs(n, predicted);
        var wantedRuns = runs(n, wanted);
        var shared = new HashSet<>(predictedRuns);
        shared.retainAll(wantedRuns);
        return of(shared.size(), predictedRuns.size(), wantedRuns.size());
    }

    /**
     * The F of ROUGE-L that the LongBench scorer gives: 0 where the reference program fails, which is on texts without
     * a piece and on those that need a walk of more than 990 steps.
     */
    public static double longest(String prediction, String reference) {
        return longest(prediction, reference, DEEPEST_WALK).f();
    }

    /** ROUGE-L without the depth limit of the reference program. */
    public static Rouge longestWithoutLimit(String prediction, String reference) {
        return longest(prediction, reference, Integer.MAX_VALUE);
    }

    private static Rouge longest(String prediction, String reference, int deepest) {
        var predicted = pieces(prediction);
        var wanted = pieces(reference);
        if (predicted.isEmpty() || wanted.isEmpty()) {
            return NOTHING;
        }
        var numbers = new HashMap<String, Integer>();
        var predictedIds = number(predicted, numbers);
        var wantedIds = number(wanted, numbers);
        var shared = new HashSet<Integer>();
        for (var wantedPiece : wantedIds) {
            for (var predictedPiece : predictedIds) {
                if (!addCommonWords(wantedPiece, predictedPiece, deepest, shared)) {
                    return NOTHING;
                }
            }
        }
        return of(shared.size(), runs(1, predicted).size(), runs(1, wanted).size());
    }

    private static Rouge of(int shared, int predicted, int wanted) {
        double precision = predicted == 0 ? 0 : (double) shared / predicted;
        double recall = wanted == 0 ? 0 : (double) shared / wanted;
        return new Rouge(recall, precision, 2 * (precision * recall / (precision + recall + 1e-8)));
    }

    /** Pieces between full stops as words. A piece of blanks alone is one empty word; a piece of nothing is dropped. */
    private static List<List<String>> pieces(String text) {
        var pieces = new ArrayList<List<String>>();
        for (int start = 0; start <= text.length(); ) {
            int stop = text.indexOf('.', start);
            int end = stop < 0 ? text.length() : stop;
            if (end > start) {
                var words = UnicodeText.words(text.substring(start, end));
                pieces.add(words.isEmpty() ? List.of("") : words);
            }
            start = end + 1;
        }
        return pieces;
    }

    private static Set<List<String>> runs(int n, List<List<String>> pieces) {
        var words = pieces.stream().flatMap(List::stream).toList();
        var runs = new HashSet<List<String>>();
        for (int i = 0; i + n <= words.size(); i++) {
            runs.add(words.subList(i, i + n));
        }
        return runs;
    }

    private static List<int[]> number(List<List<String>> pieces, Map<String, Integer> numbers) {
        return pieces.stream()
                .map(words -> words.stream()
                        .mapToInt(word -> numbers.computeIfAbsent(word, w -> numbers.size()))
                        .toArray())
                .toList();
    }

    /** Adds the words of one longest common subsequence; false if finding it takes more than the given steps. */
    private static boolean addCommonWords(int[] wanted, int[] predicted, int deepest, Set<Integer> shared) {
        var length = commonLengths(wanted, predicted);
        int i = wanted.length;
        int j = predicted.length;
        for (int steps = 0; i > 0 && j > 0; steps++) {
            if (steps == deepest) {
                return false;
            }
            if (wanted[i - 1] == predicted[j - 1]) {
                shared.add(wanted[i - 1]);
                i--;
                j--;
            } else if (length[i - 1][j] > length[i][j - 1]) {
                i--;
            } else {
                j--;
            }
        }
        return true;
    }

    /** Entry [i][j] is the length of the longest common subsequence of the first i and the first j words. */
    private static int[][] commonLengths(int[] wanted, int[] predicted) {
        var length = new int[wanted.length + 1][predicted.length + 1];
        for (int i = 1; i <= wanted.length; i++) {
            for (int j = 1; j <= predicted.length; j++) {
                length[i][j] = wanted[i - 1] == predicted[j - 1]
                        ? length[i - 1][j - 1] + 1
                        : Math.max(length[i - 1][j], length[i][j - 1]);
            }
        }
        return length;
    }
}
