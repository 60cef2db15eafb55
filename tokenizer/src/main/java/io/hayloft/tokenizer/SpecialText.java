package io.hayloft.tokenizer;

import io.hayloft.tokenizer.Vocabulary.AddedToken;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What it takes to read the text of special tokens, such as {@code <|im_end|>}, as plain text. */
final class SpecialText {
    private final Set<String> texts = new HashSet<>();
    /** Lengths of special tokens by their first letter. */
    private final Map<Character, TreeSet<Integer>> lengths = new HashMap<>();

    private final boolean anywhere;

    SpecialText(List<AddedToken> special) {
        // A token that is looked for in the normalised text may stand there in another spelling.
        anywhere = special.stream().anyMatch(AddedToken::normalized);
        for (var token : special) {
            var text = token.content();
            if (!text.isEmpty()) {
                texts.add(text);
                lengths.computeIfAbsent(text.charAt(0), first -> new TreeSet<>())
                        .add(text.length());
            }
        }
    }

    /** Whether the text of a special token may stand in this text. */
    boolean mayStandIn(String text) {
        if (anywhere) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            var possible = lengths.get(text.charAt(i));
            if (possible != null) {
                for (int length : possible) {
                    if (i + length <= text.length() && texts.contains(text.substring(i, i + length))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * The {@code tokenizer.json} of the same tokenizer, blind to special tokens: they keep their ids but get names that no
     * text contains, so that neither the search for added tokens nor the model finds them.
     */
    String blind(String json) {
        var root = (ObjectNode) JsonMapper.shared().readTree(json);
        for (var token : root.path("added_tokens")) {
            if (token.path("special").asBoolean()) {
                var content = token.path("content").asString();
                ((ObjectNode) token).put("content", rename(content));
            }
        }
        var model = (ObjectNode) root.path("model");
        var unknown = model.path("unk_token");
        if (unknown.isString() && texts.contains(unknown.asString())) {
            model.put("unk_token", rename(unknown.asString()));
        }
        if (model.path("vocab") instanceof ObjectNode ids) {
            for (var text : texts) {
                var id = ids.remove(text);
                if (id != null) {
                    ids.set(rename(text), id);
                }
            }
        } else {
            for (var entry : model.path("vocab")) {
                if (texts.contains(entry.path(0).asString())) {
                    ((ArrayNode) entry).set(0, rename(entry.path(0).asString()));
                }
            }
        }
        if (model.path("merges") instanceof ArrayNode merges) {
            merges.removeIf(this::touchesSpecial);
        }
        return root.toString();
    }

    private boolean touchesSpecial(JsonNode merge) {
        var pair = merge.isString()
                ? merge.asString().split(" ", 2)
                : new String[] {merge.path(0).asString(), merge.path(1).asString()};
        return pair.length == 2
                && (texts.contains(pair[0]) || texts.contains(pair[1]) || texts.contains(pair[0] + pair[1]));
    }

    /** A name for a special token that no text contains: noncharacters stand around it. */
    static String rename(String special) {
        return "\uFDD0" + special + "\uFDD1";
    }
}
