package io.hayloft.tasks.metric;

import java.util.ArrayList;
import java.util.List;

/** Which class names an answer mentions, as LongBench scores TREC. */
public final class Classification {
    private Classification() {}

    /**
     * One over the number of class names that the prediction mentions, if the true one is among them; else 0. Names that
     * are a part of the true name do not count.
     *
     * @param classes all class names, in the order of the data file: the order decides, because the published scorer
     *     removes from the list that it walks through, and so skips the name after a removed one
     */
    public static double score(String prediction, String reference, List<String> classes) {
        var named = new ArrayList<String>();
        for (var name : classes) {
            if (prediction.contains(name)) {
                named.add(name);
            }
        }
        for (int i = 0; i < named.size(); i++) {
            var name = named.get(i);
            if (reference.contains(name) && !name.equals(reference)) {
                named.remove(name);
            }
        }
        return named.contains(reference) ? 1.0 / named.size() : 0;
    }
}
