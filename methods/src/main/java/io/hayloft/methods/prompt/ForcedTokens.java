package io.hayloft.methods.prompt;

import io.hayloft.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The forced tokens that the tokenizer of an encoder does not have as one token. The original puts added tokens ({@code
 * [NEW0]}, {@code [NEW1]}, ...) into the text in their place; here each is a character that no text may hold.
 */
final class ForcedTokens {
    /** Unicode sets so many characters aside for use inside a program. */
    static final int MOST = 32;

    private static final char FIRST = '\uFDD0';

    private final List<String> texts;
    private final Map<Character, Integer> ids = new TreeMap<>();

    /**
     * @param end one more than the highest id that the encoder has a vector for
     * @param unknown id of a token that it has none for
     */
    ForcedTokens(List<String> texts, Tokenizer tokenizer, Map<String, Integer> vocabulary, int end, int unknown) {
        this.texts = texts;
        for (int i = 0; i < texts.size(); i++) {
            if (tokenizer.pieces(texts.get(i)).size() != 1) {
                // the original adds the tokens behind the others where the files lack them
                int id = vocabulary.getOrDefault("[NEW" + i + "]", tokenizer.vocabularySize() + i);
                ids.put((char) (FIRST + i), id < end ? id : unknown);
            }
        }
    }

    /** The text with each of these tokens as one character. */
    String mark(String text) {
        var marked = text;
        for (char sign = FIRST; sign < FIRST + MOST; sign++) {
            marked = marked.replace(sign, '\uFFFD');
        }
        for (char sign : ids.keySet()) {
            marked = marked.replace(texts.get(sign - FIRST), String.valueOf(sign));
        }
        return marked;
    }

    /** The text that was marked. */
    String unmark(String marked) {
        var text = marked;
        for (char sign : ids.keySet()) {
            text = text.replace(String.valueOf(sign), texts.get(sign - FIRST));
        }
        return text;
    }

    /** Whether a token is the sign of one of these. */
    boolean isSign(String token) {
        return token.length() == 1 && ids.containsKey(token.charAt(0));
    }

    /** The id of a sign. */
    int id(String sign) {
        var id = ids.get(sign.charAt(0));
        if (id == null) {
            throw new IllegalArgumentException("no sign of a forced token");
        }
        return id;
    }

    /** The marked text cut into signs and what stands between them, without empty parts. */
    List<String> parts(String marked) {
        var parts = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < marked.length(); i++) {
            if (ids.containsKey(marked.charAt(i))) {
                if (start < i) {
                    parts.add(marked.substring(start, i));
                }
                parts.add(marked.substring(i, i + 1));
                start = i + 1;
            }
        }
        if (start < marked.length()) {
            parts.add(marked.substring(start));
        }
        return parts;
    }

    /** Whether a bare token is forced. */
    boolean isForced(String bare) {
        return texts.contains(bare) || isSign(bare);
    }
}
