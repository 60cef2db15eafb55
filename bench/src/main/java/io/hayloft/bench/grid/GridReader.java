package io.hayloft.bench.grid;

import io.hayloft.base.Sizes;
import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.bench.CacheTypes;
import io.hayloft.bench.Protocol;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.registry.Tasks;
import io.hayloft.tasks.yaml.YamlNode;
import io.hayloft.tasks.yaml.YamlNode.Mapping;
import io.hayloft.tasks.yaml.YamlNode.Scalar;
import io.hayloft.tasks.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a grid file. Its form is explained at the head of {@code grids/paper.yaml} and in {@code docs/grids.md}; every
 * error names file and line.
 */
final class GridReader {
    private static final List<String> OPTIONS =
            List.of("tasks", "lengths", "samples", "seed", "protocol", "limit-tokens", "max-new-tokens", "cache-type");
    private static final List<String> GRID_KEYS = with(OPTIONS, "about", "settings", "models");
    private static final List<String> MODEL_KEYS = with(OPTIONS, "name", "source", "settings");
    private static final List<String> SETTING_KEYS = List.of("method", "label", "ratio", "needle-method", "left-out");

    private final String file;

    private GridReader(String file) {
        this.file = file;
    }

    /**
     * Reads the text of a grid.
     *
     * @param name how messages call it
     * @throws UserError with the line, if it is not YAML, has an unknown key, or names what does not exist
     */
    static Grid read(String name, String text) {
        return new GridReader(name).grid(YamlNode.parse(name, text, "a grid lists settings, as in grids/default.yaml"));
    }

    private static List<String> with(List<String> keys, String... more) {
        return Stream.concat(Stream.of(more), keys.stream()).toList();
    }

    private Grid grid(YamlNode root) {
        var fields = mapping(root, "a grid", GRID_KEYS);
        var settings = fields.fields().get("settings");
        var models = fields.fields().get("models");
        if ((settings == null) == (models == null)) {
            throw wrong(
                    root, "a grid has either 'settings' or 'models', as grids/default.yaml and grids/paper.yaml do");
        }
        return new Grid(
                file,
                text(fields, "about", ""),
                options(fields),
                settings == null ? List.of() : list(settings, "settings", this::setting),
                models == null ? List.of() : models(models),
                "");
    }

    private List<GridModel> models(YamlNode node) {
        var names = new ArrayList<String>();
        return list(node, "models", element -> {
            var fields = mapping(element, "a model", MODEL_KEYS);
            var name = text(fields, "name", "");
            if (name.isEmpty() || names.contains(name)) {
                throw wrong(element, name.isEmpty() ? "a model needs a name" : "model " + name + " is there twice");
            }
            names.add(name);
            var settings = fields.fields().get("settings");
            if (settings == null) {
                throw wrong(element, "model " + name + " has no 'settings'");
            }
            return new GridModel(
                    name, text(fields, "source", ""), options(fields), list(settings, "settings", this::setting));
        });
    }

    /** A setting: an expression alone, or with what its source says of it. */
    private GridSetting setting(YamlNode node) {
        if (node instanceof Scalar expression) {
            return new GridSetting(method(expression), "", null, null, null);
        }
        var fields = mapping(node, "a setting", SETTING_KEYS);
        var method = fields.fields().get("method");
        var leftOut = text(fields, "left-out", "");
        var label = text(fields, "label", "");
        if ((method == null) == leftOut.isEmpty()) {
            throw wrong(node, "a setting has either a 'method' or, with a 'label', the reason why it is 'left-out'");
        }
        if (method == null && label.isEmpty()) {
            throw wrong(node, "a setting that is left out needs a 'label'");
        }
        var onNeedle = fields.fields().get("needle-method");
        return new GridSetting(
                method == null ? null : method(method),
                label,
                option(fields, "ratio", this::ratio),
                onNeedle == null ? null : method(onNeedle),
                leftOut.isEmpty() ? null : leftOut);
    }

    private String method(YamlNode node) {
        var text = scalar(node, "a method expression such as snapkv:4x");
        return at(node, () -> Methods.parse(text).name());
    }

    private Double ratio(YamlNode node) {
        var text = scalar(node, "a number");
        try {
            double ratio = Double.parseDouble(text);
            if (ratio >= 1 && ratio < 1e6) {
                return ratio;
            }
        } catch (NumberFormatException e) {
            // reported below, with the same words as a number out of range
        }
        throw wrong(node, "ratio '" + text + "' must be a number of at least 1, such as 5.05");
    }

    private GridOptions options(Mapping fields) {
        var tasks = fields.fields().get("tasks");
        var lengths = fields.fields().get("lengths");
        return new GridOptions(
                tasks == null ? List.of() : list(tasks, "tasks", this::task),
                lengths == null ? List.of() : list(lengths, "lengths", this::tokens),
                option(fields, "samples", node -> integer(node, 1, 100_000).intValue()),
                option(fields, "seed", node -> integer(node, Long.MIN_VALUE, Long.MAX_VALUE)),
                option(fields, "protocol", node -> at(node, () -> Protocol.parse(scalar(node, "a protocol")))),
                option(fields, "limit-tokens", this::tokens),
                option(
                        fields,
                        "max-new-tokens",
                        node -> integer(node, 1, 1 << 20).intValue()),
                option(
                        fields,
                        "cache-type",
                        node -> at(node, () -> {
                            var type = scalar(node, "a cache type");
                            CacheTypes.parse(type);
                            return type;
                        })));
    }

    private String task(YamlNode node) {
        var name = scalar(node, "a task");
        return at(node, () -> {
            Tasks.parse(name);
            return name;
        });
    }

    private Integer tokens(YamlNode node) {
        var text = scalar(node, "a number of tokens");
        return at(node, () -> Sizes.tokens(text));
    }

    private Long integer(YamlNode node, long least, long most) {
        var text = scalar(node, "a whole number");
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // reported below, with the same words as a number out of range
        }
        throw wrong(node, "'" + text + "' must be a whole number from " + least + " to " + most);
    }

    private static <T> @Nullable T option(Mapping fields, String key, Function<YamlNode, T> read) {
        var node = fields.fields().get(key);
        return node == null ? null : read.apply(node);
    }

    private String text(Mapping fields, String key, String otherwise) {
        var node = fields.fields().get(key);
        return node == null ? otherwise : scalar(node, "a text").strip();
    }

    private Mapping mapping(YamlNode node, String what, List<String> keys) {
        if (!(node instanceof Mapping mapping)) {
            throw wrong(node, what + " has keys and values, such as " + keys.getFirst() + ": ...");
        }
        mapping.keys().forEach((key, place) -> {
            if (!keys.contains(key)) {
                throw place.error(Suggest.unknown("key of " + what, key, keys));
            }
        });
        return mapping;
    }

    private <T> List<T> list(YamlNode node, String what, Function<YamlNode, T> element) {
        if (!(node instanceof Sequence sequence) || sequence.elements().isEmpty()) {
            throw wrong(node, "'" + what + "' must be a list: [a, b] on one line, or '- a' on a line for each");
        }
        return sequence.elements().stream().map(element).toList();
    }

    private String scalar(YamlNode node, String what) {
        if (node instanceof Scalar scalar && !scalar.text().isBlank()) {
            return scalar.text();
        }
        throw wrong(node, "expected " + what + " here");
    }

    private UserError wrong(YamlNode node, String what) {
        return node.place().error(what);
    }

    private static <T> T at(YamlNode node, Supplier<T> read) {
        try {
            return read.get();
        } catch (UserError e) {
            throw node.place().error(e);
        }
    }
}
