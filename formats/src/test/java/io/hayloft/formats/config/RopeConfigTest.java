package io.hayloft.formats.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.HuggingFaceConfig;
import io.hayloft.testing.Goldens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RopeConfigTest {
    /** The tables of published models; read through a config.json with the same settings. */
    @TestFactory
    List<DynamicTest> agreesWithTheReference() {
        var path = Goldens.path("architectures/rope_tables/rope_tables.json");
        var tests = new ArrayList<DynamicTest>();
        for (var table : new JsonMapper().readTree(path.toFile()).get("cases")) {
            tests.add(DynamicTest.dynamicTest(table.get("name").asString(), () -> compare(table)));
        }
        assertThat(tests).hasSizeGreaterThan(10);
        return tests;
    }

    private static void compare(JsonNode table) throws IOException {
        var length = table.get("sequence_length");
        var frequencies = Objects.requireNonNull(config(table).attention(0).rope())
                .frequencies(length.isNull() ? 1 : length.asInt());
        float scaling = (float) table.get("attention_scaling").asDouble();
        assertThat(frequencies.attentionScaling()).isEqualTo(scaling);
        var expected = table.get("inv_freq");
        assertThat(frequencies.inverse()).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            float value = (float) expected.get(i).asDouble();
            assertThat(frequencies.inverse()[i])
                    .as("frequency %d", i)
                    .isBetween(value - 2 * Math.ulp(value), value + 2 * Math.ulp(value));
        }
    }

    private static DecoderConfig config(JsonNode table) {
        int headDim = table.get("head_dim").asInt();
        var json = """
            {"model_type": "llama", "hidden_size": %d, "num_attention_heads": 1, "num_hidden_layers": 1,
             "intermediate_size": 8, "vocab_size": 8, "max_position_embeddings": %d, "rope_parameters": %s}
            """.formatted(headDim, table.get("max_position_embeddings").asInt(), table.get("rope_parameters"));
        return HuggingFaceConfig.parse("table", json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void perFrequencyDivisorsEqualTheirRule() {
        var plain = RopeConfig.plain(500_000, 8).frequencies(1).inverse();
        var divided = new RopeConfig(500_000, 8, new RopeConfig.PerFrequency(List.of(1.0, 2.0, 4.0, 8.0)))
                .frequencies(1)
                .inverse();
        for (int i = 0; i < 4; i++) {
            assertThat(divided[i]).isEqualTo(plain[i] / (1 << i));
        }
    }

    @Test
    void refusesAbsurdNumbers() {
        var ones = Collections.nCopies(4, 1.0);
        assertError(() -> RopeConfig.plain(0, 8), "theta");
        assertError(() -> RopeConfig.plain(Double.NaN, 8), "theta");
        assertError(() -> RopeConfig.plain(10_000, 7), "even");
        assertError(() -> new RopeConfig(10_000, 8, new RopeConfig.Linear(0)), "factor");
        assertError(() -> new RopeConfig(10_000, 8, new RopeConfig.Llama3(8, 4, 1, 8192)), "low frequency");
        assertError(() -> new RopeConfig(10_000, 8, new RopeConfig.Dynamic(2, 0)), "original length");
        assertError(() -> new RopeConfig(10_000, 2, new RopeConfig.Dynamic(2, 64)), "4 rotary channels");
        assertError(() -> new RopeConfig(10_000, 10, new RopeConfig.PerFrequency(ones)), "must be 5 numbers");
        assertError(() -> new RopeConfig(10_000, 8, new RopeConfig.LongRope(ones, List.of(1.0), 64, 1)), "long rope");
        assertError(() -> new RopeConfig(10_000, 8, new RopeConfig.Yarn(4, 64, 32, 1, 0, true)), "attention factor");
    }

    private static void assertError(ThrowingCallable call, String part) {
        assertThatThrownBy(call).isInstanceOf(UserError.class).hasMessageContaining(part);
    }
}
