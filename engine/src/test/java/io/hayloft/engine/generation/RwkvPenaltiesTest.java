package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers of RWKV-5 with the penalties of the original program, and without, against that program. */
class RwkvPenaltiesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64})
    void answersAreThoseOfTheOriginalProgram(int chunk) throws IOException {
        var folder = Shared.golden("architectures/rwkv5");
        var golden = Files.readAllBytes(folder.resolve("expected_penalised_decoding.json"));
        int cases = 0;
        try (var model = LanguageModel.load(folder, LoadOptions.withThreads(2))) {
            for (var item : JsonMapper.shared().readTree(golden).path("cases")) {
                double presence = item.path("alpha_presence").asDouble();
                var penalties = new Penalties(
                        presence,
                        item.path("alpha_frequency").asDouble(),
                        item.path("alpha_decay").asDouble());
                assertThat(presence == 0 || penalties.equals(Penalties.PAPER)).isTrue();
                assertThat(answer(model, ids(item.path("prompt_ids")), chunk, penalties))
                        .as(item.path("text") + ", " + item.path("settings"))
                        .isEqualTo(ids(item.path("generated_ids")));
                cases++;
            }
        }
        assertThat(cases).isEqualTo(6);
    }

    /** Token i is the byte i - 1; token 0 has no text, and bytes that are not UTF-8 of their own read as U+FFFD. */
    private static String text(int id) {
        return id == 0 ? "" : new String(new byte[] {(byte) (id - 1)}, StandardCharsets.UTF_8);
    }

    private static int[] answer(LanguageModel model, int[] prompt, int chunk, Penalties penalties) {
        var sampler = new Sampler(new Sampling(0, 1, 0, penalties), RwkvPenaltiesTest::text);
        var logits = new float[model.config().vocabulary()];
        var answer = new int[64];
        try (var cache = new SequenceCache(model.cacheShape(), new KvCodec.F16(), 0)) {
            var options =
                    new PrefillOptions(chunk, null, LogitsSink.of(prompt.length - 1, logits), ProgressListener.NONE);
            model.decoder().prefill(prompt, 0, prompt.length, cache, options);
            for (int i = 0; i < answer.length; i++) {
                answer[i] = sampler.choose(logits, 0, logits.length);
                model.decoder().step(new int[] {answer[i]}, new SequenceCache[] {cache}, logits);
            }
        }
        return answer;
    }

    private static int[] ids(JsonNode list) {
        var ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.get(i).asInt();
        }
        return ids;
    }
}
