package io.hayloft.tokenizer;

import io.hayloft.tokenizer.template.Rendered;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Turns text into the token ids of a model and back. Safe for use by several threads until it is closed. */
public interface Tokenizer extends AutoCloseable {
    /**
     * The ids of a text; never cut, never padded.
     *
     * @param addSpecial adds what the model's files put around a text (a BOS token, for instance)
     * @param parseSpecial whether the text of a special token counts as that token, or else as plain text
     */
    int[] encode(String text, boolean addSpecial, boolean parseSpecial);

    /**
     * Returns the ids of a rendered chat: the text of a special token counts as that token where the template wrote it, and
     * as plain text where any of it comes from the content of a message.
     *
     * @param addSpecial adds what the model's files put around a text
     */
    int[] encodeChat(Rendered chat, boolean addSpecial);

    /**
     * The tokens of a text as the vocabulary writes them, without special ones around it; text of special tokens counts as
     * plain text. Some tokenizers tell here how the text of an unknown token reads, where {@link #encode} has its id.
     */
    default List<String> pieces(String text) {
        return Arrays.stream(encode(text, false, false)).mapToObj(this::token).toList();
    }

    /** The text of these ids; bytes that form no character become U+FFFD. Ids without a token add nothing. */
    String decode(int[] ids, boolean skipSpecial);

    /** One more than the highest id. The model's embedding may have more rows. */
    int vocabularySize();

    /** The token of an id as the vocabulary writes it ({@code Ġthe}, {@code ▁the}, {@code <0x0A>}); empty if unused. */
    String token(int id);

    /** The token that starts every text, for models that have one. */
    OptionalInt bosId();

    /** The tokens that end an answer, the chief one first; may be empty. */
    int[] eosIds();

    /** One line for people: kind, size, start and end tokens. */
    String describe();

    @Override
    void close();

    /** A new incremental decoder, which skips special tokens. */
    default TextStream stream() {
        return stream(true);
    }

    /** A new incremental decoder. */
    default TextStream stream(boolean skipSpecial) {
        return new TextStream(this, skipSpecial);
    }
}
