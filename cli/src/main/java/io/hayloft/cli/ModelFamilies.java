package io.hayloft.cli;

import io.hayloft.formats.checkpoint.ModelFamily;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The list of {@code hayloft models --families}. */
final class ModelFamilies {
    /** Tokens at which arXiv 2407.01527 cut out the middle of the prompts of its linear-time models, as the grid paper does. */
    private static final Map<String, List<Integer>> PAPER_LIMITS = Map.of(
            "mamba", List.of(1500),
            "mamba2", List.of(1500),
            "rwkv5", List.of(3500),
            "recurrent_gemma", List.of(7500, 15_500));

    /** Families whose published models are base models, and those of their models that have a chat template. */
    private static final Map<String, String> CHAT =
            Map.of("mamba", "Mamba-Chat alone", "mamba2", "none", "rwkv5", "none", "gpt2", "none", "gpt_neox", "none");

    private ModelFamilies() {}

    static void print(PrintWriter out, boolean json) {
        if (json) {
            Json.pretty(
                    out, ModelFamily.all().stream().map(ModelFamilies::fields).toList());
            return;
        }
        var table = new Table()
                .text("family")
                .text("safetensors")
                .text("GGUF")
                .text("chat template")
                .text("a sequence keeps")
                .text("limit in the paper");
        for (var family : ModelFamily.all()) {
            table.row(List.of(
                    family.name(),
                    names(family.safetensors()),
                    names(family.gguf()),
                    chat(family),
                    family.state().label(),
                    limits(family)));
        }
        out.println(table.render());
        out.println(
                "Safetensors are named by model_type, GGUF files by general.architecture. A chat template comes with"
                        + " the");
        out.println("model's files. Limits are tokens at which the grid paper cuts the middle out of a prompt.");
    }

    private static String names(List<String> names) {
        return names.isEmpty() ? "-" : String.join(", ", names);
    }

    private static String chat(ModelFamily family) {
        return CHAT.getOrDefault(family.name(), "with chat models");
    }

    private static String limits(ModelFamily family) {
        var limits = PAPER_LIMITS.getOrDefault(family.name(), List.of());
        return limits.isEmpty()
                ? "-"
                : limits.stream()
                        .map(limit -> String.format(Locale.ROOT, "%,d", limit))
                        .collect(Collectors.joining(" or "));
    }

    private static Map<String, Object> fields(ModelFamily family) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", family.name());
        fields.put("safetensors", family.safetensors());
        fields.put("gguf", family.gguf());
        fields.put("chat_template", chat(family));
        fields.put("state", family.state().label());
        fields.put("paper_limits", PAPER_LIMITS.getOrDefault(family.name(), List.of()));
        return fields;
    }
}
