package io.hayloft.bench.run;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.PaperCompat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What makes a run, and a record in it, the same as another: everything that results depend on, hashed. */
final class Identity {
    /** Raised when the engine or the records change so that older results must not mix with new ones. */
    private static final String VERSION = "hayloft-record/5";

    private Identity() {}

    /** The settings of a run that its results depend on; times depend on more, such as threads. */
    static Map<String, Object> settings(BenchSpec spec, ModelFacts model, List<PlannedSample> samples) {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("version", VERSION);
        settings.put("model", model.name());
        settings.put("model_hash", model.hash());
        settings.put("methods", spec.methods());
        if (!model.compressors().isEmpty()) {
            settings.put("compressors", new TreeMap<>(model.compressors()));
        }
        settings.put("tasks", spec.tasks());
        settings.put(
                "lengths",
                samples.stream().map(PlannedSample::length).distinct().sorted().toList());
        settings.put("samples", spec.samples());
        settings.put("seed", spec.seed());
        settings.put("protocol", spec.protocol().text());
        settings.put("limit_tokens", spec.limitTokens());
        settings.put("max_new_tokens", spec.maxNewTokens());
        settings.put("cache_type", spec.cacheType());
        settings.put("backend", model.backend());
        var compat = spec.compat();
        if (compat != null) {
            settings.put(
                    "paper_compat",
                    compat.switches().stream().map(PaperCompat.Switch::name).toList());
            settings.put("paper_compat_methods", compat.onNeedle().toString() + compat.ratios());
            settings.put("paper_compat_prompts", hashOfWholePrompts(samples));
        }
        if (!model.backendDetails().isEmpty()) {
            settings.put("backend_details", model.backendDetails());
        }
        settings.put("prompts", hashOfPrompts(samples));
        return settings;
    }

    /** Hash of a run's settings. */
    static String of(Map<String, Object> settings) {
        return Hashes.of(settings);
    }

    private static String hashOfPrompts(List<PlannedSample> samples) {
        var lines = samples.stream()
                .map(sample -> sample.task().name() + " " + sample.task().version() + " "
                        + sample.sample().id() + " " + sample.promptSha256() + " " + partsOfPrompt(sample) + " "
                        + sample.rules().maxNewTokens() + " " + hashOfAnswers(sample) + " "
                        + sample.prompt().compressAfter())
                .collect(Collectors.joining("\n"));
        return Hashes.of(lines).substring(0, 32);
    }

    /** Hash of what is read whole, and of where it would be cut. */
    private static String hashOfWholePrompts(List<PlannedSample> samples) {
        var lines = samples.stream()
                .map(sample -> Hashes.of(sample.whole().text()) + " " + sample.limitTokens())
                .collect(Collectors.joining("\n"));
        return Hashes.of(lines).substring(0, 32);
    }

    /** Where the instruction and the document of a prompt end: methods that shorten text see its parts. */
    private static String partsOfPrompt(PlannedSample planned) {
        var prompt = planned.sample().prompt();
        return prompt.instruction().length() + "+" + prompt.document().length();
    }

    /** Hash of what a sample's answers are scored by. */
    private static String hashOfAnswers(PlannedSample planned) {
        var values = new LinkedHashMap<String, Object>();
        int number = 0;
        for (var reference : planned.sample().references()) {
            values.put("reference " + number++, reference);
        }
        for (var name : planned.sample().allClasses()) {
            values.put("class " + number++, name);
        }
        return Hashes.of(values);
    }

    /** Key of the record of a method on a sample. */
    static String key(BenchSpec spec, ModelFacts model, PlannedSample planned, String method) {
        var values = new LinkedHashMap<String, Object>();
        values.put("version", VERSION);
        values.put("model", model.hash());
        values.put("method", method);
        values.put("compressor", model.compressors().getOrDefault(method, ""));
        values.put("task", planned.task().name());
        values.put("task_version", planned.task().version());
        values.put("metric", planned.task().metric());
        values.put("sample", planned.sample().id());
        values.put("prompt", planned.promptSha256());
        values.put("prompt_parts", partsOfPrompt(planned));
        values.put("answers", hashOfAnswers(planned));
        values.put("compress_after", planned.prompt().compressAfter());
        values.put("chat", planned.sample().prompt().chat() && model.chatFormat());
        values.put("seed", spec.seed());
        values.put("length", planned.length());
        values.put("protocol", spec.protocol().text());
        values.put("max_new_tokens", planned.rules().maxNewTokens());
        values.put("cache_type", spec.cacheType());
        values.put("backend", model.backend());
        var compat = spec.compat();
        if (compat != null) {
            values.put(
                    "paper_compat",
                    compat.onNeedle().get(method) + " " + compat.ratios().get(method));
            values.put("whole", Hashes.of(planned.whole().text()));
            values.put("limit", planned.limitTokens());
        }
        if (!model.backendDetails().isEmpty()) {
            values.put("backend_details", model.backendDetails());
        }
        return Hashes.of(values);
    }
}
