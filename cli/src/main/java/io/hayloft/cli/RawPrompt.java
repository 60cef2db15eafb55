package io.hayloft.cli;

import io.hayloft.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The ids of a prompt without a chat format. A text that begins with the BOS token itself does not get a second one.
 *
 * @param note what the user should know, if anything
 */
record RawPrompt(int[] ids, Optional<String> note) {
    /**
     * Encodes a text.
     *
     * @param parseSpecial whether the text of a special token counts as that token
     * @param noBos leaves out the BOS token that the tokenizer adds
     */
    static RawPrompt encode(String text, Tokenizer tokenizer, boolean parseSpecial, boolean noBos) {
        int[] ids = tokenizer.encode(text, true, parseSpecial);
        int bos = tokenizer.bosId().orElse(ids.length == 0 ? -1 : ids[0]); // folders may not name the one they add
        boolean begins = ids.length > 0 && ids[0] == bos;
        boolean twice = begins && ids.length > 1 && ids[1] == bos;
        if (!begins || !(noBos || twice)) {
            return new RawPrompt(ids, Optional.empty());
        }
        int[] own = tokenizer.encode(text, false, parseSpecial);
        boolean added = ids.length > own.length && Arrays.equals(ids, 1, 1 + own.length, own, 0, own.length);
        if (!added) { // the BOS tokens are the text's own
            return new RawPrompt(ids, Optional.empty());
        }
        var note = noBos
                ? Optional.<String>empty()
                : Optional.of("the prompt begins with " + tokenizer.token(bos) + " itself, so no BOS token was added");
        return new RawPrompt(Arrays.copyOfRange(ids, 1, ids.length), note);
    }
}
