package io.hayloft.benchmarks.gguf;

import io.hayloft.base.UserError;
import io.hayloft.benchmarks.Commands;
import io.hayloft.formats.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that writes a model of random weights. */
@Command(
        name = "random-gguf",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes a GGUF model of random weights, for measuring speed: it loads in Hayloft and in llama.cpp like a"
                    + " real model of its shape, and answers nonsense.",
            "",
            "RWKV-5 and RecurrentGemma, which GGUF has no form for, become folders of safetensors: rwkv5-tiny,"
                    + " rwkv5-169m, recurrentgemma-tiny, recurrentgemma-130m.",
            "",
            "Shapes: tiny (for tests), 135m (SmolLM2-135M), 1b (Llama-3.2-1B), mamba-130m, mamba2-130m, jamba-tiny,"
                    + " falcon-h1-tiny (for tests), falcon-h1-0.5b.",
            "",
            "One of four layers for tests for each of mixtral, qwen2-moe, qwen3-moe, gpt-oss, lfm2, granite-hybrid,"
                    + " qwen3-next, nemotron-h, deepseek-v2, deepseek-v3, gemma3n: such as mixtral-tiny."
        })
final class RandomGguf implements Callable<Integer> {
    @Option(names = "--shape", defaultValue = "135m", paramLabel = "NAME", description = "the shape (${DEFAULT-VALUE})")
    private String shape;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            description = "type of all matrices: f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, q4_k, q6_k"
                    + " (q8_0; for folders bf16); the last two need rows of whole 256 weights: not 135m")
    private @Nullable String type;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "the same seed gives the same file")
    private long seed;

    @Parameters(paramLabel = "FILE", description = "the file or folder to write")
    private Path file;

    /** Runs the command and ends the process with its exit code: 2 for mistakes of the user. */
    public static void main(String[] args) {
        Commands.run(new RandomGguf(), args);
    }

    @Override
    public Integer call() {
        var folder = RandomFolder.shape(shape);
        if (folder.isPresent()) {
            writeFolder(folder.get(), WeightType.named(type == null ? "bf16" : type), seed, file);
        } else if (RandomFamily.names().contains(shape)) {
            write(RandomFamily.plan(shape, WeightType.named(type == null ? "q8_0" : type), seed), file);
        } else {
            write(ModelShape.named(shape), WeightType.named(type == null ? "q8_0" : type), seed, file);
        }
        return 0;
    }

    /**
     * Writes a model.
     *
     * @throws UserError if the shape has rows that are not a multiple of the type's blocks, or the file cannot be written
     */
    static void write(ModelShape shape, WeightType type, long seed, Path file) {
        check(shape, type.tensorType());
        write(RandomModel.plan(shape, type, seed), file);
    }

    /** Writes a file that is put together. */
    static void write(GgufWriter plan, Path file) {
        try {
            var folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            try (var bar = progressBar(file, plan.dataBytes())) {
                plan.write(file, bar::stepBy);
            }
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + e, e);
        }
    }

    /** Writes a folder with weights, config.json and a vocabulary. */
    static void writeFolder(RandomFolder.Shape shape, WeightType type, long seed, Path folder) {
        var plan = RandomFolder.plan(shape, type, seed);
        try {
            RandomFolder.writeTexts(shape, folder);
            try (var bar = progressBar(folder, plan.dataBytes())) {
                plan.write(folder.resolve("model.safetensors"), bar::stepBy);
            }
        } catch (IOException e) {
            throw new UserError("cannot write " + folder + ": " + e, e);
        }
    }

    private static void check(ModelShape shape, TensorType type) {
        int block = type.blockElements();
        int channels = shape.mixers() == null ? 0 : shape.mixers().channels();
        if (shape.hidden() % block != 0 || shape.feedForward() % block != 0 || channels % block != 0) {
            throw new UserError("shape " + shape.name() + " has rows of " + shape.hidden() + " and "
                    + shape.feedForward() + " weights, which are not whole blocks of " + block + " as " + type
                    + " needs: choose another --type");
        }
    }

    private static ProgressBar progressBar(Path file, long bytes) {
        return new ProgressBarBuilder()
                .setTaskName(String.valueOf(file.getFileName()))
                .setInitialMax(bytes)
                .setUnit(" MB", 1_000_000)
                .build();
    }
}
