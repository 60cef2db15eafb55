package io.hayloft.tokenizer;

import io.hayloft.tokenizer.Vocabulary.AddedToken;
import io.hayloft.tokenizer.template.Rendered;
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

/** Reads the text of special tokens, such as {@code <|im_end|>}, as plain text. */
final class SpecialText {
    /** Starts the name of a special token that no text contains; noncharacters stand around it. */
    private static final char NAME_START = '\uFDD0';

    private static final char NAME_END = '\uFDD1';

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
        return anywhere || mayStandIn(text, 0, text.length());
    }

    /** Whether the text of a special token may stand in the contents of messages, or partly in them. */
    boolean mayStandInContent(Rendered chat) {
        int longest = texts.stream().mapToInt(String::length).max().orElse(0);
        for (var span : chat.content()) {
            int from = Math.max(0, span.from() - longest + 1);
            for (int i = from; !anywhere && i < span.to(); i++) {
                int length = longest(chat.text(), i, chat.text().length());
                if (i + length > span.from() && length > 0) {
                    return true;
                }
            }
        }
        return anywhere && !chat.content().isEmpty();
    }

    private boolean mayStandIn(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (longest(text, i, to) > 0) {
                return true;
            }
        }
        return false;
    }

    /** The length of the longest special token that stands at a place and ends by {@code to}, or 0. */
    private int longest(String text, int place, int to) {
        var possible = lengths.get(text.charAt(place));
        if (possible != null) {
            for (int length : possible.descendingSet()) {
                if (place + length <= to && texts.contains(text.substring(place, place + length))) {
                    return length;
                }
            }
        }
        return 0;
    }

    /** The text for a tokenizer that is blind to special tokens, without what could pass for one of their new names. */
    static String plain(String text) {
        return text.replace(NAME_START, '\uFFFD');
    }

    /** The chat for a tokenizer that is blind to special tokens: those of the template bear their new names. */
    String renamed(Rendered chat) {
        var out = new StringBuilder();
        int at = 0;
        for (var span : chat.content()) {
            rename(chat.text(), at, span.from(), out);
            out.append(plain(chat.text().substring(span.from(), span.to())));
            at = span.to();
        }
        rename(chat.text(), at, chat.text().length(), out);
        return out.toString();
    }

    private void rename(String text, int from, int to, StringBuilder out) {
        int i = from;
        while (i < to) {
            int length = longest(text, i, to);
            if (length > 0) {
                out.append(rename(text.substring(i, i + length)));
            } else {
                out.append(plain(text.substring(i, i + 1)));
            }
            i += Math.max(1, length);
        }
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

    /** A name for a special token that no text contains. */
    static String rename(String special) {
        return NAME_START + special + NAME_END;
    }
}
