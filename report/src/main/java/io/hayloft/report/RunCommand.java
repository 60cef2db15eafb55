package io.hayloft.report;

import io.hayloft.bench.record.RunInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The command line that runs what a folder holds once more. */
final class RunCommand {
    /** Options by the names of settings; those whose value is the default are left out. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "limit_tokens", "0",
            "max_new_tokens", "0",
            "cache_type", "f16",
            "backend", "java");

    private RunCommand() {}

    /** The command; what a run does not record, such as the folder of data files, is named in capitals. */
    static String of(RunInfo info) {
        var settings = info.settings();
        var words = new ArrayList<String>(List.of("hayloft", "bench"));
        if (!info.model().embedded()) {
            add(words, "--model", info.model().name());
        }
        add(words, "--tasks", list(settings.get("tasks")));
        add(words, "--methods", list(settings.get("methods")));
        if (settings.containsKey("paper_compat")) {
            words.add("--paper-compat");
        } else if (!list(settings.get("methods")).contains("truncation")) {
            words.add("--no-truncation");
        }
        add(words, "--lengths", list(settings.get("lengths")));
        for (var name : List.of("samples", "seed", "protocol")) {
            add(words, option(name), text(settings.get(name)));
        }
        for (var name : List.of("limit_tokens", "max_new_tokens", "cache_type", "backend")) {
            var value = text(settings.get(name));
            if (!value.equals(DEFAULTS.get(name))) {
                add(words, option(name), value);
            }
        }
        if (settings.containsKey("max_thinking_tokens")) {
            add(words, "--max-thinking-tokens", text(settings.get("max_thinking_tokens")));
        }
        if (settings.containsKey("haystack_hash")) {
            words.add("--haystack FOLDER");
        }
        add(words, "--clock", info.clock());
        return String.join(" ", words);
    }

    private static String option(String setting) {
        return "--" + setting.replace('_', '-');
    }

    private static void add(List<String> words, String option, String value) {
        if (!value.isEmpty()) {
            words.add(
                    option + " " + (value.matches("[\\w:.,=/+@-]+") ? value : "'" + value.replace("'", "'\\''") + "'"));
        }
    }

    /** Methods may hold commas, so that all lists are parted by what the command line reads between them. */
    private static String list(@Nullable Object value) {
        return value instanceof List<?> all ? all.stream().map(String::valueOf).collect(Collectors.joining(",")) : "";
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
