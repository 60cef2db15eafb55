package io.hayloft.tasks.metric;

import java.util.HashMap;
import java.util.List;

/** How many words an answer and its reference share: the F1 of bags of words after {@link UnicodeText#answerForm}. */
public final class QaF1 {
    private QaF1() {}

    /** From 0 to 1; 0 when no word is shared, so also when both are empty. */
    public static double score(String prediction, String reference) {
        return ofWords(
                UnicodeText.words(UnicodeText.answerForm(prediction)),
                UnicodeText.words(UnicodeText.answerForm(reference)));
    }

    /** The F1 of two bags of words as they are. */
    static double ofWords(List<String> prediction, List<String> reference) {
        var counts = new HashMap<String, Integer>();
        for (var word : reference) {
            counts.merge(word, 1, Integer::sum);
        }
        int shared = 0;
        for (var word : prediction) {
            int left = counts.getOrDefault(word, 0);
            if (left > 0) {
                shared++;
                counts.put(word, left - 1);
            }
        }
        if (shared == 0) {
            return 0;
        }
        double precision = (double) shared / prediction.size();
        double recall = (double) shared / reference.size();
        return 2 * precision * recall / (precision + recall);
    }
}
