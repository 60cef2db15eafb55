package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerShape.RecurrentShape;
import io.hayloft.kv.cache.RecurrentState;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What RecurrentGemma and RWKV-5 remember, against the reference implementation; their logits are in
 * {@link ArchitectureGoldensTest}.
 */
class LinearTimeGoldensTest {
    @ParameterizedTest
    @CsvSource({"rwkv5,prompt1", "rwkv5,prompt2", "recurrent_gemma,prompt1", "recurrent_gemma,prompt2"})
    void statesAgree(String layout, String prompt) {
        var folder = Shared.golden("architectures/" + layout);
        try (var model = Runs.load(folder, "config.json", 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var cache = Runs.exactCache(model)) {
            Runs.prefill(model, Runs.ids(expected, prompt + ".input_ids"), cache, 64);
            int compared = 0;
            for (int layer = 0; layer < model.config().layers(); layer++) {
                var name = prompt + ".state.%s.layer" + layer;
                switch (model.config().stack().get(layer).mixer()) {
                    case GriffinConfig griffin -> {
                        compare(name, griffin, state(cache, layer), expected);
                        compared++;
                    }
                    case RwkvConfig rwkv -> {
                        compare(name, rwkv, state(cache, layer), expected);
                        compared++;
                    }
                    default -> assertThat(cache.shape().window(layer)).isEqualTo(24);
                }
            }
            assertThat(compared).isEqualTo(3);
        }
    }

    private static float[] state(SequenceCache cache, int layer) {
        return ((RecurrentState) cache.state(layer)).values();
    }

    private static void compare(String name, GriffinConfig griffin, float[] state, SafetensorsFile expected) {
        int channels = griffin.channels();
        var inputs = expected.readFloats(name.formatted("conv1d_state")); // [channels][3]
        var convolution = new float[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            convolution[i % 3 * channels + i / 3] = inputs[i];
        }
        Runs.assertClose(name, Runs.slice(state, 0, 3 * channels), convolution);
        Runs.assertClose(
                name,
                Runs.slice(state, 3 * channels, channels),
                expected.readFloats(name.formatted("recurrent_states")));
    }

    private static void compare(String name, RwkvConfig rwkv, float[] state, SafetensorsFile expected) {
        int hidden = rwkv.hidden();
        Runs.assertClose(name, Runs.slice(state, 0, hidden), expected.readFloats(name.formatted("att_x_prev")));
        int matrices = rwkv.channels() * rwkv.headSize();
        Runs.assertClose(name, Runs.slice(state, hidden, matrices), expected.readFloats(name.formatted("wkv")));
        Runs.assertClose(
                name, Runs.slice(state, hidden + matrices, hidden), expected.readFloats(name.formatted("ffn_x_prev")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwkv5", "recurrent_gemma"})
    void lockstepEqualsSoloAndForksGoTheirOwnWays(String layout) {
        var folder = Shared.golden("architectures/" + layout);
        try (var model = Runs.load(folder, "config.json", 2);
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"));
                var a = Runs.exactCache(model);
                var b = Runs.exactCache(model)) {
            int vocabulary = model.config().vocabulary();
            Runs.prefill(model, Runs.ids(expected, "prompt1.input_ids"), a, 64);
            Runs.prefill(model, Runs.ids(expected, "prompt2.input_ids"), b, 64);
            try (var soloA = a.fork();
                    var soloB = b.fork()) {
                var together = new float[2 * vocabulary];
                var alone = new float[vocabulary];
                for (int step = 0; step < 30; step++) { // beyond the window of 24
                    var rows = DecodeRows.of(new int[] {10 + step, 20 + step}, a, b);
                    model.decoder().step(rows, together, StepTimes.NONE);
                    model.decoder().step(new int[] {10 + step}, new SequenceCache[] {soloA}, alone);
                    assertThat(Runs.slice(together, 0, vocabulary)).isEqualTo(alone);
                    model.decoder().step(new int[] {20 + step}, new SequenceCache[] {soloB}, alone);
                    assertThat(Runs.slice(together, vocabulary, vocabulary)).isEqualTo(alone);
                }
                for (int layer = 0; layer < a.shape().layers(); layer++) {
                    if (a.state(layer) instanceof RecurrentState state) {
                        assertThat(state.values())
                                .isEqualTo(state(soloA, layer))
                                .isNotSameAs(state(soloA, layer));
                    }
                }
            }
            assertThatThrownBy(() -> a.truncate(3))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("recurrent");
        }
    }

    /** All of RWKV, and all but the window of RecurrentGemma, takes the same bytes after any number of tokens. */
    @Test
    void statesAreConstant() {
        var rwkv = Shared.golden("architectures/rwkv5");
        try (var model = Runs.load(rwkv, "config.json", 2);
                var cache = new SequenceCache(model.cacheShape(), new KvCodec.F16(), 0)) {
            long bytes = cache.bytes();
            assertThat(bytes).isEqualTo(4L * 3 * (64 + 2 * 32 * 32 + 64));
            assertThat(model.cacheShape().fullBytes(1_000_000, new KvCodec.F16()))
                    .isEqualTo(bytes);
            Runs.prefill(model, new int[300], cache, 64);
            assertThat(cache.bytes()).isEqualTo(bytes);
        }
        var gemma = Shared.golden("architectures/recurrent_gemma");
        try (var model = Runs.load(gemma, "config.json", 2);
                var cache = new SequenceCache(model.cacheShape(), new KvCodec.F16(), 0)) {
            Runs.prefill(model, new int[200], cache, 64);
            long bytes = cache.bytes();
            for (int layer : List.of(0, 1, 3)) {
                assertThat(cache.state(layer).bytes()).isEqualTo(4L * 4 * 48);
                assertThat(model.cacheShape().shapes().get(layer)).isEqualTo(new RecurrentShape(4 * 48));
            }
            for (int step = 0; step < 640; step++) {
                model.decoder().step(new int[] {5}, new SequenceCache[] {cache}, null);
            }
            assertThat(cache.bytes()).isLessThanOrEqualTo(bytes);
        }
    }

    /** Nothing may be dropped behind the last mixer: the channel mix of RWKV remembers every row. */
    @Test
    void theChannelMixIsNotRowwise() {
        var folder = Shared.golden("architectures/rwkv5");
        try (var model = Runs.load(folder, "config.json", 2);
                var all = Runs.exactCache(model);
                var last = Runs.exactCache(model)) {
            var tokens = new int[] {7, 30, 90, 3, 15};
            Runs.prefill(model, tokens, all, 64);
            var logits = new float[model.config().vocabulary()];
            var options = new PrefillOptions(64, null, LogitsSink.of(4, logits), ProgressListener.NONE);
            model.decoder().prefill(tokens, 0, 5, last, options);
            for (int layer = 0; layer < 3; layer++) {
                assertThat(state(last, layer)).isEqualTo(state(all, layer));
            }
        }
    }
}
