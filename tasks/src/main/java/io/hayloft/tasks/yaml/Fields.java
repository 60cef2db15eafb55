package io.hayloft.tasks.yaml;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.tasks.yaml.YamlNode.Mapping;
import io.hayloft.tasks.yaml.YamlNode.Place;
import io.hayloft.tasks.yaml.YamlNode.Scalar;
import io.hayloft.tasks.yaml.YamlNode.Sequence;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The keys of a mapping, read one by one. It notes which were asked for: {@link #finish} refuses all others, so that no key that
 * a user mistyped is passed over.
 */
public final class Fields {
    private final String what;
    private final Mapping mapping;
    private final Set<String> asked = new LinkedHashSet<>();

    /**
     * The keys of a node.
     *
     * @param what what has these keys, with its article, such as {@code a task}
     * @throws UserError if the node is not a mapping
     */
    public Fields(YamlNode node, String what) {
        if (!(node instanceof Mapping found)) {
            throw node.place().error(what + " has keys and values, such as name: ...");
        }
        this.mapping = found;
        this.what = what;
    }

    private Optional<YamlNode> node(String key) {
        asked.add(key);
        var node = mapping.fields().get(key);
        return node instanceof Scalar scalar && scalar.text().isEmpty() ? Optional.empty() : Optional.ofNullable(node);
    }

    private <T> T required(String key, Optional<T> value) {
        return value.orElseThrow(() -> mapping.place().error(what + " needs the key '" + key + "'"));
    }

    /** Whether the key is there and has a value. */
    public boolean has(String key) {
        return node(key).isPresent();
    }

    /** Where the value of a key stands, else the mapping. */
    public Place place(String key) {
        var place = mapping.keys().get(key);
        return place == null ? mapping.place() : place;
    }

    /** A text that must be there. */
    public String text(String key) {
        return required(key, node(key).map(node -> scalar(key, node)));
    }

    /** A text, or the given one. */
    public String text(String key, String otherwise) {
        return node(key).map(node -> scalar(key, node)).orElse(otherwise);
    }

    /** A whole number within limits that must be there. */
    public int integer(String key, int least, int most) {
        return required(key, node(key).map(node -> integer(key, node, least, most)));
    }

    /** A whole number within limits, or the given one. */
    public int integer(String key, int least, int most, int otherwise) {
        return node(key).map(node -> integer(key, node, least, most)).orElse(otherwise);
    }

    /** A truth value, or the given one. */
    public boolean flag(String key, boolean otherwise) {
        return node(key)
                .map(node -> switch (scalar(key, node)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw node.place().error("'" + key + "' is true or false");
                })
                .orElse(otherwise);
    }

    /** One of some values by its name, which must be there. */
    public <T> T choice(String key, Map<String, T> values) {
        return required(key, node(key).map(node -> choice(key, node, values)));
    }

    /** One of some values by its name, or the given one. */
    public <T> T choice(String key, Map<String, T> values, T otherwise) {
        return node(key).map(node -> choice(key, node, values)).orElse(otherwise);
    }

    /** The elements of a list, each a number, text or truth value as it is written; the given ones where there is no list. */
    public List<String> list(String key, List<String> otherwise) {
        return node(key).map(node -> elements(key, node)).orElse(otherwise);
    }

    /** The keys and values of a mapping within, all of which are texts; empty where there is none. */
    public Map<String, String> texts(String key) {
        var texts = new LinkedHashMap<String, String>();
        node(key)
                .ifPresent(node -> new Fields(node, "'" + key + "'")
                        .mapping
                        .fields()
                        .forEach((name, value) -> texts.put(name, scalar(name, value))));
        return texts;
    }

    /** The keys of a mapping within; none where there is none. */
    public Fields within(String key) {
        var empty = new Mapping(place(key), Map.of(), Map.of());
        return new Fields(node(key).orElse(empty), "'" + key + "'");
    }

    /** Reads a value with a reader of its own, whose errors then name its place. */
    public <T> T read(String key, Function<String, T> reader) {
        var text = text(key);
        try {
            return reader.apply(text);
        } catch (UserError e) {
            throw place(key).error(e);
        }
    }

    /**
     * Ends reading.
     *
     * @throws UserError if there is a key that nobody asked for
     */
    public void finish() {
        mapping.keys().forEach((key, place) -> {
            if (!asked.contains(key)) {
                throw place.error(Suggest.unknown("key of " + what, key, asked));
            }
        });
    }

    private static String scalar(String key, YamlNode node) {
        if (node instanceof Scalar scalar) {
            return scalar.text();
        }
        throw node.place().error("'" + key + "' has one value, not a list and no keys of its own");
    }

    private static int integer(String key, YamlNode node, int least, int most) {
        var text = scalar(key, node);
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below, with the same words as a number out of range
        }
        throw node.place()
                .error("'" + key + "' is a whole number from " + least + " to " + most + ", not '" + text + "'");
    }

    private static <T> T choice(String key, YamlNode node, Map<String, T> values) {
        var name = scalar(key, node);
        var value = values.get(name);
        if (value == null) {
            throw node.place().error(Suggest.unknown(key, name, known(values.keySet())));
        }
        return value;
    }

    private static Collection<String> known(Collection<String> names) {
        return names.stream().sorted().toList();
    }

    private static List<String> elements(String key, YamlNode node) {
        if (!(node instanceof Sequence list)) {
            throw node.place().error("'" + key + "' is a list: [a, b] on one line, or '- a' on a line for each");
        }
        return list.elements().stream().map(element -> scalar(key, element)).toList();
    }
}
