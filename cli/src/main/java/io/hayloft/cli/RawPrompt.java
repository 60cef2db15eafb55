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
        int[] own = tokenizer.encode(text, false, parseSpecial);
        int bos = tokenizer.bosId().orElse(-1);
        boolean added =
                ids.length > own.length && ids[0] == bos && Arrays.equals(ids, 1, 1 + own.length, own, 0, own.length);
        boolean twice = added && own.length > 0 && own[0] == bos;
        if (!added || !(noBos || twice)) {
            return new RawPrompt(ids, Optional.empty());
        }
        var note = noBos
                ? Optional.<String>empty()
                : Optional.of("the prompt begins with " + tokenizer.token(bos) + " itself, so no BOS token was added");
        return new RawPrompt(Arrays.copyOfRange(ids, 1, ids.length), note);
    }
}
