package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tokens of a {@code tokenizer.json}. The native library knows them too but does not give them out.
 *
 * @param kind the model's type: BPE, Unigram, WordPiece, WordLevel
 * @param tokens by id; empty text where an id has no token
 * @param added tokens that are looked for in the text before all else
 */
record Vocabulary(String kind, List<String> tokens, List<AddedToken> added) {

    /**
     * A token that is looked for in the text before all else.
     *
     * @param special whether it is a control token, skipped in decoded text
     * @param normalized whether it is looked for in the normalised text
     */
    record AddedToken(int id, String content, boolean special, boolean normalized) {}

    List<AddedToken> special() {
        return added.stream().filter(AddedToken::special).toList();
    }

    /** Reads token by token: a tree of a large file would hold millions of nodes. */
    static Vocabulary read(String json, String source) {
        try (var parser = JsonMapper.shared().createParser(json)) {
            return new Reader(parser, json.length(), source).read();
        } catch (JacksonException e) {
            throw new UserError(source + ": broken JSON: " + JsonFile.words(e), e);
        }
    }

    private static final class Reader {
        private final JsonParser parser;
        private final int length;
        private final String source;
        private final List<AddedToken> added = new ArrayList<>();
        private final TokenizerJsonCheck check;
        private String kind = "tokenizer";
        private String laterPrefix = "";
        private @Nullable String[] tokens = new String[1 << 10];
        private int size;

        Reader(JsonParser parser, int length, String source) {
            this.parser = parser;
            this.length = length;
            this.source = source;
            check = new TokenizerJsonCheck(source);
        }

        Vocabulary read() {
            expect(parser.nextToken() == JsonToken.START_OBJECT, "is not a JSON object");
            boolean model = false;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "added_tokens" -> readAdded();
                    case "model" -> {
                        readModel();
                        model = true;
                    }
                    case "post_processor" -> check.postProcessor(parser.readValueAsTree());
                    case "decoder" -> check.decoder(parser.readValueAsTree());
                    default -> parser.skipChildren();
                }
            }
            expect(model, "has no field 'model'");
            // Only WordPiece is meant to have one; the library stops the process for BPE rules without it.
            expect(laterPrefix.isEmpty() || kind.equals("WordPiece"), "has a prefix for later pieces of a word");
            for (var token : added) {
                put(token.id(), token.content());
            }
            var known = new String[size];
            for (int i = 0; i < size; i++) {
                var token = tokens[i];
                known[i] = token == null ? "" : token;
            }
            return new Vocabulary(kind, List.of(known), List.copyOf(added));
        }

        private void readModel() {
            expect(parser.currentToken() == JsonToken.START_OBJECT, "field 'model' is not an object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                var value = parser.nextToken();
                if (name.equals("type") && value == JsonToken.VALUE_STRING) {
                    kind = parser.getString();
                } else if (name.equals("continuing_subword_prefix") && value == JsonToken.VALUE_STRING) {
                    laterPrefix = parser.getString();
                } else if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
                    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                        var token = parser.currentName();
                        parser.nextToken();
                        put(id(), token);
                    }
                } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
                    readScored();
                } else {
                    parser.skipChildren();
                }
            }
        }

        /** Unigram: a list of [token, score]; the place in the list is the id. */
        private void readScored() {
            for (int id = 0; parser.nextToken() == JsonToken.START_ARRAY; id++) {
                expect(
                        parser.nextToken() == JsonToken.VALUE_STRING,
                        "field 'model.vocab' has an entry without a token");
                put(id, parser.getString());
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    expect(parser.currentToken() != null, "ends within 'model.vocab'");
                    parser.skipChildren();
                }
            }
        }

        private void readAdded() {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            expect(parser.currentToken() == JsonToken.START_ARRAY, "field 'added_tokens' is not a list");
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                int id = -1;
                String content = null;
                boolean special = false;
                boolean normalized = false;
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    var name = parser.currentName();
                    var value = parser.nextToken();
                    switch (name) {
                        case "id" -> id = id();
                        case "content" -> content = parser.getValueAsString();
                        case "special" -> special = value == JsonToken.VALUE_TRUE;
                        case "normalized" -> normalized = value == JsonToken.VALUE_TRUE;
                        default -> parser.skipChildren();
                    }
                }
                if (id < 0 || content == null) {
                    throw new UserError(source + ": an entry of 'added_tokens' has no id or no content");
                }
                added.add(new AddedToken(id, content, special, normalized));
            }
        }

        /** An id, distrusted: every token takes some letters of the file, so no id can exceed its length. */
        private int id() {
            expect(parser.currentToken() == JsonToken.VALUE_NUMBER_INT, "has a token whose id is not a whole number");
            long id = parser.getNumberType() == JsonParser.NumberType.INT ? parser.getIntValue() : -1;
            expect(id >= 0 && id < length, "has a token with an impossible id " + parser.getString());
            return (int) id;
        }

        private void put(int id, String token) {
            if (id >= tokens.length) {
                tokens = Arrays.copyOf(tokens, Math.max(id + 1, 2 * tokens.length));
            }
            tokens[id] = token;
            size = Math.max(size, id + 1);
        }

        private void expect(boolean condition, String problem) {
            if (!condition) {
                throw new UserError(source + ": broken tokenizer: " + problem);
            }
        }
    }
}
