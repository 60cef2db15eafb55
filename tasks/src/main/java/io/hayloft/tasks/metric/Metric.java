package io.hayloft.tasks.metric;

import java.util.List;

/** The metrics by id. The number in an id changes whenever the same texts may score differently than before. */
public enum Metric {
    QA_F1("qa_f1/1", (output, reference, classes) -> QaF1.score(output, reference)),
    ROUGE_L("rouge_l/1", (output, reference, classes) -> Rouge.longest(output, reference)),
    CLASSIFICATION("classification/1", Classification::score),
    RETRIEVAL("retrieval/1", (output, reference, classes) -> Numbers.paragraph(output, reference)),
    COUNT("count/1", (output, reference, classes) -> Numbers.count(output, reference)),
    CODE_SIMILARITY("code_sim/1", (output, reference, classes) -> CodeSimilarity.score(output, reference)),
    /** All words equal, in order; see {@link Words}. */
    EXACT_WORDS(
            "exact_words/1", (output, reference, classes) -> Words.of(output).equals(Words.of(reference)) ? 1 : 0),
    PASS_KEY("passkey_exact/1", (output, reference, classes) -> PassKey.exact(output, reference) ? 1 : 0);

    private interface Scorer {
        double score(String output, String reference, List<String> classes);
    }

    private final String id;
    private final Scorer scorer;

    Metric(String id, Scorer scorer) {
        this.id = id;
        this.scorer = scorer;
    }

    /** Name and version. */
    public String id() {
        return id;
    }

    /** From 0 to 1 against one reference. */
    public double score(String output, String reference, List<String> classes) {
        return scorer.score(output, reference, classes);
    }

    /** Against the reference that fits best; 0 if there is none. */
    public double best(String output, List<String> references, List<String> classes) {
        double best = 0;
        for (var reference : references) {
            best = Math.max(best, score(output, reference, classes));
        }
        return best;
    }
}
