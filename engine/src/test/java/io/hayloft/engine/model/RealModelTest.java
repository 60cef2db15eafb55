package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two published models against exact arithmetic. Prompts of 1,500 tokens run only with {@code -Dhayloft.tests.real=all},
 * since they take a minute.
 */
class RealModelTest {
    private static final boolean ALL = "all".equals(System.getProperty("hayloft.tests.real"));
    private static final int USUAL_LONGEST = 1000;
    private static final int SHORT = 100;
    private static final double CLEAR_MARGIN = 0.05;

    @ParameterizedTest
    @CsvSource({"smollm2.jsonl,SmolLM2-135M-Instruct.Q4_1.gguf", "gemma3.jsonl,gemma-3-270m-q4_k_m.gguf"})
    void agreesWithExactArithmetic(String goldens, String file) throws IOException {
        try (var model = LanguageModel.load(Shared.realModel(file), LoadOptions.defaults())) {
            for (var line : lines(goldens)) {
                var ids = ids(line.get("ids"));
                if (ids.length > USUAL_LONGEST && !ALL) {
                    continue;
                }
                if (line.has("text")) {
                    var text = line.get("text").asString();
                    assertThat(model.tokenizer().encode(text, true, true)).isEqualTo(ids);
                }
                check(model, line, ids, new KvCodec.F16());
                if (ids.length < SHORT || ALL) {
                    check(model, line, ids, new KvCodec.F32());
                }
            }
        }
    }

    private static void check(LanguageModel model, JsonNode line, int[] ids, KvCodec codec) {
        var name = line.get("name").asString() + " " + codec.text();
        int vocabulary = model.config().vocabulary();
        var logits = new float[vocabulary];
        try (var cache = new SequenceCache(model.cacheShape(), codec, ids.length)) {
            var options = PrefillOptions.logits(LogitsSink.of(ids.length - 1, logits));
            model.decoder().prefill(ids, 0, ids.length, cache, options);
            double tolerance = codec instanceof KvCodec.F32 ? 0.001 : 0.01;
            double worst = checkFirst(name, line, logits, tolerance);
            var greedy = ids(line.get("greedy"));
            int checked = 0;
            for (int i = 0; i < greedy.length; i++) {
                if (line.get("greedy_margins").get(i).asDouble() > CLEAR_MARGIN) {
                    assertThat(Runs.best(logits, 0, vocabulary))
                            .as("%s, token %d", name, i)
                            .isEqualTo(greedy[i]);
                    checked++;
                }
                model.decoder().step(new int[] {greedy[i]}, new SequenceCache[] {cache}, logits);
            }
            System.out.printf(
                    "%s %s, %d tokens: log-probabilities within %.5f, %d of %d greedy ids checked%n",
                    model.config().architecture(), name, ids.length, worst, checked, greedy.length);
        }
    }

    private static double checkFirst(String name, JsonNode line, float[] logits, double tolerance) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit);
        }
        double worst = 0;
        for (int i = 0; i < line.get("top_ids").size(); i++) {
            double expected = line.get("top_logprobs").get(i).asDouble();
            double actual = logits[line.get("top_ids").get(i).asInt()] - Math.log(sum);
            assertThat(actual).as("%s, choice %d", name, i).isCloseTo(expected, within(tolerance));
            worst = Math.max(worst, Math.abs(actual - expected));
        }
        return worst;
    }

    private static List<JsonNode> lines(String file) throws IOException {
        var json = JsonMapper.shared();
        var lines = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(Shared.path("goldens/real/" + file))) {
            lines.add(json.readTree(line));
        }
        return lines;
    }

    private static int[] ids(JsonNode array) {
        var ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).asInt();
        }
        return ids;
    }
}
