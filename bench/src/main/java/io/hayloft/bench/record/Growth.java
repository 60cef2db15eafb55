package io.hayloft.bench.record;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a run in a folder grow: more methods, tasks, lengths and samples may join what is there. All other settings must be
 * what they were, or the folder would mix results that cannot be compared.
 *
 * @param settings the settings of both together
 * @param reasons why they cannot be one run, in words; none if they can
 */
record Growth(Map<String, Object> settings, List<String> reasons) {
    /** Lists that may become longer. */
    private static final Set<String> LISTS = Set.of("methods", "tasks", "lengths", "shards");

    /** Maps that may gain entries; those of a name that was there before must be the same. */
    private static final Set<String> MAPS =
            Set.of("method_versions", "compressors", "metrics", "task_definitions", "endpoints");

    private static final String SAMPLES = "samples";

    /**
     * Two runs together.
     *
     * @param folder of the run that was there before
     * @param found its settings
     * @param wanted those of what is about to join it
     */
    static Growth of(Path folder, Map<String, Object> found, Map<String, Object> wanted) {
        var reasons = new ArrayList<String>();
        var grown = new LinkedHashMap<>(wanted);
        var names = new LinkedHashSet<>(wanted.keySet());
        names.addAll(found.keySet());
        for (var name : names) {
            var then = found.get(name);
            var now = wanted.get(name);
            if (LISTS.contains(name)) {
                grown.put(name, union(then, now));
            } else if (name.equals(SAMPLES)) {
                grown.put(name, Math.max(number(then), number(now)));
            } else if (MAPS.contains(name)) {
                grown.put(name, union(folder, name, map(then), map(now), reasons));
            } else if (!name.equals("model") && !same(then, now)) { // the hash decides, not the name
                reasons.add(words(name, then, now, found, wanted));
            }
        }
        return new Growth(grown, reasons);
    }

    /** Compares as text, since numbers come back from the file in other types. */
    private static boolean same(@Nullable Object then, @Nullable Object now) {
        return Objects.toString(then).equals(Objects.toString(now));
    }

    private static List<Object> union(@Nullable Object then, @Nullable Object now) {
        var all = new LinkedHashSet<>();
        all.addAll(then instanceof List<?> list ? list : List.of());
        all.addAll(now instanceof List<?> list ? list : List.of());
        return List.copyOf(all);
    }

    private static int number(@Nullable Object value) {
        return value instanceof Number number ? number.intValue() : 0;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Map<Object, Object> union(
            Path folder, String name, Map<?, ?> then, Map<?, ?> now, List<String> reasons) {
        var all = new LinkedHashMap<Object, Object>(then);
        now.forEach((entry, value) -> {
            var before = then.get(entry);
            if (before != null && !same(before, value)) {
                reasons.add(
                        switch (name) {
                            case "method_versions" ->
                                "method " + entry + " was version " + before + ", is now version " + value;
                            case "endpoints" ->
                                "the server behind " + entry + " ran " + before + ", is now to run " + value
                                        + ": give it another --label";
                            case "task_definitions" ->
                                "the file of task " + entry
                                        + " has changed: raise its version, as its scores do not mix"
                                        + " with those before";
                            case "compressors" -> "the weights that " + entry + " shortens prompts with have changed";
                            default ->
                                "task " + entry + " was scored by " + before + ", is now by " + value
                                        + ": hayloft rescore " + folder + " scores its outputs again";
                        });
            }
            all.put(entry, value);
        });
        return all;
    }

    private static String words(
            String name,
            @Nullable Object then,
            @Nullable Object now,
            Map<String, Object> found,
            Map<String, Object> wanted) {
        return switch (name) {
            case "model_hash" ->
                same(found.get("model"), wanted.get("model"))
                        ? "the files of model " + now(wanted, "model") + " have changed"
                        : "the model was " + now(found, "model") + ", is now " + now(wanted, "model");
            case "backend_details" ->
                "version or instruction set of the backend was " + text(then) + ", is now " + text(now);
            case "paper_compat" ->
                "--paper-compat was " + (then == null ? "off" : "on") + ", is now " + (now == null ? "off" : "on");
            case "paper_compat_methods" -> "the paper's facts about single methods have changed with the grid";
            case "template_args" ->
                "--template-arg, --think or --no-think were " + text(then) + ", are now " + text(now);
            case "version" -> "results of this version of Hayloft do not mix with those before";
            case "limit_tokens", "max_new_tokens" -> option(name, orNone(then), orNone(now));
            default -> option(name, then, now);
        };
    }

    private static String option(String name, @Nullable Object then, @Nullable Object now) {
        return "--" + name.replace('_', '-') + " was " + text(then) + ", is now " + text(now);
    }

    /** Limits are 0 where none was given. */
    private static @Nullable Object orNone(@Nullable Object limit) {
        return number(limit) == 0 ? null : limit;
    }

    private static String now(Map<String, Object> settings, String name) {
        return text(settings.get(name));
    }

    private static String text(@Nullable Object value) {
        var text = Objects.toString(value, "not given");
        return text.isEmpty() ? "not given" : text;
    }
}
