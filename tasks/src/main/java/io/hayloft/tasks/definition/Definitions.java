package io.hayloft.tasks.definition;

import io.hayloft.base.FileError;
import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.tasks.yaml.Fields;
import io.hayloft.tasks.yaml.YamlNode;
import io.hayloft.tasks.yaml.YamlNode.Mapping;
import io.hayloft.tasks.yaml.YamlNode.Scalar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds definitions: those that come with Hayloft (the resources beside this class, listed in {@code index.yaml}) by name, users'
 * own by file.
 */
public final class Definitions {
    private static final String EXTENDS = "extends";
    private static final String HINT = "a task has a name, a version, and more: see docs/add-a-task.md";

    /** Names of tasks by group, in the order of tables. */
    private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

    /** The group, which is a folder, of every task and family that comes with Hayloft. */
    private static final Map<String, String> FOLDERS = new HashMap<>();

    static {
        var index = (Mapping) YamlNode.parse("index.yaml", resource("index.yaml"), HINT);
        index.fields().forEach((group, node) -> {
            var fields = new Fields(node, "a group");
            var tasks = fields.list("tasks", List.of());
            GROUPS.put(group, tasks);
            tasks.forEach(name -> FOLDERS.put(name, group));
            fields.list("families", List.of()).forEach(name -> FOLDERS.put(name, group));
            fields.finish();
        });
    }

    private Definitions() {}

    /** The names of groups in the order of tables. */
    public static List<String> groups() {
        return List.copyOf(GROUPS.keySet());
    }

    /** The names of the tasks of a group, which must exist. */
    public static List<String> tasks(String group) {
        return Objects.requireNonNull(GROUPS.get(group), group);
    }

    /** Whether a task of this name comes with Hayloft. */
    public static boolean isTask(String name) {
        var group = FOLDERS.get(name);
        return group != null && tasks(group).contains(name);
    }

    /** A task that comes with Hayloft. */
    public static Definition named(String name) {
        return new Definition(resolved(builtIn(name), null, new LinkedHashSet<>(Set.of(name))), null);
    }

    /**
     * The task of a user's file.
     *
     * @throws UserError if the file cannot be read, or with its line, if something in it is wrong
     */
    public static Definition ofFile(Path file) {
        var folder = file.toAbsolutePath().getParent();
        var own = mapping(file.toString(), text(file));
        if (!own.fields().containsKey("version")) {
            throw own.place().error("a task needs a 'version' of its own, such as 1: raise it when the task changes");
        }
        return new Definition(resolved(own, folder, new LinkedHashSet<>(Set.of(file.toString()))), folder);
    }

    /**
     * A task from a text that {@link Definition#text} wrote.
     *
     * @param where how errors call it
     * @param folder the folder in which its data file is looked for; null for none
     */
    public static Definition ofText(String where, String text, @Nullable Path folder) {
        return new Definition(mapping(where, text), folder);
    }

    private static Mapping mapping(String file, String text) {
        if (YamlNode.parse(file, text, HINT) instanceof Mapping mapping) {
            return mapping;
        }
        throw new UserError(file + ", line 1: " + HINT);
    }

    private static Mapping builtIn(String name) {
        var file = FOLDERS.get(name) + "/" + name + ".yaml";
        return mapping(file, resource(file));
    }

    /** The keys of a file and, where it lacks some, those of what it extends. */
    private static Mapping resolved(Mapping own, @Nullable Path folder, Set<String> seen) {
        if (!(own.fields().get(EXTENDS) instanceof Scalar(var place, var base)) || base.isEmpty()) {
            return without(own);
        }
        var file = folder == null || !(base.endsWith(".yaml") || base.endsWith(".yml")) ? null : folder.resolve(base);
        if (!seen.add(file == null ? base : file.toString())) {
            throw place.error("'extends' goes round in a circle: " + String.join(", ", seen));
        }
        if (file == null && !FOLDERS.containsKey(base)) {
            throw place.error(Suggest.unknown("task or family", base, new ArrayList<>(FOLDERS.keySet())));
        }
        if (file != null && !Files.isRegularFile(file)) {
            throw place.error("no file " + file + " to extend");
        }
        var parent = file == null ? builtIn(base) : mapping(file.toString(), text(file));
        return merged(own, resolved(parent, file == null ? null : file.getParent(), seen));
    }

    private static Mapping without(Mapping own) {
        var fields = new LinkedHashMap<>(own.fields());
        fields.remove(EXTENDS);
        return new Mapping(own.place(), fields, own.keys());
    }

    /** The keys of both; one's own value counts, but parameters are joined. */
    private static Mapping merged(Mapping own, Mapping parent) {
        var fields = new LinkedHashMap<>(parent.fields());
        var keys = new LinkedHashMap<>(parent.keys());
        without(own).fields().forEach((key, value) -> {
            boolean joined = key.equals("parameters");
            fields.put(
                    key,
                    joined && value instanceof Mapping more && fields.get(key) instanceof Mapping before
                            ? merged(more, before)
                            : value);
            keys.put(key, own.keys().getOrDefault(key, own.place()));
        });
        keys.keySet().retainAll(fields.keySet());
        return new Mapping(own.place(), fields, keys);
    }

    private static String text(Path file) {
        try {
            if (Files.isRegularFile(file)) {
                return Files.readString(file);
            }
        } catch (CharacterCodingException e) {
            throw new UserError("task file " + file + " is not UTF-8 text: save it as UTF-8", e);
        } catch (IOException e) {
            throw new UserError("task file " + file + " cannot be read: " + FileError.reason(e), e);
        }
        throw new UserError("no task file " + file + ": docs/add-a-task.md says how to write one");
    }

    private static String resource(String name) {
        try (var stream = Definitions.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("this build of hayloft lacks its resource " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
