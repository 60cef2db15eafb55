package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The project's own small trained model: f16 weights, tokenizer, one prompt of each task. */
class TrainedTinyModelTest {
    private final Path folder = Shared.path("models/hayloft-tiny");

    @Test
    void answersLikeTheReference() throws IOException {
        try (var model = LanguageModel.load(folder, LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            int vocabulary = model.config().vocabulary();
            var cases = JsonMapper.shared()
                    .readTree(Files.readString(folder.resolve("expected.json")))
                    .get("cases");
            assertThat(cases.size()).isEqualTo(7);
            for (var sample : cases) {
                var ids = ids(sample.get("prompt_ids"));
                assertThat(model.tokenizer().encode(sample.get("text").asString(), true, false))
                        .isEqualTo(ids);
                var logits = new float[vocabulary];
                try (var cache = Runs.exactCache(model)) {
                    var options = PrefillOptions.logits(LogitsSink.of(ids.length - 1, logits));
                    model.decoder().prefill(ids, 0, ids.length, cache, options);
                    var task = sample.get("task").asString();
                    Runs.assertClose(task, logits, expected.readFloats(task + ".last_logits"), 1e-3, 1e-4);
                    for (int id : ids(sample.get("greedy_ids"))) {
                        assertThat(Runs.best(logits, 0, vocabulary)).as(task).isEqualTo(id);
                        model.decoder().step(new int[] {id}, new SequenceCache[] {cache}, logits);
                    }
                }
            }
        }
    }

    private static int[] ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }
}
