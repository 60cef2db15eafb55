package io.hayloft.bench.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.DecoderConfig.NormPlacement;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.hub.ModelStore;
import io.hayloft.kernels.machine.MachineLimits;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.methods.registry.Methods;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Time, memory and what fits, from shapes. */
class PredictorTest {
    private static final KvCodec F16 = new KvCodec.F16();
    private static final Method FULL = Methods.parse("full");

    /** Another machine than any that a test runs on, of round speeds. */
    private static final Machine ROUND = new Machine("an abacus", 7, 8, 100, 10, Map.of());

    /** What is measured matters here, not how fast this machine is. */
    private static final Stopwatch IMPATIENT = Stopwatch.ofOneRun();

    @TempDir
    private Path folder;

    private static ModelShape shape(String name) {
        return new ModelShapes(ModelStore.open(), ReadOptions.DEFAULTS).find(name);
    }

    private static Predictor predictor(String name, @Nullable Machine machine) {
        return new Predictor(shape(name), F16, 1, machine, text -> {});
    }

    @Test
    void timeIsWorkTimesTheLimitsOfAMachineThatSaysNothingElse() {
        try (var predictor = predictor("Llama-3-8B", ROUND)) {
            var prediction = predictor.predict(FULL, 2048);

            double layers = 32.0 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3.0 * 4096 * 14336);
            double products = 2 * (layers * 2048 - 2047 * 3.0 * 4096 * 14336);
            double attention = 4.0 * 32 * 4096 * (2048 * 2049.0 / 2);
            double output = 2.0 * 4096 * 128256;
            assertThat(prediction.prefillSeconds())
                    .isCloseTo((products + attention) / 100e9 + output / 10e9, withinPercentage(1e-6));
            double bytes = 2 * (layers + 4096.0 * 128256);
            assertThat(prediction.decodeMsPerToken())
                    .isCloseTo(1e3 * (bytes / 10e9 + 32.0 * 4096 * 2049 / 10e9), withinPercentage(1e-6));
            assertThat(predictor.estimated()).isTrue();
        }
    }

    @Test
    void whatOtherModelsTookGoesBeforeLimits() {
        var slow = ROUND.with(new Cost(Cost.Sort.STEP_WEIGHTS, "another model"), 1e-6);
        try (var predictor = predictor("SmolLM2-135M", slow)) {
            var prediction = predictor.predict(FULL, 16);

            assertThat(prediction.decodeMsPerToken())
                    .isCloseTo(1e3 * 1e-6 * shape("SmolLM2-135M").weightBytes(), withinPercentage(1));
        }
    }

    @Test
    void rowsOfAWindowSeeNoMoreThanIt() {
        var attention = new AttentionConfig(2, 1, 8, 10, null, 1, 0, false, false);

        assertThat(ReadWork.attention(attention, 0, 12, Double.MAX_VALUE)).isEqualTo(16 * (55 + 2 * 10));
        assertThat(ReadWork.attention(attention, 100, 12, Double.MAX_VALUE)).isEqualTo(16 * 120);
        assertThat(ReadWork.attention(attention, 3, 2, 4)).isEqualTo(16 * 8);
    }

    /** 8 hidden channels; attention of 16 queries, 8 keys and values; a feed-forward part of 32 without a gate. */
    @ParameterizedTest
    @CsvSource({"BEFORE, 1", "PARALLEL, 10"})
    void behindTheLastAttentionRowsEndUnlessTheFeedForwardPartIsBesideIt(NormPlacement placement, int rows) {
        var attention = new AttentionConfig(2, 1, 8, 0, null, 1, 0, false, true);
        var plain = new LayerConfig.FeedForward(32, LayerConfig.Activation.GELU, false, true);
        var layer = new LayerConfig(attention, plain);
        var config = new DecoderConfig(
                "test",
                8,
                new DecoderConfig.Context(100, 100, 100),
                new DecoderConfig.Tokens(10, -1, List.of(), 1, true, 0),
                new DecoderConfig.Norms(DecoderConfig.NormKind.LAYER, 1e-5, false, placement),
                List.of(layer));

        double mixer = 10 * 2.0 * 8 * (2 * 16 + 2 * 8);
        assertThat(new ReadWork(config).linear(0, 10)).isEqualTo(mixer + rows * 2.0 * 2 * 8 * 32);
    }

    /** Plain feed-forward parts, biases, embeddings of positions, parts side by side. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "phi", "falcon", "olmo2", "cohere"})
    void measuresLayersOfAllKindsOfAttentionModels(String name) {
        var shape = shape(Shared.golden("architectures-2026/" + name).toString());
        var here = Machine.here(new MachineLimits(1, 100, 10));
        try (var predictor = new Predictor(shape, F16, 1, here, IMPATIENT, text -> {})) {
            var prediction = predictor.predict(FULL, 64);

            assertThat(prediction.prefillSeconds()).isPositive();
            assertThat(prediction.decodeMsPerToken()).isPositive();
            assertThat(predictor.estimated()).isFalse();
        }
    }

    /** Recurrent states, alone, before and beside attention; mixtures of experts; latent attention, gates and sinks. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "architectures/mamba",
                "architectures/falcon_h1",
                "architectures/recurrent_gemma",
                "architectures/rwkv5",
                "architectures-2026/mixtral",
                "architectures-2026/gpt_oss",
                "architectures-2026/deepseek_v2",
                "architectures-2026/lfm2",
                "architectures-2026/qwen3_next",
                "architectures-2026/zamba2",
                "architectures-2026/nemotron_h_moe"
            })
    void measuresLayersOfEveryKind(String name) {
        var shape = shape(Shared.golden(name).toString());
        var here = Machine.here(new MachineLimits(1, 100, 10));
        try (var predictor = new Predictor(shape, F16, 1, here, IMPATIENT, text -> {})) {
            var prediction = predictor.predict(FULL, 64);

            assertThat(prediction.prefillSeconds()).isPositive();
            assertThat(prediction.decodeMsPerToken()).isPositive();
            assertThat(predictor.estimated()).isFalse();
            assertThat(prediction.peakMemoryBytes()).isGreaterThan(shape.weightBytes() + prediction.storedBytes());
        }
    }

    /** Measured once and written; what is in the file is not measured again. */
    @Test
    void measuresThisMachineOnce() {
        var heard = new ArrayList<String>();
        var file = folder.resolve("machine.json");
        var here = Machine.here(new MachineLimits(1, 100, 10));
        Prediction first;
        try (var predictor = new Predictor(shape("hayloft-tiny"), F16, 1, here, IMPATIENT, heard::add)) {
            first = predictor.predict(FULL, 1000);
            assertThat(predictor.estimated()).isFalse();
            predictor.machine().orElseThrow().write(file);
        }
        assertThat(heard).isNotEmpty();
        assertThat(first.prefillSeconds()).isPositive();
        assertThat(first.decodeMsPerToken()).isPositive();

        heard.clear();
        try (var predictor = new Predictor(shape("hayloft-tiny"), F16, 1, Machine.read(file), IMPATIENT, heard::add)) {
            assertThat(predictor.predict(FULL, 1000)).isEqualTo(first);
        }
        assertThat(heard).isEmpty();
    }

    /** The twin of a decode step has layers up to a limit, with attention or without. */
    @ParameterizedTest
    @ValueSource(strings = {"Llama-3-8B", "mamba"})
    void twinsOfLargeModelsAreNotWholeModels(String name) {
        var large = name.equals("mamba") ? recurrent(64) : shape(name);

        int layers = StepTwin.layers(large, Integer.MAX_VALUE);

        assertThat(layers).isBetween(1, large.config().layers() - 1);
        assertThat((layers - 1) * large.layerBytes(0)).isLessThanOrEqualTo(TwinModel.MOST_LAYER_BYTES);
    }

    /** A recurrent model of wide layers. */
    private static ModelShape recurrent(int layers) {
        var layer = new LayerConfig(new MambaConfig(8192, 16, 4, 256, false, true), new LayerConfig.None());
        var config = new DecoderConfig(
                "mamba",
                4096,
                new DecoderConfig.Context(100, 100, 100),
                new DecoderConfig.Tokens(10, -1, List.of(), 1, true, 0),
                new DecoderConfig.Norms(1e-5, false, false),
                Collections.nCopies(layers, layer));
        return new ModelShape("made up", config, WeightTypes.uniform(config, TensorType.F16), "a test");
    }

    /** Two runs keep their costs together; a damaged file and that of another machine are made anew. */
    @Test
    void keptFilesGrowAndDamagedOnesAreReplaced() throws IOException {
        var file = folder.resolve("machines").resolve("here.json");
        var one = new Cost(Cost.Sort.STEP_WEIGHTS, "one");
        var other = new Cost(Cost.Sort.STEP_WEIGHTS, "other");
        Machine.unmeasured(1).with(one, 1).keep(file);
        Machine.unmeasured(1).with(other, 2).keep(file);
        assertThat(Machine.unmeasured(1).together(file).costs()).containsOnlyKeys(one.key(), other.key());
        assertThat(Machine.unmeasured(2).together(file).costs()).isEmpty();

        Files.writeString(file, "{");
        assertThat(Machine.unmeasured(1).together(file).costs()).isEmpty();
        Machine.unmeasured(1).with(other, 2).keep(file);
        assertThat(Machine.unmeasured(1).together(file).costs()).containsOnlyKeys(other.key());
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[1]",
                "no json",
                "{\"cpu\":\"x\",\"threads\":1,\"vectorBits\":8,\"gflops\":-1,"
                        + "\"gigabytesPerSecond\":1,\"costs\":{}}"
            })
    void refusesFilesThatDescribeNoMachine(String text) throws IOException {
        var file = Files.writeString(folder.resolve("broken.json"), text);

        assertThatThrownBy(() -> Machine.read(file))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("describes no machine");
    }

    @Test
    void refusesContextsBeyondTheModel() {
        try (var predictor = predictor("Llama-3-8B", null)) {
            assertThatThrownBy(() -> predictor.predict(FULL, 8193))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("beyond the 8192");
        }
    }

    @Test
    void memoryHoldsWeightsAndCaches() {
        var shape = shape("SmolLM2-135M");
        try (var predictor = new Predictor(shape, F16, 1, null, text -> {})) {
            var full = predictor.predict(FULL, 4096);
            var kivi = predictor.predict(Methods.parse("kivi:2bit"), 4096);

            assertThat(full.peakMemoryBytes()).isGreaterThan(shape.weightBytes() + full.storedBytes());
            assertThat(kivi.peakMemoryBytes() - full.peakMemoryBytes()).isEqualTo(kivi.storedBytes());
            assertThat(full.prefillSeconds()).isNull();
        }
    }

    @Test
    void findsTheLongestContextThatFits() {
        try (var predictor = predictor("SmolLM2-135M", null)) {
            long memory = predictor.predict(FULL, 3000).peakMemoryBytes();

            var fits = predictor.capacity(FULL, 1000, memory);

            assertThat(predictor.predict(FULL, fits.maxContext()).peakMemoryBytes())
                    .isLessThanOrEqualTo(memory);
            assertThat(predictor.predict(FULL, fits.maxContext() + 1).peakMemoryBytes())
                    .isGreaterThan(memory);
            long one = predictor.predict(FULL, 1000).storedBytes();
            assertThat((double) fits.maxBatch()).isCloseTo(2.9, within(0.9)); // of 3000 tokens with logits
            assertThat(one * fits.maxBatch()).isLessThan(memory);
            assertThat(predictor
                            .capacity(Methods.parse("kivi:2bit"), 1000, memory)
                            .maxBatch())
                    .isGreaterThan(fits.maxBatch());
        }
    }

    @Test
    void longContextsAreBoundedByTheModelOrGrowEvenly() {
        try (var predictor = predictor("Llama-3.1-8B", null)) {
            long fixed = predictor.predict(FULL, 32).peakMemoryBytes();

            var some = predictor.capacity(FULL, 1024, fixed + 32_000L * 131_072);
            var all = predictor.capacity(FULL, 1024, fixed + 200_000L * 131_072);

            assertThat((double) some.maxContext()).isCloseTo(32_000, withinPercentage(2));
            assertThat(all.maxContext()).isEqualTo(131_072);
        }
    }

    @Test
    void refusesMemoryTooSmallForTheWeights() {
        try (var predictor = predictor("Llama-3-8B", null)) {
            assertThatThrownBy(() -> predictor.capacity(FULL, 1024, 8_000_000_000L))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("too little for Llama-3-8B")
                    .hasMessageContaining("--weights");
        }
    }

    @Test
    void priceIsTimeTimesMoney() {
        var prediction = new Prediction("full", 10, 1, true, 1, 1, 1, 1, 2.0, 0.5, 10.0);

        assertThat(prediction.price(1000, 160, 3.6)).isCloseTo(1000 * (2.5 + 1.6) / 1000, within(1e-9));
    }
}
