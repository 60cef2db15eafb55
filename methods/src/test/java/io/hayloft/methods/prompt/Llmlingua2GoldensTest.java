package io.hayloft.methods.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every text, rate and set of options of the golden files against the authors' library on a tiny classifier. */
class Llmlingua2GoldensTest {
    private static final String FOLDER = "goldens/compression/llmlingua2";

    private static WorkerPool pool;

    @BeforeAll
    static void open() {
        pool = new WorkerPool(2);
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static JsonNode rows() throws IOException {
        var expected = Shared.path(FOLDER).resolve("expected.json");
        return JsonMapper.shared().readTree(Files.readString(expected)).get("rows");
    }

    @TestFactory
    List<DynamicTest> compressesAsTheOriginal() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        for (var row : rows()) {
            tests.add(DynamicTest.dynamicTest(row.get("key").asString(), () -> check(row)));
        }
        return tests;
    }

    private static void check(JsonNode row) {
        try (var compressor = new Llmlingua2(load(row), TokenCount.GPT_ESTIMATE, Llmlingua2.Rate.OFFICIAL)) {
            var compressed = compressor.compress(
                    row.get("text").asString(), row.get("rate").asDouble());
            assertThat(compressed.text()).isEqualTo(row.get("compressed_prompt").asString());
            assertThat(compressed.originalTokens())
                    .isEqualTo(row.get("origin_tokens").asInt());
            assertThat(compressed.tokens())
                    .isEqualTo(row.get("compressed_tokens").asInt());
            var words = new ArrayList<CompressedPrompt.Word>();
            row.get("words")
                    .forEach(word -> words.add(new CompressedPrompt.Word(
                            word.get(0).asString(), word.get(1).asString().equals("1"))));
            assertThat(compressed.words()).isEqualTo(words);
        }
    }

    @TestFactory
    List<DynamicTest> probabilitiesAreThoseOfTheOriginal() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        for (var row : rows()) {
            var key = row.get("key").asString();
            if (Set.of("short", "repeats", "long").contains(key.substring(0, key.indexOf('.')))
                    && (key.endsWith(".paper.0.5") || key.endsWith(".plain.0.5"))) {
                tests.add(DynamicTest.dynamicTest(key, () -> checkProbabilities(row, key.replace(".0.5", ""))));
            }
        }
        assertThat(tests).hasSize(6);
        return tests;
    }

    private static void checkProbabilities(JsonNode row, String key) {
        try (var model = load(row);
                var expected = SafetensorsFile.open(Shared.path(FOLDER).resolve("expected.safetensors"))) {
            var chunks = model.score(row.get("text").asString());
            var shape = expected.shape(key + ".prob_keep");
            int width = (int) shape[1];
            assertThat(chunks).hasSize((int) shape[0]);
            var ids = expected.readLongs(key + ".input_ids");
            var mask = expected.readBytes(key + ".attention_mask");
            var keep = expected.readFloats(key + ".prob_keep");
            for (int c = 0; c < chunks.size(); c++) {
                int length = 0;
                while (length < width && mask[c * width + length] == 1) {
                    length++;
                }
                var chunkIds = Arrays.stream(ids, c * width, c * width + length)
                        .mapToInt(Math::toIntExact)
                        .toArray();
                assertThat(chunks.get(c).ids()).containsExactly(chunkIds);
                for (int i = 0; i < length; i++) {
                    float value = keep[c * width + i];
                    assertThat(chunks.get(c).keep()[i]).isBetween(value - 2e-4f, value + 2e-4f);
                }
            }
        }
    }

    private static KeepModel load(JsonNode row) {
        var given = row.get("options");
        var options = new KeepOptions(
                texts(given.get("force_tokens")),
                Set.of(".", "\n"), // in every row, given or by default
                given.has("drop_consecutive") && given.get("drop_consecutive").asBoolean(),
                given.has("token_to_word")
                        && given.get("token_to_word").asString().equals("first"),
                given.has("force_reserve_digit")
                        && given.get("force_reserve_digit").asBoolean());
        return KeepModel.load(Shared.path(FOLDER), pool, options);
    }

    private static List<String> texts(JsonNode list) {
        var texts = new ArrayList<String>();
        if (list != null) {
            list.forEach(text -> texts.add(text.asString()));
        }
        return texts;
    }
}
