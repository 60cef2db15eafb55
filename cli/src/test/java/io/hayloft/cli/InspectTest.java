package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.testing.Shared;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code hayloft inspect} and {@code hayloft pull}. */
class InspectTest {
    @Test
    void showsTheEmbeddedModel() {
        assertThat(Cli.good("inspect", "hayloft-tiny").out())
                .contains("llama", "4 of width 192", "6 query heads share 2 KV heads of 64", "16384 tokens", "39 F16");
    }

    @Test
    void countsTheCacheOfTheEmbeddedModel() {
        var model = inspect("hayloft-tiny");

        // 4 layers, keys and values, 2 heads of 64 channels, 2 bytes each
        assertThat(model.get("cache_bytes_per_token").asLong()).isEqualTo(4 * 2 * 2 * 64 * 2);
        assertThat(model.get("cache_sizes").get(0).get("bytes").asLong()).isEqualTo(1024L * 4 * 2 * 2 * 64 * 2);
        assertThat(model.get("chat_format").asBoolean()).isFalse();
        assertThat(model.get("parameters").asLong()).isCloseTo(2_050_000L, within(5_000L));
    }

    /** Fifteen of its eighteen layers keep no more than 512 tokens. */
    @Test
    void countsTheWindowsOfASlidingModel() {
        var model = inspect(Shared.realModel("gemma-3-270m-q4_k_m.gguf").toString());

        assertThat(model.get("sliding_layers").asInt()).isEqualTo(15);
        long oneToken = 2 * 256 * 2;
        assertThat(model.get("cache_bytes_per_token").asLong()).isEqualTo(18 * oneToken);
        assertThat(model.get("cache_bytes_per_token_beyond_window").asLong()).isEqualTo(3 * oneToken);
        assertThat(model.get("cache_sizes").get(0).get("bytes").asLong()).isEqualTo((3 * 1024 + 15 * 512) * oneToken);
        assertThat(model.get("tensors")
                        .valueStream()
                        .map(type -> type.get("type").asString()))
                .containsExactly("F32", "Q8_0", "Q5_0", "Q4_K", "Q6_K");
    }

    @Test
    void pullOfTheEmbeddedModelNeedsNoNetwork() {
        assertThat(Cli.good("pull", "hayloft-tiny").out()).startsWith("hayloft-tiny is at ");
    }

    private static JsonNode inspect(String model) {
        return JsonMapper.shared().readTree(Cli.good("inspect", model, "--json").out());
    }
}
