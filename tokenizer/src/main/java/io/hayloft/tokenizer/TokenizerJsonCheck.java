package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * Refuses what the native library would take and later stop the whole process for: it checks the forms of a
 * {@code tokenizer.json}, but not that its parts fit together.
 */
final class TokenizerJsonCheck {
    private final String source;

    /** @param source names the file in errors */
    TokenizerJsonCheck(String source) {
        this.source = source;
    }

    /** Every token that a template puts around a text must be described, and there is one text only. */
    void postProcessor(JsonNode processor) {
        for (var inner : processor.path("processors")) {
            postProcessor(inner);
        }
        // By its fields, not its type: the library guesses by them when the type is unknown.
        if (!processor.has("single") && !processor.has("pair")) {
            return;
        }
        var described = described(processor.path("special_tokens"));
        for (var field : List.of("single", "pair")) {
            for (var piece : pieces(processor.path(field))) {
                var name = piece.path("SpecialToken").path("id").asString("");
                if (piece.has("SpecialToken") && !described.contains(name)) {
                    throw error("field 'post_processor' uses the token '" + name + "' that it does not describe");
                }
                if (field.equals("single")
                        && piece.path("Sequence").path("id").asString("").equals("B")) {
                    throw error("field 'post_processor' wants a second text");
                }
                if (piece.isString()) {
                    shortPiece(piece.asString(), field, described);
                }
            }
        }
    }

    /** The short form: {@code $A}, {@code $B:1}, {@code [SEP]}, {@code [SEP]:1}. */
    private void shortPiece(String piece, String field, Set<String> described) {
        int colon = piece.lastIndexOf(':');
        var name = colon > 0 ? piece.substring(0, colon) : piece;
        if (name.startsWith("$")) {
            if (field.equals("single") && name.startsWith("$B")) {
                throw error("field 'post_processor' wants a second text");
            }
        } else if (!described.contains(name) && !described.contains(piece)) {
            throw error("field 'post_processor' uses the token '" + name + "' that it does not describe");
        }
    }

    private static List<JsonNode> pieces(JsonNode template) {
        var pieces = new ArrayList<JsonNode>();
        if (template.isString()) {
            for (var word : template.asString().strip().split("\\s+", -1)) {
                pieces.add(StringNode.valueOf(word));
            }
        } else {
            template.forEach(pieces::add);
        }
        return pieces;
    }

    private static Set<String> described(JsonNode tokens) {
        var names = new HashSet<>(tokens.propertyNames());
        if (tokens.isArray()) {
            for (var token : tokens) {
                names.add(
                        token.isArray()
                                ? token.path(0).asString("")
                                : token.path("id").asString(""));
            }
        }
        return names;
    }

    void decoder(JsonNode decoder) {
        for (var inner : decoder.path("decoders")) {
            decoder(inner);
        }
        if (decoder.path("type").asString("").equals("Strip")
                && decoder.path("stop").asLong(0) != 0) {
            throw error("field 'decoder' strips letters from the end of tokens, which is not supported");
        }
    }

    private UserError error(String problem) {
        return new UserError(source + ": broken tokenizer: " + problem);
    }
}
