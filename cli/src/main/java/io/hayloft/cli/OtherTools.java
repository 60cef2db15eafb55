package io.hayloft.cli;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** Finds the commands and options here that correspond to those of llama.cpp, ollama, lm-eval and kvpress. */
final class OtherTools {
    private static final Map<String, String> COMMANDS = Map.ofEntries(
            entry("ls", "models"),
            entry("list", "models"),
            entry("rm", "models rm"),
            entry("remove", "models rm"),
            entry("delete", "models rm"),
            entry("run", "generate"),
            entry("chat", "generate"),
            entry("complete", "generate"),
            entry("download", "pull"),
            entry("eval", "bench"),
            entry("evaluate", "bench"),
            entry("benchmark", "bench"),
            entry("presses", "methods"),
            entry("info", "doctor"),
            entry("version", "--version"));

    private static final String NO_SERVER =
            "Hayloft has no server; it measures one that answers elsewhere: hayloft bench --endpoint URL";

    /** Commands that have no counterpart. */
    private static final Map<String, String> MISSING_COMMANDS = Map.of(
            "serve", NO_SERVER,
            "server", NO_SERVER,
            "ps", NO_SERVER,
            "stop", NO_SERVER);

    /** Options by their names elsewhere: the first that the command has is meant. A value may stand behind it. */
    private static final Map<String, List<String>> OPTIONS = Map.ofEntries(
            entry("--json", List.of("--format json", "--output json")),
            entry("-o", List.of("--out", "--output", "--format")),
            entry("--output", List.of("--out", "--format")),
            entry("--output_path", List.of("--out", "--output")),
            entry("--output-dir", List.of("--out", "--output")),
            entry("--use_cache", List.of("--out")),
            entry("--format", List.of("--output", "--json")),
            entry("-m", List.of("--model")),
            entry("-hf", List.of("--model hf:OWNER/REPO")),
            entry("--hf-repo", List.of("--model hf:OWNER/REPO")),
            entry("--model_args", List.of("--model")),
            entry("-f", List.of("--prompt-file")),
            entry("--file", List.of("--prompt-file")),
            entry("-n", List.of("--max-new-tokens", "--samples")),
            entry("--n-predict", List.of("--max-new-tokens", "--generate")),
            entry("--n-gen", List.of("--generate", "--max-new-tokens")),
            entry("--n-prompt", List.of("--prompt")),
            entry("--n-depth", List.of("--depth")),
            entry("--num-predict", List.of("--max-new-tokens")),
            entry("--num_predict", List.of("--max-new-tokens")),
            entry("--max-tokens", List.of("--max-new-tokens", "--generate")),
            entry("--max_tokens", List.of("--max-new-tokens", "--generate")),
            entry("--max_new_tokens", List.of("--max-new-tokens")),
            entry("--max_context_length", List.of("--limit-tokens")),
            entry("-ctk", List.of("--cache-type")),
            entry("-ctv", List.of("--cache-type")),
            entry("--cache-type-k", List.of("--cache-type")),
            entry("--cache-type-v", List.of("--cache-type")),
            entry("--temp", List.of("--temperature")),
            entry("-s", List.of("--seed")),
            entry("-t", List.of("--threads")),
            entry("-b", List.of("--batch")),
            entry("--batch-size", List.of("--batch")),
            entry("--batch_size", List.of("--batch")),
            entry("--limit", List.of("--samples")),
            entry("--task", List.of("--tasks")),
            entry("--dataset", List.of("--tasks")),
            entry("--include_path", List.of("--task-file")),
            entry("--method", List.of("--methods")),
            entry("--press", List.of("--methods", "--method")),
            entry("--press_name", List.of("--methods", "--method")),
            entry("--verbose", List.of("--debug")),
            entry("-v", List.of("--debug")));

    private static final String CPU_ONLY = "Hayloft runs on the CPU only";
    private static final String AMOUNT =
            "the amount belongs to the method, such as snapkv:4x (kvpress's compression_ratio 0.75)";

    /** Options that have no counterpart, whatever the command. */
    private static final Map<String, String> MISSING_OPTIONS = Map.of(
            "-ngl", CPU_ONLY,
            "--n-gpu-layers", CPU_ONLY,
            "--gpu-layers", CPU_ONLY,
            "--device", CPU_ONLY,
            "--compression-ratio", AMOUNT,
            "--compression_ratio", AMOUNT,
            "--log_samples", "bench always keeps them: hayloft show --sample shows prompt and answers of one");

    private OtherTools() {}

    /** Returns a hint for an unknown command; empty if no other tool is known to have it. */
    static Optional<String> command(String word) {
        var here = COMMANDS.get(word);
        return here == null
                ? Optional.ofNullable(MISSING_COMMANDS.get(word))
                : Optional.of(meant(here.startsWith("-") ? "hayloft " + here : here));
    }

    /** Returns a hint for an option that a command lacks; empty if nothing here corresponds to it. */
    static Optional<String> option(CommandSpec command, String word) {
        var own = ofOneCommand(command.name(), word);
        if (own.isPresent()) {
            return own;
        }
        for (var candidate : OPTIONS.getOrDefault(word, List.of())) {
            if (command.optionsMap().containsKey(candidate.replaceFirst(" .*", ""))) {
                return Optional.of(meant(candidate));
            }
        }
        return Optional.ofNullable(MISSING_OPTIONS.get(word));
    }

    private static Optional<String> ofOneCommand(String command, String word) {
        if (!command.equals("generate")) {
            return Optional.empty();
        }
        return switch (word) {
            case "-p" ->
                Optional.of("write the prompt behind the command in quotation marks: hayloft generate \"TEXT\"");
            case "-i", "-cnv", "--interactive" ->
                Optional.of("generate answers one prompt at a time; there is no conversation");
            default -> Optional.empty();
        };
    }

    private static String meant(String name) {
        return "did you mean '" + name + "'?";
    }
}
