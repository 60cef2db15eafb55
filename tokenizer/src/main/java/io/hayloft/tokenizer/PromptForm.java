package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a user's text becomes the prompt of a model: as the message of a chat where the model has a format for chats, else as
 * it is. A text that begins with the BOS token itself does not get a second one.
 *
 * @param raw gives the text as it is in any case
 * @param parseSpecial whether the text of a special token counts as that token; in a chat it never does
 * @param noBos leaves out the BOS token that the tokenizer adds to a text that is not a chat
 * @param chat values for the chat template
 */
public record PromptForm(boolean raw, boolean parseSpecial, boolean noBos, ChatArguments chat) {
    /** A chat where the model has a format for it. */
    public static final PromptForm CHAT = new PromptForm(false, false, false, ChatArguments.NONE);

    /**
     * A prompt in tokens.
     *
     * @param notes what the user should know
     */
    public record Encoded(int[] ids, List<String> notes) {
        /** Copies the list. */
        public Encoded {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Encodes a text.
     *
     * @throws UserError if the chat template does not take it, or there are values for a template but none is used
     */
    public Encoded encode(String text, Tokenizer tokenizer, Optional<ChatFormat> format) {
        if ((raw || format.isEmpty()) && !chat.isEmpty()) {
            throw new UserError("values for the chat template, or a choice to think or not, need a template: "
                    + (raw ? "the prompt is raw" : "this model has none"));
        }
        if (raw || format.isEmpty()) {
            return plain(text, tokenizer);
        }
        var messages = List.of(new ChatMessage("user", text));
        return new Encoded(format.get().with(chat).encode(tokenizer, messages, true), List.of());
    }

    private Encoded plain(String text, Tokenizer tokenizer) {
        var notes = new ArrayList<String>();
        var rest = text;
        int[] ids = tokenizer.encode(text, true, parseSpecial);
        // The first token is compared by its id, not by name: folders may not name the BOS token that they add.
        var first = ids.length == 0 ? "" : tokenizer.token(ids[0]);
        boolean twice = ids.length > 1 && ids[1] == ids[0];
        boolean written = !first.isEmpty() && text.startsWith(first);
        boolean leftOut = (noBos || twice) && addsOne(ids, text, tokenizer);
        if (leftOut) {
            ids = Arrays.copyOfRange(ids, 1, ids.length);
            if (!noBos) {
                notes.add("the prompt begins with " + first + " itself, so no BOS token was added");
            }
        } else if (written && addsOne(ids, text, tokenizer)) {
            rest = text.substring(first.length());
            ids = tokenizer.encode(rest, true, false);
            notes.add("the prompt begins with " + first + ", which counts as its BOS token");
        }
        if (!parseSpecial && !Arrays.equals(ids, tokenizer.encode(rest, !leftOut, true))) {
            notes.add("text of special tokens in the prompt counts as plain text");
        }
        return new Encoded(ids, notes);
    }

    /** Whether the first of a text's ids is one that the tokenizer puts in front. Long texts take time to encode again. */
    private boolean addsOne(int[] ids, String text, Tokenizer tokenizer) {
        if (ids.length == 0) {
            return false;
        }
        int[] own = tokenizer.encode(text, false, parseSpecial);
        return ids.length > own.length && Arrays.equals(ids, 1, 1 + own.length, own, 0, own.length);
    }
}
