package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.StreamsConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gemma 3n in config.json: the text part of a larger model, defaults, and what is refused. */
class Gemma3nConfigTest {
    private static DecoderConfig parse(String text) {
        var json = "{\"model_type\": \"gemma3n\", \"audio_config\": {}, \"text_config\": {" + text + "}}";
        return HuggingFaceConfig.parse("config.json", json.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Integer> holders(DecoderConfig config) {
        return IntStream.range(0, config.layers())
                .map(layer -> config.attention(layer).holder(layer))
                .boxed()
                .toList();
    }

    /** A config that says next to nothing describes the model of 4 billion effective parameters. */
    @Test
    void hasTheDefaultsOfTheLargerModel() {
        var config = parse("\"rope_scaling\": null");
        assertThat(config.layers()).isEqualTo(35);
        assertThat(config.streams()).isEqualTo(new StreamsConfig(4, 0, true, 64, 256, 262_144));
        assertThat(config.tokens().softCap()).isEqualTo(30);
        assertThat(config.tokens().tiedOutput()).isTrue();
        assertThat(config.attention(0).window()).isEqualTo(512);
        assertThat(config.attention(4).window()).isZero();
        assertThat(config.attention(4).scale()).isEqualTo(1);
        assertThat(holders(config).subList(0, 25))
                .containsExactly(
                        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 18, 18, 18, 18, 19);
        assertThat(config.findDense(9).orElseThrow().cutoff()).isCloseTo(1.6448536, within(1e-6));
        assertThat(config.findDense(10).orElseThrow().cutoff()).isEqualTo(FeedForward.NO_CUTOFF);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num_kv_shared_layers: 35 | the last 35 of 35 layers cannot read the keys and values of earlier ones",
                "num_kv_shared_layers: 34 | layer 4 has no layer of its kind before layer 1",
                "altup_active_idx: 4 | active residual stream must be between 0 and 3, not 4",
                "activation_sparsity_pattern: [0.5] | field 'activation_sparsity_pattern' has 1 entries"
                        + " for 35 layers",
                "activation_sparsity_pattern: 1 | must have numbers from 0 and below 1, not 1.0",
                "intermediate_size: [8, 8] | has 2 entries for 35 layers",
                "hidden_size_per_layer_input: 0 | must be a whole number from 1, not 0"
            })
    void namesWhatIsWrong(String field, String message) {
        assertThatThrownBy(() -> parse(field.replaceFirst("^(\\w+)", "\"$1\"")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "0.5, 0",
        "0.9, 1.2815515655446004",
        "0.95, 1.6448536269514722",
        "0.001, -3.090232306167813",
        "0.9999999999, 6.361340902404056"
    })
    void quantilesOfTheNormalDistribution(double probability, double quantile) {
        assertThat(NormalQuantile.of(probability)).isCloseTo(quantile, within(1e-6));
        assertThat(NormalQuantile.of(1 - probability)).isCloseTo(-quantile, within(1e-6));
    }
}
