package io.hayloft.tasks.yaml;

import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A part of a YAML document that knows its place, so that errors can name file and line. */
public sealed interface YamlNode {
    /** Where it begins. */
    Place place();

    /**
     * A line of a file.
     *
     * @param file how errors call it
     * @param line from 1
     */
    record Place(String file, int line) {
        /** The error for what is wrong here. */
        public UserError error(String what) {
            return new UserError(this + ": " + what);
        }

        /** The same error, which names this place. */
        public UserError error(UserError cause) {
            return new UserError(this + ": " + cause.getMessage(), cause);
        }

        @Override
        public String toString() {
            return file + ", line " + line;
        }
    }

    /** Keys in their order, and the place of each. */
    record Mapping(Place place, Map<String, YamlNode> fields, Map<String, Place> keys) implements YamlNode {}

    /** Elements of a list. */
    record Sequence(Place place, List<YamlNode> elements) implements YamlNode {}

    /** A text, number or truth value as it is written; the empty text for null. */
    record Scalar(Place place, String text) implements YamlNode {}

    /**
     * Reads a document of one value.
     *
     * @param file how errors call it
     * @param hint what the file should hold, for the error that it is empty
     * @throws UserError if it is not YAML, is empty, or names a key twice
     */
    static YamlNode parse(String file, String text, String hint) {
        try (var parser = YAMLMapper.shared().createParser(text)) {
            if (parser.nextToken() == null) {
                throw new UserError(file + " is empty: " + hint);
            }
            var node = node(file, parser);
            if (parser.nextToken() != null) {
                throw place(file, parser).error("a second document: a file holds one");
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
        var place = place(file, parser);
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(file, parser, place);
            case START_ARRAY -> {
                var elements = new ArrayList<YamlNode>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(node(file, parser));
                }
                yield new Sequence(place, List.copyOf(elements));
            }
            case VALUE_NULL -> new Scalar(place, "");
            default -> new Scalar(place, parser.getString());
        };
    }

    private static Mapping mapping(String file, JsonParser parser, Place place) {
        var fields = new LinkedHashMap<String, YamlNode>();
        var keys = new LinkedHashMap<String, Place>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.currentName();
            var keyPlace = place(file, parser);
            keys.put(key, keyPlace);
            parser.nextToken();
            if (fields.put(key, node(file, parser)) != null) {
                throw keyPlace.error("'" + key + "' is given twice: remove one");
            }
        }
        return new Mapping(place, fields, keys);
    }

    private static Place place(String file, JsonParser parser) {
        return new Place(file, Math.max(1, parser.currentTokenLocation().getLineNr()));
    }
}
