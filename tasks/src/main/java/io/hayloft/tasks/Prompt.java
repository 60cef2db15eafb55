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
 * @param spans named parts of instruction and document, of which it is interesting how much a method keeps; most prompts
 *     have none
 * @param system whether the instruction is a message of role system, in a chat format that has this role; in others it comes
 *     first in the user's message
 */
public record Prompt(
        String instruction,
        String document,
        String question,
        boolean chat,
        List<String> earlier,
        List<Span> spans,
        boolean system) {
    /**
     * A named part of a prompt.
     *
     * @param from its first character in instruction and document
     * @param to the character after its last
     */
    public record Span(String name, int from, int to) {
        /** Refuses parts without characters. */
        public Span {
            if (from < 0 || to <= from) {
                throw new IllegalArgumentException("span " + name + " from " + from + " to " + to);
            }
        }
    }

    /** Copies the lists and checks that the spans lie in instruction and document. */
    public Prompt {
        earlier = List.copyOf(earlier);
        spans = List.copyOf(spans);
        for (var span : spans) {
            if (span.to() > instruction.length() + document.length()) {
                throw new IllegalArgumentException("span " + span.name() + " is not in the context");
            }
        }
        if (chat && !earlier.isEmpty()) {
            throw new IllegalArgumentException("a conversation in a chat format");
        }
        if (system && (!chat || instruction.isBlank())) {
            throw new IllegalArgumentException("a system message without a chat format or without a text");
        }
    }

    /** A prompt without named parts. */
    public Prompt(String instruction, String document, String question, boolean chat, List<String> earlier) {
        this(instruction, document, question, chat, earlier, List.of(), false);
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

    /** The user's message where the instruction is a message of its own. */
    public String withoutInstruction() {
        return document + question;
    }

    /** The whole prompt, without any chat format and without answers to earlier questions. */
    public String text() {
        return instruction + document + String.join("", earlier) + question;
    }

    /** The same prompt around another document; of its spans those stay that both have. */
    public Prompt withDocument(String other) {
        var context = instruction + other;
        var stay = spans.stream()
                .filter(span -> span.to() <= context.length() && context().startsWith(context.substring(0, span.to())))
                .toList();
        return new Prompt(instruction, other, question, chat, earlier, stay, system);
    }
}
