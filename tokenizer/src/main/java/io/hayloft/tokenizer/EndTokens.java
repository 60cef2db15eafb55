package io.hayloft.tokenizer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The tokens between which a text stands.
 *
 * @param bos the BOS token, or -1
 * @param eos the end tokens, the chief one first
 */
record EndTokens(int bos, List<Integer> eos) {
    EndTokens {
        eos = List.copyOf(new LinkedHashSet<>(eos));
    }

    /**
     * The EOS tokens in the files of a Hugging Face folder: the texts in {@code tokenizer_config.json} and
     * {@code special_tokens_map.json} go before the ids in {@code generation_config.json} and {@code config.json}; end
     * tokens of all files count, since a model may end its answer with any of them.
     */
    static EndTokens fromFolder(Path folder, Vocabulary vocabulary) {
        var tokenizer = read(folder, "tokenizer_config.json");
        var map = read(folder, "special_tokens_map.json");
        var generation = read(folder, "generation_config.json");
        var config = read(folder, "config.json");

        var bos = new ArrayList<Integer>();
        addNamed(bos, tokenizer.path("bos_token"), vocabulary);
        addNamed(bos, map.path("bos_token"), vocabulary);
        // An explicit null says that the model has none; config.json often keeps a leftover id.
        if (!tokenizer.path("bos_token").isNull()) {
            addIds(bos, generation.path("bos_token_id"));
            addIds(bos, config.path("bos_token_id"));
        }
        var eos = new ArrayList<Integer>();
        addNamed(eos, tokenizer.path("eos_token"), vocabulary);
        addNamed(eos, map.path("eos_token"), vocabulary);
        addIds(eos, generation.path("eos_token_id"));
        addIds(eos, config.path("eos_token_id"));
        return new EndTokens(bos.isEmpty() ? -1 : bos.getFirst(), eos);
    }

    /** A JSON file of the folder; a missing node if it is not there. */
    static JsonNode read(Path folder, String name) {
        var file = folder.resolve(name);
        return Files.isRegularFile(file) ? JsonFile.read(file) : MissingNode.getInstance();
    }

    /** The text of a token: a string, or an object with the string in {@code content}. */
    static String text(JsonNode token) {
        return token.isObject() ? token.path("content").asString("") : token.isString() ? token.asString() : "";
    }

    private static void addNamed(List<Integer> ids, JsonNode token, Vocabulary vocabulary) {
        var text = text(token);
        if (text.isEmpty()) {
            return;
        }
        // From the end: a tokenizer may hold the text twice, and added tokens come last.
        int id = vocabulary.tokens().lastIndexOf(text);
        if (id >= 0) {
            ids.add(id);
        }
    }

    private static void addIds(List<Integer> ids, JsonNode value) {
        if (value.canConvertToInt() && value.isIntegralNumber() && value.asInt() >= 0) {
            ids.add(value.asInt());
        }
        for (var item : value) {
            addIds(ids, item);
        }
    }
}
