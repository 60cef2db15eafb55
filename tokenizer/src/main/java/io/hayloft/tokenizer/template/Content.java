package io.hayloft.tokenizer.template;

/**
 * The text of a message, as a variable of a template. Wherever it ends up in the rendered text, also in part or in another
 * case, {@link Rendered#content} has its place.
 */
public record Content(String text) {}
