package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gemma3n|5 of width 40, feed-forward 48|4 query heads share 2 KV heads of 12; 3 layers slide with a"
                        + " window of 24; 2 layers read the keys and values of earlier ones",
                "deepseek_v2_lite|feed-forward 64, 2 of 6 experts of 20|share 1 KV head of 40: latent and rotating key",
                "zamba2|4 of width 40, feed-forward 48|in 2 layers"
            })
    void saysWhatIsSpecialInAFamily(String layout, String layers, String attention) {
        assertThat(Cli.good(
                                "inspect",
                                Shared.golden("architectures-2026/" + layout).toString())
                        .out())
                .contains(layers, attention, "K parameters");
    }

    @Test
    void saysWhatIsWrongWithAChatTemplate(@TempDir Path folder) throws IOException {
        var model = Shared.path("compat/byte-model");
        try (var files = Files.list(model)) {
            for (var file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        var template = folder.resolve("chat_template.jinja");
        Files.writeString(template, "{% for m in messages %}{{ m.content }}{% endfor %}<think></think>");
        assertThat(Cli.good("inspect", folder.toString()).out())
                .contains("yes, with thoughts between <think> and </think>");
        Files.writeString(template, "{% for m in messages %}\n{{ m.content | nofilter }}{% endfor %}");
        assertThat(Cli.good("inspect", folder.toString()).out()).contains("broken: " + template, "line 2", "nofilter");
        Files.writeString(template, "{{ raise_exception('no, thanks') }}");
        assertThat(Cli.good("inspect", folder.toString()).out()).contains("broken: ", "no, thanks");
        Files.writeString(template, "hello");
        assertThat(inspect(folder.toString()).get("chat_problem").asString()).contains("leaves out the user's message");
    }

    @Test
    void pullOfTheEmbeddedModelNeedsNoNetwork() {
        assertThat(Cli.good("pull", "hayloft-tiny").out()).startsWith("hayloft-tiny is at ");
    }

    private static JsonNode inspect(String model) {
        return JsonMapper.shared().readTree(Cli.good("inspect", model, "--json").out());
    }
}
