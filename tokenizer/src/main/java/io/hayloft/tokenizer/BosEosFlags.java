package io.hayloft.tokenizer;

import io.hayloft.base.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokens that transformers 4 puts around a text for tokenizer classes that follow {@code add_bos_token} and
 * {@code add_eos_token} of {@code tokenizer_config.json}. For these it builds the post-processor anew and never looks at
 * that of {@code tokenizer.json}; all other classes take the one of the file and ignore the flags. (transformers 5 ignores
 * them for all classes that it reads from {@code tokenizer.json}, whatever the model was made with.)
 *
 * @param bos id and text of the BOS token to add, if any
 * @param eos the same of the EOS token
 */
record BosEosFlags(Optional<Added> bos, Optional<Added> eos) {
    /** A token to add. */
    record Added(int id, String text) {}

    /**
     * The properties of classes that follow the flags. None adds an EOS token unless the flag says so.
     *
     * @param classes names, with or without "Fast" behind
     * @param models types of models (config.json) that have this class if no file names one
     * @param addsBos whether a BOS token is added if no flag says otherwise
     * @param bos the BOS token if no file names one
     * @param eos the same of the EOS token
     */
    private record Following(List<String> classes, List<String> models, boolean addsBos, String bos, String eos) {}

    private static final List<Following> FOLLOWING = List.of(
            new Following(
                    List.of("LlamaTokenizer", "CodeLlamaTokenizer"),
                    List.of("llama", "mistral", "phi3", "jamba"),
                    true,
                    "<s>",
                    "</s>"),
            new Following(
                    List.of("GemmaTokenizer"),
                    List.of("gemma", "gemma2", "gemma3", "gemma3_text", "recurrent_gemma"),
                    true,
                    "<bos>",
                    "<eos>"),
            new Following(
                    List.of("CohereTokenizer"),
                    List.of("cohere", "cohere2"),
                    true,
                    "<BOS_TOKEN>",
                    "<|END_OF_TURN_TOKEN|>"),
            new Following(
                    List.of("GPTNeoXTokenizer"),
                    List.of("gpt_neox", "olmo2", "stablelm", "mamba", "mamba2"),
                    false,
                    "<|endoftext|>",
                    "<|endoftext|>"));

    /** The flags of a folder; empty if its class follows the post-processor of {@code tokenizer.json}. */
    static Optional<BosEosFlags> fromFolder(Path folder, Vocabulary vocabulary) {
        var file = folder.resolve("tokenizer_config.json");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var config = JsonFile.read(file);
        return following(config, folder).map(kind -> {
            var map = EndTokens.read(folder, "special_tokens_map.json");
            return new BosEosFlags(
                    added(config, map, "bos", kind.addsBos, kind.bos, vocabulary, file),
                    added(config, map, "eos", false, kind.eos, vocabulary, file));
        });
    }

    /** By the class that a file names; without one, by the type of the model if there are flags to follow. */
    private static Optional<Following> following(JsonNode config, Path folder) {
        var model = EndTokens.read(folder, "config.json");
        var name = config.path("tokenizer_class")
                .asString(model.path("tokenizer_class").asString(""));
        if (!name.isEmpty()) {
            var slow = name.endsWith("Fast") ? name.substring(0, name.length() - "Fast".length()) : name;
            return FOLLOWING.stream()
                    .filter(kind -> kind.classes.contains(slow))
                    .findFirst();
        }
        boolean flags = config.has("add_bos_token") || config.has("add_eos_token");
        var type = model.path("model_type").asString("");
        return FOLLOWING.stream()
                .filter(kind -> flags && kind.models.contains(type))
                .findFirst();
    }

    private static Optional<Added> added(
            JsonNode config,
            JsonNode map,
            String token,
            boolean byDefault,
            String usual,
            Vocabulary vocabulary,
            Path file) {
        var flag = config.path("add_" + token + "_token");
        if (!(flag.isBoolean() ? flag.asBoolean() : byDefault)) {
            return Optional.empty();
        }
        var field = token + "_token";
        var named = config.has(field) ? config.path(field) : map.path(field);
        var text = EndTokens.text(named);
        if (text.isEmpty() && named.isMissingNode() && vocabulary.tokens().contains(usual)) {
            text = usual;
        }
        if (text.isEmpty()) {
            if (flag.isBoolean()) {
                throw new UserError(file + ": field 'add_" + field + "' is true, but there is no field '" + field
                        + "' that names the token");
            }
            return Optional.empty();
        }
        int id = vocabulary.tokens().lastIndexOf(text);
        if (id < 0) {
            throw new UserError(
                    file + ": field '" + field + "' is '" + text + "', which is not a token of tokenizer.json");
        }
        return Optional.of(new Added(id, text));
    }

    /** The text of a {@code tokenizer.json}, with the post-processor of these flags where there are any. */
    static String apply(Optional<BosEosFlags> flags, String json) {
        return flags.map(given -> given.replaceIn(json)).orElse(json);
    }

    /** Only the one field is written anew: a large file is millions of nodes. */
    private String replaceIn(String json) {
        var field = "\"post_processor\":" + postProcessor();
        int open = json.indexOf('{') + 1;
        try (var parser = JsonMapper.shared().createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                int from = (int) parser.currentTokenLocation().getCharOffset();
                boolean found = parser.currentName().equals("post_processor");
                parser.nextToken();
                parser.skipChildren();
                if (found) {
                    parser.finishToken();
                    int to = (int) parser.currentLocation().getCharOffset();
                    return json.substring(0, from) + field + json.substring(to);
                }
            }
        } catch (JacksonException e) {
            throw new IllegalStateException("the file was read before", e);
        }
        return json.substring(0, open) + field + "," + json.substring(open);
    }

    private ObjectNode postProcessor() {
        var nodes = JsonNodeFactory.instance;
        var single = nodes.arrayNode();
        var described = nodes.objectNode();
        bos.ifPresent(token -> single.add(part(token, described)));
        single.add(nodes.objectNode().set("Sequence", reference("A")));
        eos.ifPresent(token -> single.add(part(token, described)));
        var pair = nodes.arrayNode();
        for (var text : List.of("A", "B")) {
            pair.add(nodes.objectNode().set("Sequence", reference(text)));
        }
        var processor = nodes.objectNode().put("type", "TemplateProcessing");
        processor.set("single", single);
        processor.set("pair", pair);
        processor.set("special_tokens", described);
        return processor;
    }

    private static ObjectNode part(Added token, ObjectNode described) {
        var nodes = JsonNodeFactory.instance;
        var description = nodes.objectNode().put("id", token.text);
        description.set("ids", nodes.arrayNode().add(token.id));
        description.set("tokens", nodes.arrayNode().add(token.text));
        described.set(token.text, description);
        return nodes.objectNode().set("SpecialToken", reference(token.text));
    }

    private static ObjectNode reference(String id) {
        return JsonNodeFactory.instance.objectNode().put("id", id).put("type_id", 0);
    }
}
