package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.engine.model.CheckpointText;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.python.PythonJson;
import io.hayloft.tasks.ruler.RulerInputs;
import io.hayloft.tasks.ruler.RulerRequest;
import io.hayloft.tasks.ruler.RulerTask;
import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hayloft samples}: prints the samples of a generated task. */
@Command(
        name = "samples",
        description = {
            "Print samples of a generated task as JSON lines, in the form of RULER's own programs.",
            "",
            "The RULER tasks draw what those programs draw for the same seed, tokenizer and inputs. Without --inputs"
                    + " they use Hayloft's own prose, word lists and questions."
        },
        footer = {
            "",
            "Examples:",
            "  hayloft samples --task niah_multikey_1 --length 4096 --samples 4 --seed 42 --tokenizer smollm2-135m",
            "  hayloft samples --task qa_1 --length 8k --tokenizer my-model/ --inputs RULER-inputs/"
        })
final class SamplesCommand extends Subcommand {
    @Option(names = "--task", paramLabel = "NAME", description = "A generated task: see hayloft tasks.")
    private @Nullable String task;

    @Option(names = "--task-file", paramLabel = "FILE", description = "A generated task of your own, a YAML file.")
    private List<String> taskFiles = List.of();

    @Option(
            names = "--length",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Tokens of a prompt, for RULER with its answer. Default: ${DEFAULT-VALUE}.")
    private String length = "4096";

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many. Default: ${DEFAULT-VALUE}.")
    private int samples = 10;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Where the draws start. Default: ${DEFAULT-VALUE}, as RULER's.")
    private long seed = 42;

    @Option(
            names = "--tokenizer",
            paramLabel = "DIR|MODEL",
            defaultValue = Catalogue.EMBEDDED,
            description =
                    "Folder or file of a tokenizer.json, GGUF file or name of a model, in whose tokens lengths are"
                            + " counted. Default: ${DEFAULT-VALUE}.")
    private String tokenizer = Catalogue.EMBEDDED;

    @Option(
            names = "--inputs",
            paramLabel = "DIR",
            description = "Folder with RULER's input files: haystack.txt or PaulGrahamEssays.json, nounlist.txt,"
                    + " adjectivelist.txt, verblist.txt, squad.json, hotpotqa.json, english_words.json.")
    private @Nullable String inputs;

    @Option(
            names = "--model-template",
            paramLabel = "TEXT",
            defaultValue = "{task_template}",
            description = "Text around the prompts of RULER, with {task_template} in their place.")
    private String modelTemplate = "{task_template}";

    @Override
    public Integer call() {
        var chosen = TaskFiles.chosen("--task", task, taskFiles);
        if (chosen.needsData()) {
            throw new UserError(
                    "task " + chosen.name() + " reads its samples from files: there is nothing to generate");
        }
        if (samples < 1) {
            throw new UserError("--samples must be at least 1, not " + samples);
        }
        try (var opened = open(tokenizer)) {
            var tokens = counter(opened);
            if (!chosen.suitedTo(tokens)) {
                throw new UserError("task " + chosen.name()
                        + " does not suit this tokenizer, which lacks words that the task needs:"
                        + " name another --tokenizer");
            }
            var lines = chosen instanceof RulerTask ruler ? official(ruler, tokens) : others(chosen, tokens);
            for (int i = 0; i < samples; i++) {
                out().print(lines.apply(i) + "\n");
                out().flush();
            }
        }
        return 0;
    }

    private IntFunction<String> official(RulerTask ruler, TokenCounter tokens) {
        var origin = inputs == null ? RulerInputs.builtIn() : RulerInputs.in(path("--inputs", inputs));
        var drawn = ruler.official(new RulerRequest(Sizes.tokens(length), seed, origin, modelTemplate, tokens));
        return index -> drawn.get(index).toLine();
    }

    private IntFunction<String> others(Task chosen, TokenCounter tokens) {
        var folder = inputs == null ? null : path("--inputs", inputs);
        var drawn = chosen.open(new SampleRequest(Sizes.tokens(length), samples, seed, folder, 0, tokens));
        if (samples > drawn.count()) {
            throw new UserError(
                    "task " + chosen.name() + " has " + drawn.count() + " samples: ask for no more with --samples");
        }
        return index -> line(drawn.get(index), index, tokens);
    }

    private static String line(Sample sample, int index, TokenCounter tokens) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("index", index);
        fields.put("input", sample.prompt().text());
        fields.put("outputs", sample.references());
        fields.put("length", tokens.count(sample.prompt().text()) + sample.maxNewTokens());
        fields.put("answer_prefix", "");
        var text = sample.prompt().text();
        var spans = new ArrayList<Map<String, Object>>();
        for (var span : sample.prompt().spans()) {
            var place = new LinkedHashMap<String, Object>();
            place.put("name", span.name());
            place.put("from", text.codePointCount(0, span.from()));
            place.put("to", text.codePointCount(0, span.to()));
            spans.add(place);
        }
        if (!spans.isEmpty()) {
            fields.put("spans", spans);
        }
        return PythonJson.text(fields);
    }

    /** A tokenizer as RULER's programs use one: no special tokens are added, those in a text count as such. */
    private static TokenCounter counter(Tokenizer tokenizer) {
        return new TokenCounter() {
            @Override
            public int[] encode(String text) {
                return tokenizer.encode(text, false, true);
            }

            @Override
            public String decode(int[] ids) {
                return tokenizer.decode(ids, true);
            }
        };
    }

    private static Tokenizer open(String name) {
        var path = path("--tokenizer", name);
        if (Files.isRegularFile(path) && name.endsWith(".json")) {
            return Tokenizers.fromTokenizerJson(path);
        }
        var found =
                Files.isDirectory(path) ? path : ModelStore.open().resolve(name).path();
        if (Files.isDirectory(found)) {
            return Tokenizers.fromFolder(found);
        }
        try (var checkpoint = Checkpoint.open(found)) {
            return CheckpointText.tokenizer(checkpoint);
        }
    }

    private static Path path(String option, String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new UserError(option + " '" + name + "' is not a valid path", e);
        }
    }
}
