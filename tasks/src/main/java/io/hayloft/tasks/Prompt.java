package io.hayloft.tasks;

import java.util.List;

/**
 * The text that goes to the model, in its parts.
 *
 * @param instruction what stands before the document; empty where the task cannot tell it from the document
 * @param document what is long: examples and data included, the question not
 * @param question everything after it, up to where the answer begins
 * @param chat whether the text is wrapped in the model's chat format, if it has one; otherwise it goes in as it is
 * @param earlier questions about the same document that come before this one, each followed by the model's own answer;
 *     only in texts without a chat format
 */
public record Prompt(String instruction, String document, String question, boolean chat, List<String> earlier) {
    /** Copies the list. */
    public Prompt {
        earlier = List.copyOf(earlier);
        if (chat && !earlier.isEmpty()) {
            throw new IllegalArgumentException("a conversation in a chat format");
        }
    }

    /** A prompt with a single question. */
    public Prompt(String instruction, String document, String question, boolean chat) {
        this(instruction, document, question, chat, List.of());
    }

    /** A prompt whose task cannot tell an instruction from the document. */
    public Prompt(String context, String question, boolean chat) {
        this("", context, question, chat);
    }

    /** Instruction and document: what a cache method may compress before it knows the question. */
    public String context() {
        return instruction + document;
    }

    /** The whole prompt, without any chat format and without answers to earlier questions. */
    public String text() {
        return instruction + document + String.join("", earlier) + question;
    }

    /** The same prompt around another document. */
    public Prompt withDocument(String other) {
        return new Prompt(instruction, other, question, chat, earlier);
    }
}
