package io.hayloft.bench.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.Shapes;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.HuggingFaceConfig;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.formats.config.ExpertsConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.hub.ModelStore;
import io.hayloft.kernels.Linear;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.testing.GgufBuilder;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shapes of models that need not be here. */
class ModelShapesTest {
    private final ModelShapes shapes = new ModelShapes(ModelStore.open(), ReadOptions.DEFAULTS);

    @TempDir
    private Path folder;

    /** Known from their publications: parameters in billions, bytes of an f16 cache for each token, context. */
    @ParameterizedTest
    @CsvSource({
        "Llama-3-8B, 8.03, 131072, 8192",
        "Llama-3.1-8B, 8.03, 131072, 131072",
        "Mistral-7B-v0.2, 7.24, 131072, 32768",
        "LongChat-7B, 6.74, 524288, 32768",
        "Qwen2.5-7B, 7.62, 57344, 32768",
        "Qwen3-8B, 8.19, 147456, 40960",
        "Gemma-2-9B, 9.24, 344064, 8192",
        "Phi-3-mini, 3.82, 393216, 4096",
        "SmolLM2-135M, 0.135, 23040, 8192",
    })
    void tableHasTheSizesOfPublishedModels(String name, double billions, long bytesPerToken, int context) {
        var shape = shapes.find(name);
        long tied = shape.config().tokens().tiedOutput()
                ? 0
                : (long) shape.config().hidden() * shape.config().vocabulary();

        assertThat((Shapes.layerWeights(shape.config())
                                + (double) shape.config().hidden()
                                        * shape.config().vocabulary()
                                + tied)
                        / 1e9)
                .isCloseTo(billions, withinPercentage(0.6));
        assertThat(Shapes.cache(shape.config()).fullBytes(1, new KvCodec.F16())).isEqualTo(bytesPerToken);
        assertThat(shape.config().contextLength()).isEqualTo(context);
    }

    @Test
    void everyEntryOfTheTableIsAModel() {
        assertThat(shapes.names()).hasSizeGreaterThan(20).allSatisfy(name -> {
            assertThat(shapes.find(name.toLowerCase(Locale.ROOT)).name()).isEqualTo(name);
            assertThat(shapes.find(name).weightBytes()).isPositive();
        });
    }

    @Test
    void configWithoutWeightsIsEnough() throws IOException {
        Files.copy(Goldens.tinyModel().resolve("config.json"), folder.resolve("config.json"));
        try (var checkpoint = Checkpoint.open(Goldens.tinyModel())) {
            assertThat(shapes.find(folder.toString()).config()).isEqualTo(checkpoint.config());
            assertThat(shapes.find(folder.resolve("config.json").toString()).config())
                    .isEqualTo(checkpoint.config());
        }
    }

    @Test
    void beginningOfAGgufFileIsEnough() throws IOException {
        var bytes = GgufBuilder.completeModel("llama").bytes();
        var whole = Files.write(folder.resolve("whole.gguf"), bytes);
        // all data of tensors is missing
        var cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(bytes, bytes.length - dataBytes(whole)));

        var shape = shapes.find(cut.toString());

        try (var checkpoint = Checkpoint.open(whole)) {
            assertThat(shape.config()).isEqualTo(checkpoint.config());
            assertThat(shape.types()).isEqualTo(WeightTypes.of(checkpoint));
        }
        assertThatThrownBy(() -> Checkpoint.open(cut)).isInstanceOf(UserError.class);
    }

    private static int dataBytes(Path file) {
        try (var checkpoint = Checkpoint.open(file)) {
            return (int) checkpoint.tensors().values().stream()
                    .mapToLong(tensor -> tensor.type().bytes(tensor.elements()))
                    .sum();
        }
    }

    @Test
    void unknownNamesListTheTable() {
        assertThatThrownBy(() -> shapes.find("Llama-3-8C"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("did you mean 'Llama-3-8B'?")
                .hasMessageContaining("Qwen3-8B");
    }

    @ParameterizedTest
    @CsvSource({"F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "F32"})
    void weightsAreAsLargeAsThoseOfALoadedModel(TensorType type) {
        var shape = shapes.find("hayloft-tiny").withWeights(type.name());
        var twin = new TwinModel(shape.config(), shape.types(), TwinModel.ZEROS);
        try (var model = LanguageModel.load(twin, LoadOptions.withThreads(1))) {
            assertThat(shape.weightBytes()).isEqualTo(model.weightBytes());
        }
    }

    @Test
    void weightsOfFilesAreAsLargeAsThoseOfTheLoadedModel() {
        try (var model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(1))) {
            assertThat(shapes.find("hayloft-tiny").weightBytes()).isEqualTo(model.weightBytes());
        }
    }

    /** Plain feed-forward parts, fused and transposed tensors, experts, recurrent mixers alone and beside attention, shared blocks. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "architectures-2026/gpt2",
                "architectures-2026/phi",
                "architectures-2026/falcon",
                "architectures-2026/mixtral",
                "architectures-2026/qwen2_moe",
                "architectures-2026/gpt_oss",
                "architectures-2026/lfm2",
                "architectures-2026/granitemoehybrid_moe",
                "architectures-2026/qwen3_next",
                "architectures-2026/nemotron_h_moe",
                "architectures-2026/bamba",
                "architectures-2026/zamba2",
                "architectures-2026/deepseek_v2",
                "architectures-2026/gemma3n",
                "architectures/phi3",
                "architectures/mamba",
                "architectures/mamba2",
                "architectures/jamba",
                "architectures/falcon_h1",
                "architectures/recurrent_gemma",
                "architectures/rwkv5"
            })
    void weightsOfAllFamiliesAreAsLargeAsThoseOfTheLoadedModel(String path) {
        var folder = Shared.golden(path);
        try (var model = LanguageModel.load(folder, LoadOptions.withThreads(1))) {
            assertThat(shapes.find(folder.toString()).weightBytes()).isEqualTo(model.weightBytes());
        }
    }

    /** Two of eight experts: a step reads their matrices and those of no other. */
    @Test
    void aStepReadsTheChosenExpertsOnly() {
        var shape = shapes.find(Shared.golden("architectures-2026/mixtral").toString());
        var experts = (ExpertsConfig) shape.config().feedForward(0);
        long others = 0;
        for (var role : List.of(Role.EXPERT_GATE, Role.EXPERT_UP, Role.EXPERT_DOWN)) {
            var size = MatrixSize.of(shape.config(), role, 0);
            long one = Linear.packedBytes(shape.types().of(role, 0), size.rows(), size.columns());
            others += (experts.experts() - experts.chosen()) * ((one + 63) / 64 * 64);
        }

        assertThat(others).isPositive();
        assertThat(shape.stepBytes())
                .isEqualTo(shape.weightBytes() - shape.config().layers() * others);
    }

    /** A block that a second layer has, too, adds the adapter of that layer only. */
    @Test
    void blocksThatLayersShareAreCountedOnce() throws IOException {
        var text = Files.readString(Shared.golden("architectures-2026/zamba2").resolve("config.json"));
        long two = weightBytes(text);
        long one = weightBytes(text.replaceFirst("\"num_mem_blocks\": 2", "\"num_mem_blocks\": 1"));
        var config = HuggingFaceConfig.parse("config.json", text.getBytes(StandardCharsets.UTF_8));
        long block = 0;
        for (var role : MatrixSize.SHARED) {
            var size = MatrixSize.of(config, role, 1);
            block += Linear.packedBytes(TensorType.F32, size.rows(), size.columns());
        }
        assertThat(two - one)
                .isCloseTo(block, within(7L * NativeMemory.ALIGNMENT))
                .isPositive();
    }

    private static long weightBytes(String config) {
        var parsed = HuggingFaceConfig.parse("config.json", config.getBytes(StandardCharsets.UTF_8));
        return new ModelShape("test", parsed, WeightTypes.uniform(parsed, TensorType.F32), "a test").weightBytes();
    }

    @Test
    void unknownWeightsListTheTypes() {
        assertThatThrownBy(() -> shapes.find("Llama-3-8B").withWeights("q9"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("q4_k");
    }
}
