package io.hayloft.tasks;

/** The kinds of long-input work; a report groups its scores by them. */
public enum Category {
    SINGLE_DOC_QA("single-document QA"),
    MULTI_DOC_QA("multi-document QA"),
    SUMMARISATION("summarisation"),
    FEW_SHOT("few-shot"),
    SYNTHETIC("synthetic"),
    CODE("code"),
    MULTIPLE_CHOICE("multiple choice"),
    NEEDLE("needle");

    private final String label;

    Category(String label) {
        this.label = label;
    }

    /** The name that people read in tables. */
    public String label() {
        return label;
    }
}
