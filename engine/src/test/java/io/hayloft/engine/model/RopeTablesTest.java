package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.HuggingFaceConfig;
import io.hayloft.formats.config.RopeConfig;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Frequencies, cosines and sines of every scaling against those of transformers, from configs of both dialects. */
class RopeTablesTest {
    private static final Set<String> SUPPORTED = Set.of("llama", "phi3", "phi", "stablelm", "glm4", "gpt_neox");

    @TestFactory
    List<DynamicTest> ownCases() {
        var tests = new ArrayList<DynamicTest>();
        for (var table : cases(Goldens.path("architectures/rope_tables/scalings.json"))) {
            tests.add(DynamicTest.dynamicTest(table.get("name").asString(), () -> compare(table)));
        }
        assertThat(tests).hasSize(11);
        return tests;
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "linear", "dynamic", "yarn", "longrope", "llama3", "partial", "proportional"})
    void agreesWithAllTables(String kind) {
        var cases = cases(Shared.path("goldens/architectures-2026/rope_tables/" + kind + ".json"));
        assertThat(cases.size()).isPositive();
        for (var table : cases) {
            compare(table);
        }
    }

    private static JsonNode cases(Path file) {
        return JsonMapper.shared().readTree(file.toFile()).get("cases");
    }

    private static void compare(JsonNode table) {
        compare(table, table.get("config"));
        if (!table.get("config_v4").isNull()) {
            compare(table, table.get("config_v4"));
        }
    }

    private static void compare(JsonNode table, JsonNode config) {
        var name = table.get("name").asString();
        var rope = rope(config);
        var length = table.get("sequence_length");
        int sequence = length.isNull() ? 1 : length.asInt();
        var frequencies = rope.frequencies(sequence);
        assertThat(frequencies.attentionScaling()).as(name).isEqualTo((float)
                table.get("attention_scaling").asDouble());
        var expected = table.get("inv_freq");
        assertThat(frequencies.inverse()).as(name).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            float value = (float) expected.get(i).asDouble();
            assertClose(frequencies.inverse()[i], value, 2 * Math.ulp(value), name + ", frequency " + i);
        }
        compareAngles(table, new Rope(rope), sequence);
    }

    /** Positions of a sequence; where frequencies differ in the last bit, the angle differs by that times position. */
    private static void compareAngles(JsonNode table, Rope rope, int sequence) {
        var frequencies = table.get("inv_freq");
        int pairs = frequencies.size();
        for (int row = 0; row < table.get("positions").size(); row++) {
            int position = table.get("positions").get(row).asInt();
            var angles = rope.table(position + 1, sequence);
            for (int i = 0; i < pairs; i++) {
                float ulp = Math.ulp((float) frequencies.get(i).asDouble());
                float tolerance = 1e-6f + 3 * position * ulp;
                float cos = (float) table.get("cos").get(row).get(i).asDouble();
                float sin = (float) table.get("sin").get(row).get(i).asDouble();
                var where = table.get("name").asString() + ", position " + position + ", pair " + i;
                assertClose(angles.cos()[position * pairs + i], cos, tolerance, where);
                assertClose(angles.sin()[position * pairs + i], sin, tolerance, where);
            }
        }
    }

    private static void assertClose(float actual, float expected, float tolerance, String where) {
        assertThat(Math.abs(actual - expected)).as(where).isLessThanOrEqualTo(tolerance);
    }

    /** Read through a whole config; architectures that are not supported leave their rotation to llama. */
    private static RopeConfig rope(JsonNode config) {
        var whole = (ObjectNode) config.deepCopy();
        if (!SUPPORTED.contains(config.get("model_type").asString())) {
            whole.put("model_type", "llama");
        }
        whole.put("num_hidden_layers", 1).put("intermediate_size", 8).put("vocab_size", 8);
        var parsed = HuggingFaceConfig.parse("table", whole.toString().getBytes(StandardCharsets.UTF_8));
        return Objects.requireNonNull(parsed.attention(0).rope());
    }
}
