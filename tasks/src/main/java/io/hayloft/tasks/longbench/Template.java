package io.hayloft.tasks.longbench;

import io.hayloft.tasks.Prompt;

/**
 * A prompt template around a document and a question. Texts are joined, never searched, so braces or {@code {input}}
 * inside a sample stay as they are.
 *
 * @param beforeContext the instruction before the document
 * @param beforeInput what stands between the document and the question, or after the document if there is no question
 * @param afterInput what follows the question
 * @param hasInput whether the template has a place for the question
 */
record Template(String beforeContext, String beforeInput, String afterInput, boolean hasInput) {
    private static final String CONTEXT = "{context}";
    private static final String INPUT = "{input}";

    /** Reads a template with {@code {context}} and, at most once and after it, {@code {input}}. */
    static Template parse(String text) {
        int context = text.indexOf(CONTEXT);
        if (context < 0) {
            throw new IllegalArgumentException("no {context} in template: " + text);
        }
        var before = text.substring(0, context);
        var rest = text.substring(context + CONTEXT.length());
        int input = rest.indexOf(INPUT);
        return input < 0
                ? new Template(before, rest, "", false)
                : new Template(before, rest.substring(0, input), rest.substring(input + INPUT.length()), true);
    }

    /** The prompt of a sample; everything after the document belongs to the question. */
    Prompt fill(String context, String input, boolean chat) {
        var question = hasInput ? beforeInput + input + afterInput : beforeInput;
        return new Prompt(beforeContext, context, question, chat);
    }
}
