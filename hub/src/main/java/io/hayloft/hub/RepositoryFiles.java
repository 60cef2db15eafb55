package io.hayloft.hub;

import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The files of a model among all files of its repository: one GGUF file with all its parts, or what a folder of safetensors
 * needs.
 *
 * @param names paths in the repository; the first part comes first
 * @param gguf whether it is a GGUF file
 */
record RepositoryFiles(List<String> names, boolean gguf) {
    /** The quantisations that are taken where the user names none, the best first. */
    private static final List<String> DEFAULTS = List.of(
            "Q4_K_M", "Q4_K_S", "Q4_0", "Q4_1", "IQ4_NL", "IQ4_XS", "Q5_K_M", "Q5_K_S", "Q5_0", "Q6_K", "Q8_0",
            "Q3_K_M", "BF16", "F16", "FP16", "F32");

    private static final Pattern PART = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    /** GGUF files that hold no language model. */
    private static final Pattern BESIDE = Pattern.compile("(?i)(^|.*[/._-])(mmproj|imatrix)([._-].*|$)");

    private static final List<String> OF_A_FOLDER = List.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "chat_template.jinja",
            "chat_template.json",
            "tokenizer.model",
            "quantize_config.json",
            "quant_config.json",
            "model.safetensors.index.json");

    /** Vocabularies of RWKV World models, which are read where there is no tokenizer.json. */
    private static final Pattern VOCABULARY = Pattern.compile("rwkv_vocab.*\\.(txt|json)|vocab\\.txt");

    private static final Pattern WEIGHTS = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");

    RepositoryFiles {
        names = List.copyOf(names);
    }

    /**
     * Chooses the files that a reference means.
     *
     * @param all paths of all files of the repository, or of those of it that are here
     * @throws UserError if there are none such, or several; names what there is
     */
    static RepositoryFiles choose(HubReference reference, Collection<String> all) {
        var models = models(all);
        if (!reference.file().isEmpty()) {
            return models.values().stream()
                    .filter(parts -> parts.contains(reference.file()))
                    .findFirst()
                    .map(parts -> new RepositoryFiles(parts, true))
                    .orElseThrow(() -> new UserError("hf:" + reference.repo() + " has no file " + reference.file()
                            + listed("; its GGUF files are ", models.keySet())));
        }
        if (!reference.quant().isEmpty()) {
            return only(reference, models, reference.quant());
        }
        if (models.isEmpty()) {
            return folder(reference, all);
        }
        if (models.size() == 1) {
            return new RepositoryFiles(models.values().iterator().next(), true);
        }
        var quant = DEFAULTS.stream()
                .filter(name -> models.keySet().stream().anyMatch(path -> isOf(path, name)))
                .findFirst()
                .orElseThrow(() -> several(reference, models.keySet()));
        return only(reference, models, quant);
    }

    /** The parts of each GGUF model, by the path of its first one. */
    private static Map<String, List<String>> models(Collection<String> all) {
        var models = new LinkedHashMap<String, List<String>>();
        var sorted = new TreeSet<>(all);
        for (var path : sorted) {
            var part = PART.matcher(path);
            if (!path.endsWith(".gguf") || BESIDE.matcher(path).matches()) {
                continue;
            }
            if (!part.matches()) {
                models.put(path, List.of(path));
            } else if (part.group(2).equals("00001")) {
                var parts = new ArrayList<String>();
                for (int i = 1; i <= Integer.parseInt(part.group(3)); i++) {
                    parts.add(String.format(Locale.ROOT, "%s-%05d-of-%s.gguf", part.group(1), i, part.group(3)));
                }
                if (sorted.containsAll(parts)) {
                    models.put(path, List.copyOf(parts));
                }
            }
        }
        return models;
    }

    private static RepositoryFiles only(HubReference reference, Map<String, List<String>> models, String quant) {
        var found = models.keySet().stream().filter(path -> isOf(path, quant)).toList();
        if (found.isEmpty()) {
            throw new UserError("hf:" + reference.repo() + " has no GGUF file of quantisation " + quant
                    + listed("; there are ", models.keySet()));
        }
        if (found.size() > 1) {
            throw several(reference, found);
        }
        return new RepositoryFiles(models.getOrDefault(found.getFirst(), List.of()), true);
    }

    /** Whether a path has the name of a quantisation as a word of its own. */
    private static boolean isOf(String path, String quant) {
        var word = Pattern.compile("(?i)(^|[/._-])" + Pattern.quote(quant) + "([/._-]|$)");
        return word.matcher(path).find();
    }

    private static UserError several(HubReference reference, Collection<String> found) {
        return new UserError("hf:" + reference.repo() + " has several GGUF files that could be meant"
                + listed(
                        ": name one, as in hf:" + reference.repo() + "/"
                                + found.iterator().next() + "; there are ",
                        found));
    }

    private static RepositoryFiles folder(HubReference reference, Collection<String> all) {
        var names = new ArrayList<>(OF_A_FOLDER.stream().filter(all::contains).toList());
        var parts = all.contains("model.safetensors")
                ? List.of("model.safetensors")
                : all.stream()
                        .filter(name -> WEIGHTS.matcher(name).matches())
                        .sorted()
                        .toList();
        if (parts.isEmpty() || !names.contains("config.json")) {
            var weights = all.stream()
                    .filter(name -> name.matches(".*\\.(bin|pth|pt|onnx|safetensors)"))
                    .toList();
            throw new UserError("hf:" + reference.repo() + " has no GGUF file and no folder of safetensors"
                    + listed("; its weights are ", weights));
        }
        if (!all.contains("tokenizer.json")) {
            names.addAll(all.stream()
                    .filter(name -> VOCABULARY.matcher(name).matches())
                    .sorted()
                    .toList());
        }
        names.addAll(parts);
        return new RepositoryFiles(names, false);
    }

    private static String listed(String before, Collection<String> names) {
        int most = 12;
        return names.isEmpty()
                ? ""
                : before
                        + names.stream().limit(most).collect(Collectors.joining(", "))
                        + (names.size() > most ? " and " + (names.size() - most) + " more" : "");
    }
}
