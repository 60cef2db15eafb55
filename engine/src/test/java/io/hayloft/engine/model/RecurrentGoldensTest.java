package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.formats.config.DeltaConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.formats.config.SharedBlockConfig;
import io.hayloft.formats.config.ShortConvolutionConfig;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.RecurrentState;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What models with recurrent mixers remember, against the reference implementation; logits are those of {@link ArchitectureGoldensTest}. */
class RecurrentGoldensTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "architectures/mamba",
                "architectures/mamba2",
                "architectures/mamba2_codestral",
                "architectures/jamba",
                "architectures/falcon_h1",
                "architectures-2026/lfm2",
                "architectures-2026/granitemoehybrid_moe",
                "architectures-2026/granitemoehybrid_dense",
                "architectures-2026/qwen3_next",
                "architectures-2026/nemotron_h",
                "architectures-2026/nemotron_h_moe",
                "architectures-2026/bamba",
                "architectures-2026/zamba2"
            })
    void statesAgree(String layout) {
        var folder = Shared.golden(layout);
        try (var model = Runs.load(folder, "config.json", 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            int compared = 0;
            for (var prompt : List.of("prompt1", "prompt2")) {
                try (var cache = Runs.exactCache(model)) {
                    Runs.prefill(model, Runs.ids(expected, prompt + ".input_ids"), cache, 64);
                    for (int layer = 0; layer < model.config().layers(); layer++) {
                        compared += compare(prompt, layer, model, cache, expected);
                    }
                }
            }
            assertThat(compared).isPositive();
        }
    }

    private static int compare(
            String prompt, int layer, LanguageModel model, SequenceCache cache, SafetensorsFile expected) {
        var convolutionName = prompt + ".state.conv_states.layer" + layer;
        var scanName = prompt + ".state.recurrent_states.layer" + layer;
        if (!expected.names().contains(convolutionName)) {
            return 0;
        }
        var convolution = expected.readFloats(convolutionName);
        var scan = expected.names().contains(scanName) ? expected.readFloats(scanName) : new float[0];
        switch (model.config().stack().get(layer).mixer()) {
            case MambaConfig mamba -> {
                var state = state(cache, layer);
                int edge = 3 * mamba.channels();
                Runs.assertClose(convolutionName, Runs.slice(state, 0, edge), newest(convolution, 4));
                Runs.assertClose(
                        scanName,
                        Runs.slice(state, edge, state.length - edge),
                        transposed(scan, 1, mamba.channels(), mamba.stateSize()));
            }
            case ShortConvolutionConfig own -> {
                assertThat(scan).isEmpty();
                Runs.assertClose(convolutionName, state(cache, layer), newest(convolution, own.convolution()));
            }
            case DeltaConfig delta -> {
                var state = state(cache, layer);
                int edge = 3 * delta.convolutionChannels();
                Runs.assertClose(convolutionName, Runs.slice(state, 0, edge), newest(convolution, 4));
                Runs.assertClose(scanName, Runs.slice(state, edge, state.length - edge), scan);
            }
            case Mamba2Config mamba -> compare(mamba, state(cache, layer), convolution, scan, scanName);
            case SharedBlockConfig shared ->
                compare(
                        shared.mamba(),
                        state(cache, Shapes.stateBeside(model.config(), layer)),
                        convolution,
                        scan,
                        scanName);
            case ParallelMixers both ->
                compare(
                        both.mamba(),
                        state(cache, Shapes.stateBeside(model.config(), layer)),
                        convolution,
                        scan,
                        scanName);
            default -> throw new AssertionError("layer " + layer + " is not recurrent");
        }
        return 1;
    }

    private static void compare(Mamba2Config mamba, float[] state, float[] convolution, float[] scan, String name) {
        int edge = 3 * mamba.convolutionChannels();
        Runs.assertClose("convolution of " + name, Runs.slice(state, 0, edge), newest(convolution, 4));
        Runs.assertClose(
                name,
                Runs.slice(state, edge, state.length - edge),
                transposed(scan, mamba.heads(), mamba.headDim(), mamba.stateSize()));
    }

    private static float[] state(SequenceCache cache, int state) {
        return ((RecurrentState) cache.state(state)).values();
    }

    /** [channels][taps] to [taps - 1][channels], without the oldest input. */
    private static float[] newest(float[] inputs, int taps) {
        return Runs.slice(
                transposed(inputs, 1, inputs.length / taps, taps),
                inputs.length / taps,
                inputs.length / taps * (taps - 1));
    }

    /** [count][rows][columns] to [count][columns][rows]. */
    private static float[] transposed(float[] x, int count, int rows, int columns) {
        var y = new float[x.length];
        for (int i = 0; i < count; i++) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    y[(i * columns + column) * rows + row] = x[(i * rows + row) * columns + column];
                }
            }
        }
        return y;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "architectures/mamba",
                "architectures/mamba2_codestral",
                "architectures/jamba",
                "architectures/falcon_h1",
                "architectures-2026/lfm2",
                "architectures-2026/qwen3_next",
                "architectures-2026/nemotron_h_moe"
            })
    void lockstepEqualsSoloAndForksGoTheirOwnWays(String layout) {
        var folder = Shared.golden(layout);
        try (var model = Runs.load(folder, "config.json", 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var a = Runs.exactCache(model);
                var b = Runs.exactCache(model)) {
            int vocabulary = model.config().vocabulary();
            Runs.prefill(model, Runs.ids(expected, "prompt1.input_ids"), a, 64);
            Runs.prefill(model, Runs.ids(expected, "prompt2.input_ids"), b, 64);
            long bytes = model.cacheShape().fullBytes(0, new KvCodec.F32());
            try (var soloA = a.fork();
                    var soloB = b.fork()) {
                var together = new float[2 * vocabulary];
                var alone = new float[vocabulary];
                for (int step = 0; step < 5; step++) {
                    var rows = DecodeRows.of(new int[] {10 + step, 20 + step}, a, b);
                    model.decoder().step(rows, together, StepTimes.NONE);
                    model.decoder().step(new int[] {10 + step}, new SequenceCache[] {soloA}, alone);
                    assertThat(Runs.slice(together, 0, vocabulary)).isEqualTo(alone);
                    model.decoder().step(new int[] {20 + step}, new SequenceCache[] {soloB}, alone);
                    assertThat(Runs.slice(together, vocabulary, vocabulary)).isEqualTo(alone);
                }
            }
            assertThat(stateBytes(a)).isEqualTo(stateBytes(b)).isEqualTo(bytes);
            assertThatThrownBy(() -> a.truncate(3))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("recurrent");
        }
    }

    private static long stateBytes(SequenceCache cache) {
        long bytes = 0;
        for (int state = 0; state < cache.shape().layers(); state++) {
            bytes += cache.state(state) instanceof RecurrentState recurrent ? recurrent.bytes() : 0;
        }
        return bytes;
    }
}
