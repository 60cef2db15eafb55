package io.hayloft.engine.tokenizer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a model wants a conversation written: the template that comes with it. */
public final class ChatFormat {
    private ChatFormat() {}

    /** The template in a Hugging Face folder; empty for base models. */
    public static Optional<ChatFormat> fromFolder(Path folder) {
        throw new UnsupportedOperationException();
    }

    /** The template in a GGUF file's metadata; empty for base models. */
    public static Optional<ChatFormat> fromGguf(Map<String, Object> metadata) {
        throw new UnsupportedOperationException();
    }

    /**
     * The conversation as text, special tokens written out.
     *
     * @param addGenerationPrompt ends with what starts the assistant's answer
     */
    public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        throw new UnsupportedOperationException();
    }

    /** The conversation as ids; the start token stands in front once, whether template or tokenizer brings it. */
    public int[] encode(Tokenizer tokenizer, List<ChatMessage> messages, boolean addGenerationPrompt) {
        throw new UnsupportedOperationException();
    }
}
