package io.hayloft.tasks.definition;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.yaml.Fields;
import io.hayloft.tasks.yaml.YamlNode;
import io.hayloft.tasks.yaml.YamlNode.Mapping;
import io.hayloft.tasks.yaml.YamlNode.Scalar;
import io.hayloft.tasks.yaml.YamlNode.Sequence;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The content of a YAML file about a task, with all that it inherits by {@code extends}. The part that every task has is read here; the class that
 * runs the task reads the rest from {@link #fields} and {@link #parameters}, and then calls {@link #finish}. The keys are
 * explained in {@code docs/add-a-task.md}.
 */
public final class Definition {
    /** The protocols of runs, by the names that users write. */
    public static final List<String> PROTOCOLS =
            List.of("question-aware", "question-agnostic", "other-question", "all");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,79}");
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,31}");

    private static final Map<String, Category> CATEGORIES = byName(Category.values(), Category::label);
    private static final Map<String, Metric> METRICS = byName(Metric.values(), Metric::word);

    private final Mapping mapping;
    private final @Nullable Path folder;
    private final Fields fields;
    private final Fields parameters;
    private final String name;
    private final String version;
    private final String about;
    private final String measures;
    private final Category category;
    private final Metric metric;
    private final @Nullable String protocol;

    /**
     * Reads what every task has.
     *
     * @param mapping all keys, {@code extends} resolved
     * @param folder the folder of a user's file; null for a task that comes with Hayloft
     * @throws UserError with file, line and key, if something is missing or wrong
     */
    Definition(Mapping mapping, @Nullable Path folder) {
        this.mapping = mapping;
        this.folder = folder;
        this.fields = new Fields(mapping, "a task");
        this.name = matching("name", NAME);
        this.version = matching("version", VERSION);
        this.about = fields.text("about").strip();
        this.measures = fields.text("measures", "").strip();
        this.category = fields.choice("category", CATEGORIES);
        this.metric = fields.choice("metric", METRICS);
        this.protocol = fields.has("protocol")
                ? fields.choice("protocol", byName(PROTOCOLS.toArray(new String[0]), text -> text))
                : null;
        this.parameters = fields.within("parameters");
    }

    private static <T> Map<String, T> byName(T[] values, Function<T, String> name) {
        return Arrays.stream(values).collect(Collectors.toMap(name, value -> value));
    }

    private String matching(String key, Pattern form) {
        var text = fields.text(key);
        if (!form.matcher(text).matches()) {
            throw fields.place(key)
                    .error("'" + key + "' is made of letters, digits, dots, hyphens and underscores, not '" + text
                            + "'");
        }
        return text;
    }

    /** The task's name. */
    public String name() {
        return name;
    }

    /** Changes whenever prompts, the rules of answers, or scores do. */
    public String version() {
        return version;
    }

    /** One line: what the task asks. */
    public String about() {
        return about;
    }

    /** Says in a few sentences what the task measures; may be empty. */
    public String measures() {
        return measures;
    }

    /** The kind of work. */
    public Category category() {
        return category;
    }

    /** The metric that scores an answer. */
    public Metric metric() {
        return metric;
    }

    /** Where the question stands when methods compress, if a run does not say: one of {@link #PROTOCOLS}. */
    public @Nullable String protocol() {
        return protocol;
    }

    /** All keys. */
    public Fields fields() {
        return fields;
    }

    /** The arguments of the task's generator: the keys within {@code parameters}. */
    public Fields parameters() {
        return parameters;
    }

    /** The folder of a user's file; null for a task that comes with Hayloft. */
    public @Nullable Path folder() {
        return folder;
    }

    /**
     * Ends reading.
     *
     * @throws UserError if there is a key that no part of the task takes
     */
    public void finish() {
        fields.finish();
        parameters.finish();
    }

    /** Everything that was read as one line of JSON, which is YAML too: {@link Definitions#ofText} reads it again. */
    public String text() {
        return JsonMapper.shared().writeValueAsString(json(mapping));
    }

    private static JsonNode json(YamlNode node) {
        var factory = JsonNodeFactory.instance;
        return switch (node) {
            case Scalar scalar -> factory.stringNode(scalar.text());
            case Sequence list -> {
                var array = factory.arrayNode();
                list.elements().forEach(element -> array.add(json(element)));
                yield array;
            }
            case Mapping inner -> {
                var object = factory.objectNode();
                inner.fields().forEach((key, value) -> object.set(key, json(value)));
                yield object;
            }
        };
    }
}
