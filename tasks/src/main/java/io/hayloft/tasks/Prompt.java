package io.hayloft.tasks;

/**
 * The text that goes to the model, in two parts.
 *
 * @param context instruction and document: what a cache method may compress before it knows the question
 * @param question everything after it, up to where the answer begins
 * @param chat whether the text is wrapped in the model's chat format, if it has one; otherwise it goes in as it is
 */
public record Prompt(String context, String question, boolean chat) {
    /** The whole prompt, without any chat format. */
    public String text() {
        return context + question;
    }
}
