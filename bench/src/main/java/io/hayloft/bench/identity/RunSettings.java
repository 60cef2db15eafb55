package io.hayloft.bench.identity;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ChatChoice;
import io.hayloft.bench.paper.PaperCompat;
import io.hayloft.bench.record.Json;
import io.hayloft.engine.generation.Thinking;
import io.hayloft.methods.registry.Methods;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The settings in {@code run.json}: those that all records of a folder share, and those that may grow. */
public final class RunSettings {
    private RunSettings() {}

    /**
     * All settings of a run; times depend on more, such as threads.
     *
     * @param lengths prompt lengths that fit the model; empty if no task takes one
     */
    public static Map<String, Object> of(BenchSpec spec, ModelFacts model, List<Integer> lengths) {
        var settings = new LinkedHashMap<>(shared(spec, model));
        settings.put("methods", spec.methods());
        settings.put("method_versions", versions(spec));
        settings.put("compressors", new TreeMap<>(model.compressors()));
        settings.put("tasks", spec.tasks());
        settings.put("metrics", metrics(spec));
        if (!spec.ownTasks().isEmpty()) {
            settings.put("task_definitions", definitions(spec));
        }
        settings.put("lengths", lengths);
        settings.put("samples", spec.samples());
        var shard = spec.shard();
        if (shard != null) {
            settings.put("shards", List.of(shard.text()));
        }
        return settings;
    }

    /** Hash of the settings that all records of a folder share; of the model its content counts, not its name. */
    public static String identity(BenchSpec spec, ModelFacts model) {
        var shared = shared(spec, model);
        shared.remove("model");
        return Hashes.of(shared);
    }

    private static Map<String, Object> shared(BenchSpec spec, ModelFacts model) {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("version", RecordKey.VERSION);
        settings.put("model", model.name());
        settings.put("model_hash", model.hash());
        settings.put("seed", spec.seed());
        settings.put("protocol", spec.protocol().text());
        settings.put("limit_tokens", spec.limitTokens());
        settings.put("max_new_tokens", spec.maxNewTokens());
        settings.put("cache_type", spec.cacheType());
        settings.put("backend", model.backend());
        settings.put("backend_details", model.backendDetails());
        var chat = spec.chat();
        if (!templateArguments(chat).isEmpty()) {
            settings.put("template_args", templateArguments(chat));
        }
        if (model.thinks()) {
            settings.put("max_thinking_tokens", maxThinkingTokens(chat, model));
        }
        var haystack = spec.haystack();
        if (haystack != null) {
            settings.put("haystack", haystack.toString());
        }
        var compat = spec.compat();
        if (compat != null) {
            settings.put(
                    "paper_compat",
                    compat.switches().stream().map(PaperCompat.Switch::name).toList());
            settings.put("paper_compat_methods", compat.onNeedle().toString() + compat.ratios());
        }
        return settings;
    }

    /** Most tokens of the thoughts before an answer: as the user wishes, or the default. */
    public static int maxThinkingTokens(ChatChoice chat, ModelFacts model) {
        var wish = chat.maxThinkingTokens();
        return wish == null ? Thinking.defaultTokens(model.contextLength()) : wish;
    }

    /** The wishes that reach the chat template, as JSON; empty if there are none. */
    static String templateArguments(ChatChoice chat) {
        var all = new TreeMap<String, @Nullable Object>(chat.templateArguments());
        var think = chat.think();
        if (think != null) {
            all.put(think ? "--think" : "--no-think", true);
        }
        return all.isEmpty() ? "" : Json.line(all);
    }

    private static Map<String, Integer> versions(BenchSpec spec) {
        var versions = new TreeMap<String, Integer>();
        spec.methods().forEach(name -> versions.put(name, Methods.parse(name).version()));
        return versions;
    }

    private static Map<String, String> metrics(BenchSpec spec) {
        var metrics = new TreeMap<String, String>();
        spec.tasks().forEach(name -> metrics.put(name, spec.task(name).metric()));
        return metrics;
    }

    private static Map<String, String> definitions(BenchSpec spec) {
        var definitions = new TreeMap<String, String>();
        spec.ownTasks().forEach(task -> definitions.put(task.name(), task.definition()));
        definitions.keySet().retainAll(spec.tasks());
        return definitions;
    }
}
