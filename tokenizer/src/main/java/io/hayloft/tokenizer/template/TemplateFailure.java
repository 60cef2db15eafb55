package io.hayloft.tokenizer.template;

/** The error that Jinja2 or Python would raise. The message is one sentence, as those write it where a user may know it. */
final class TemplateFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    TemplateFailure(String message) {
        this(message, false);
    }

    /** @param refusal whether the template itself refuses the messages, by {@code raise_exception} */
    TemplateFailure(String message, boolean refusal) {
        super(message, null, false, false);
        this.refusal = refusal;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    boolean refusal() {
        return refusal;
    }
}
