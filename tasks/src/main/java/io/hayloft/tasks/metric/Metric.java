package io.hayloft.tasks.metric;

import java.util.List;
import java.util.Map;

/** The metrics by id. The number in an id changes whenever the same texts may score differently than before. */
public enum Metric {
    QA_F1("qa_f1/1"),
    ROUGE_L("rouge_l/1"),
    CLASSIFICATION("classification/1"),
    RETRIEVAL("retrieval/1"),
    QA_F1_ZH("qa_f1_zh/1"),
    ROUGE_L_ZH("rouge_l_zh/1"),
    RETRIEVAL_ZH("retrieval_zh/1"),
    COUNT("count/1"),
    CHOICE("choice/1"),
    CODE_SIMILARITY("code_sim/1"),
    /** All words equal, in order; see {@link Words}. */
    EXACT_WORDS("exact_words/1"),
    PASS_KEY("passkey_exact/1"),
    /** The share of the references that occur; see {@link StringMatch}. */
    STRING_MATCH_ALL("string_match_all/1"),
    /** Whether any reference occurs. */
    STRING_MATCH_PART("string_match_part/1"),
    /** The share of the items that are right; see {@link Items}. */
    ITEMS("items/1"),
    /** The same for items that are steps, each of which ends with its depth. */
    STEPS("steps/1"),
    /** Whether the first line of the answer has the reference. */
    FIRST_LINE("first_line/1"),
    /** Which of several instructions the answer keeps; see {@link Instructions}. */
    INSTRUCTIONS("instructions/1");

    private final String id;

    Metric(String id) {
        this.id = id;
    }

    /** The name without its version, as task files have it. */
    public String word() {
        return id.substring(0, id.indexOf('/'));
    }

    /** Name and version. */
    public String id() {
        return id;
    }

    /**
     * From 0 to 1 against one reference.
     *
     * @param classes all class names for {@link #CLASSIFICATION}; other metrics ignore them
     */
    public double score(String output, String reference, List<String> classes) {
        return switch (this) {
            case QA_F1 -> QaF1.score(output, reference);
            case ROUGE_L -> Rouge.longest(output, reference);
            case CLASSIFICATION -> Classification.score(output, reference, classes);
            case RETRIEVAL -> Numbers.ENGLISH.paragraph(output, reference);
            case QA_F1_ZH -> Chinese.qaF1(output, reference);
            case ROUGE_L_ZH -> Chinese.rouge(output, reference);
            case RETRIEVAL_ZH -> Numbers.CHINESE.paragraph(output, reference);
            case CHOICE -> Choice.letter(output).equals(reference) ? 1 : 0;
            case COUNT -> Numbers.count(output, reference);
            case CODE_SIMILARITY -> CodeSimilarity.score(output, reference);
            case EXACT_WORDS -> Words.of(output).equals(Words.of(reference)) ? 1 : 0;
            case PASS_KEY -> PassKey.exact(output, reference) ? 1 : 0;
            case ITEMS, STEPS -> Items.score(output, List.of(reference));
            case INSTRUCTIONS -> Instructions.of(output, List.of(reference)).score();
            case FIRST_LINE -> Items.firstLine(output, reference) ? 1 : 0;
            case STRING_MATCH_ALL, STRING_MATCH_PART -> StringMatch.RULER.all(output, List.of(reference));
        };
    }

    /**
     * The parts of a score by name, each from 0 to 1: places in an answer of several items, depths of its steps, or
     * instructions; empty for metrics without parts.
     */
    public Map<String, Double> parts(String output, List<String> references) {
        return switch (this) {
            case ITEMS -> Items.byPlace(output, references);
            case STEPS -> Items.byDepth(output, references);
            case INSTRUCTIONS -> Instructions.of(output, references).parts();
            default -> Map.of();
        };
    }

    /** Against the reference that fits best, or against all where each is a part of the answer; 0 if there is none. */
    public double best(String output, List<String> references, List<String> classes) {
        if (this == STRING_MATCH_ALL) {
            return StringMatch.RULER.all(output, references);
        }
        if (this == ITEMS || this == STEPS) {
            return Items.score(output, references);
        }
        if (this == INSTRUCTIONS) {
            return Instructions.of(output, references).score();
        }
        double best = 0;
        for (var reference : references) {
            best = Math.max(best, score(output, reference, classes));
        }
        return best;
    }
}
