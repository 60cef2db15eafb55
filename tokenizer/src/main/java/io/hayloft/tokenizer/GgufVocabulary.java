package io.hayloft.tokenizer;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.tokenizer.Vocabulary.AddedToken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The {@code tokenizer.ggml.*} metadata of a GGUF file, every list checked for type and length. */
final class GgufVocabulary {
    /** Kinds of tokens as {@code tokenizer.ggml.token_type} numbers them. */
    static final int NORMAL = 1;

    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;

    private static final String PREFIX = "tokenizer.ggml.";

    private final Map<String, Object> metadata;
    private final String source;
    private final String[] tokens;
    private final int[] types;
    private final TokenIndex ids;

    GgufVocabulary(Map<String, Object> metadata, String source) {
        this.metadata = metadata;
        this.source = source;
        if (!metadata.containsKey(PREFIX + "tokens")) {
            throw error("holds no tokenizer (no field " + PREFIX + "tokens): use a file converted with its vocabulary");
        }
        tokens = list("tokens", String.class, -1).toArray(String[]::new);
        types = new int[tokens.length];
        Arrays.fill(types, NORMAL);
        if (metadata.containsKey(PREFIX + "token_type")) {
            var given = list("token_type", Number.class, tokens.length);
            for (int i = 0; i < types.length; i++) {
                types[i] = given.get(i).intValue();
            }
        }
        ids = index();
    }

    private GgufVocabulary(GgufVocabulary other, String[] tokens) {
        metadata = other.metadata;
        source = other.source;
        this.tokens = tokens;
        types = other.types;
        ids = index();
    }

    /** Of tokens with the same text one that is looked for in texts before all else wins, then the last. */
    private TokenIndex index() {
        var index = new TokenIndex(tokens);
        for (int id = 0; id < tokens.length; id++) {
            int before = index.put(id);
            if (before >= 0 && (isAdded(id) || !isAdded(before))) {
                index.replace(id);
            }
        }
        return index;
    }

    /** The same vocabulary with names for its special tokens that no text contains. */
    GgufVocabulary blind() {
        var renamed = tokens.clone();
        for (int id = 0; id < tokens.length; id++) {
            if (isSpecial(id)) {
                renamed[id] = SpecialText.rename(tokens[id]);
            }
        }
        return new GgufVocabulary(this, renamed);
    }

    /** The kind of the vocabulary: {@code gpt2} is byte-level BPE, {@code llama} SentencePiece with scores. */
    String model() {
        return text("model");
    }

    int size() {
        return tokens.length;
    }

    String token(int id) {
        return tokens[id];
    }

    int type(int id) {
        return types[id];
    }

    /** Whether another token has the same text and is what the text is read as. */
    boolean isShadowed(int id) {
        return ids.id(tokens[id]) != id;
    }

    /** Of each shadowed token, the one with the same text that texts are read as. */
    Map<Integer, Integer> twins() {
        var twins = new HashMap<Integer, Integer>();
        for (int id = 0; id < tokens.length; id++) {
            if (isShadowed(id)) {
                twins.put(id, ids.id(tokens[id]));
            }
        }
        return twins;
    }

    /** Whether the token counts as itself wherever its text stands: control tokens and the user's own. */
    boolean isAdded(int id) {
        return (isSpecial(id) || types[id] == USER_DEFINED) && !tokens[id].isEmpty();
    }

    boolean isSpecial(int id) {
        return types[id] == CONTROL || types[id] == UNKNOWN;
    }

    /** The same in the terms of a {@code tokenizer.json}. */
    Vocabulary vocabulary() {
        var added = new ArrayList<AddedToken>();
        for (int id = 0; id < tokens.length; id++) {
            if (isAdded(id) && !isShadowed(id)) {
                added.add(new AddedToken(id, tokens[id], isSpecial(id), false));
            }
        }
        return new Vocabulary("BPE", List.of(tokens), added);
    }

    /** The id of a token, or -1. */
    int id(String token) {
        return ids.id(token);
    }

    /** The id of a part of a text, or -1; {@code hash} is the part's {@link String#hashCode}. */
    int id(String text, int from, int to, int hash) {
        return ids.id(text, from, to, hash);
    }

    float[] scores() {
        var given = list("scores", Number.class, tokens.length);
        var scores = new float[tokens.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = given.get(i).floatValue();
        }
        return scores;
    }

    List<String> merges() {
        return metadata.containsKey(PREFIX + "merges") ? list("merges", String.class, -1) : List.of();
    }

    /** A field that must be there and be text. */
    String text(String field) {
        return switch (metadata.get(PREFIX + field)) {
            case String text -> text;
            case null -> throw error("has no field " + PREFIX + field + ": convert the model again with current tools");
            default -> throw error("field " + PREFIX + field + " is not text");
        };
    }

    boolean flag(String field, boolean otherwise) {
        return switch (metadata.get(PREFIX + field)) {
            case Boolean flag -> flag;
            case null -> otherwise;
            default -> throw error("field " + PREFIX + field + " is neither true nor false");
        };
    }

    /** The id in such a field as {@code bos_token_id}, or -1. */
    int special(String field) {
        var value = metadata.get(PREFIX + field);
        if (value == null) {
            return -1;
        }
        if (!(value instanceof Long id)) {
            throw error("field " + PREFIX + field + " is not a whole number");
        }
        // Some converters write 2^32 - 1 for "none".
        if (id == 0xFFFF_FFFFL || id == -1) {
            return -1;
        }
        if (id < 0 || id >= tokens.length) {
            throw error("field " + PREFIX + field + " names token " + id + " of a vocabulary of " + tokens.length);
        }
        return id.intValue();
    }

    /** Whether such a field is there and says that there is no token. */
    boolean saysNone(String field) {
        return metadata.containsKey(PREFIX + field) && special(field) < 0;
    }

    UserError error(String problem) {
        return FileError.of(source, problem);
    }

    private <T> List<T> list(String field, Class<T> type, int length) {
        if (!(metadata.get(PREFIX + field) instanceof List<?> values)) {
            throw error("has no list " + PREFIX + field);
        }
        if (length >= 0 && values.size() != length) {
            throw error("field " + PREFIX + field + " has " + values.size() + " entries, not one for each of the "
                    + length + " tokens");
        }
        for (var value : values) {
            if (!type.isInstance(value)) {
                throw error("field " + PREFIX + field + " holds entries of the wrong type");
            }
        }
        @SuppressWarnings("unchecked") // every entry was checked above
        var checked = (List<T>) values;
        return checked;
    }
}
