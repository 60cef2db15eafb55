package io.hayloft.tokenizer;

/**
 * One message of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}; templates may know more
 * @param content its text
 */
public record ChatMessage(String role, String content) {}
