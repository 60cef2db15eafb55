package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.testing.SafetensorsBuilder;
import io.hayloft.testing.SafetensorsBuilder.Entry;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The weights of reference checkpoints in other forms of folders: the same bits. */
class RepackedFoldersTest {
    @TempDir
    private Path folder;

    /** As published: the text part of a model that also sees and hears, with matrices that nobody reads. */
    @Test
    void theTextPartOfALargerModelIsThatModelAlone() throws IOException {
        var golden = Shared.golden("architectures-2026/gemma3n");
        var text = Files.readString(golden.resolve("config_v4.json"));
        Files.writeString(folder.resolve("config.json"), """
            {"model_type": "gemma3n", "vision_config": {"model_type": "gemma3n_vision"},
             "audio_config": {"hidden_size": 8}, "audio_token_id": 255, "text_config": %s}
            """.formatted(text));
        var tensors = new ArrayList<Entry>();
        try (var file = SafetensorsFile.open(golden.resolve("model.safetensors"))) {
            file.tensors().forEach((name, tensor) -> {
                var other = name.replaceFirst("^model\\.", "model.language_model.");
                tensors.add(Entry.f32(other, tensor.toFloats(), tensor.shape()));
            });
        }
        tensors.add(Entry.f32("model.vision_tower.conv.weight", new float[6], 2, 3));
        for (var part : new String[] {"k_proj", "v_proj"}) { // of layers that read the cache of others
            for (int layer = 3; layer < 5; layer++) {
                var name = "model.language_model.layers." + layer + ".self_attn." + part + ".weight";
                tensors.add(Entry.f32(name, new float[24 * 40], 24, 40));
            }
        }
        Files.write(folder.resolve("model.safetensors"), SafetensorsBuilder.of(tensors));
        assertSameLogits(golden, folder);
    }

    private static void assertSameLogits(Path golden, Path other) {
        try (var model = LanguageModel.load(other, LoadOptions.withThreads(2));
                var reference = Runs.load(golden, "config.json", 2);
                var expected = SafetensorsFile.open(golden.resolve("expected.safetensors"));
                var cache = Runs.exactCache(model);
                var referenceCache = Runs.exactCache(reference)) {
            var ids = Runs.ids(expected, "prompt2.input_ids");
            assertThat(Runs.prefill(model, ids, cache, 64)).isEqualTo(Runs.prefill(reference, ids, referenceCache, 64));
        }
    }
}
