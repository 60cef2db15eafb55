package io.hayloft.bench.grid;

import io.hayloft.base.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A part of a YAML document that knows its line, so that errors can name the line. */
sealed interface YamlNode {
    /** Line of its beginning, from 1. */
    int line();

    /** Keys in their order, and the line of each. */
    record Mapping(int line, Map<String, YamlNode> fields, Map<String, Integer> keyLines) implements YamlNode {}

    /** Elements of a list. */
    record Sequence(int line, List<YamlNode> elements) implements YamlNode {}

    /** A text, number or truth value as it is written; the empty text for null. */
    record Scalar(int line, String text) implements YamlNode {}

    /**
     * Reads a document of one value.
     *
     * @param file how errors call it
     * @throws UserError if it is no YAML, is empty, or names a key twice
     */
    static YamlNode parse(String file, String text) {
        try (var parser = YAMLMapper.shared().createParser(text)) {
            if (parser.nextToken() == null) {
                throw new UserError(file + " is empty: a grid lists settings, as in grids/default.yaml");
            }
            var node = node(file, parser);
            if (parser.nextToken() != null) {
                throw new UserError(file + ", line " + line(parser) + ": a second document: a grid is one");
            }
            return node;
        } catch (JacksonException e) {
            var where = e.getLocation() == null
                    ? ""
                    : ", line " + Math.max(1, e.getLocation().getLineNr());
            var reason =
                    e.getOriginalMessage().lines().map(String::strip).limit(2).toList();
            throw new UserError(
                    file + where + ": no YAML (" + String.join(", ", reason) + "): mind indentation, colons and quotes",
                    e);
        }
    }

    private static YamlNode node(String file, JsonParser parser) {
        int line = line(parser);
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(file, parser, line);
            case START_ARRAY -> {
                var elements = new java.util.ArrayList<YamlNode>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(node(file, parser));
                }
                yield new Sequence(line, List.copyOf(elements));
            }
            case VALUE_NULL -> new Scalar(line, "");
            default -> new Scalar(line, parser.getString());
        };
    }

    private static Mapping mapping(String file, JsonParser parser, int line) {
        var fields = new LinkedHashMap<String, YamlNode>();
        var lines = new LinkedHashMap<String, Integer>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.currentName();
            int keyLine = line(parser);
            lines.put(key, keyLine);
            parser.nextToken();
            if (fields.put(key, node(file, parser)) != null) {
                throw new UserError(file + ", line " + keyLine + ": '" + key + "' is given twice: remove one");
            }
        }
        return new Mapping(line, fields, lines);
    }

    private static int line(JsonParser parser) {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }
}
