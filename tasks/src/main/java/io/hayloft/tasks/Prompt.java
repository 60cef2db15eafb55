package io.hayloft.tasks;

/**
 * The text that goes to the model, in its parts.
 *
 * @param instruction what stands before the document; empty where the task cannot tell it from the document
 * @param document what is long: examples and data included, the question not
 * @param question everything after it, up to where the answer begins
 * @param chat whether the text is wrapped in the model's chat format, if it has one; otherwise it goes in as it is
 */
public record Prompt(String instruction, String document, String question, boolean chat) {
    /** A prompt whose task cannot tell an instruction from the document. */
    public Prompt(String context, String question, boolean chat) {
        this("", context, question, chat);
    }

    /** Instruction and document: what a cache method may compress before it knows the question. */
    public String context() {
        return instruction + document;
    }

    /** The whole prompt, without any chat format. */
    public String text() {
        return instruction + document + question;
    }

    /** The same prompt around another document. */
    public Prompt withDocument(String other) {
        return new Prompt(instruction, other, question, chat);
    }
}
