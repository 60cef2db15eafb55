package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.ProgressListener;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.window.BlockPrefill;
import io.hayloft.methods.window.BlockStore;
import io.hayloft.methods.window.Retrieval;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** InfLLM against the attention code of arXiv 2407.01527: chosen blocks, their representatives, logits. */
class InfLlmGoldensTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama_a",
                "llama_b_chunk64",
                "llama_c_small",
                "mistral_a",
                "mistral_b_chunk64",
                "mistral_c_small"
            })
    void choosesTheSameBlocksAndSaysTheSame(String golden) throws IOException {
        var index = new ObjectMapper()
                .readTree(Files.readString(Goldens.path("compression/paper_methods_index.json")))
                .get("infllm")
                .get(golden);
        var pattern = new BlockPrefill(sizes(index.get("params")));
        var checkpoint = Shared.golden(index.get("checkpoint").asString());
        try (var model = LanguageModel.load(checkpoint, LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(Shared.golden("compression/infllm/" + golden + ".safetensors"));
                var cache = pattern.cache(model, new KvCodec.F32(), 240)) {
            var prompt = GoldenRun.ids(expected, "input_ids");
            var first = new float[model.config().vocabulary()];
            var options = new PrefillOptions(pattern.chunk(512), null, logits(expected, first), ProgressListener.NONE);
            model.decoder().prefill(prompt, 0, 239, cache, options);
            model.decoder().prefill(prompt, 239, 240, cache, options);
            var chosen = index.get("selected_blocks_per_decode_step_and_layer");
            var greedy = GoldenRun.ids(expected, "greedy_ids");
            var rows = expected.readFloats("greedy_logits");
            GoldenRun.assertClose(first, rows, 0, 2e-4f);
            for (int i = 0; i < greedy.length - 1; i++) {
                model.decoder().step(new int[] {greedy[i]}, new SequenceCache[] {cache}, first);
                assertThat(chosen(cache)).as("step %d", i).isEqualTo(lists(chosen.get(i)));
                GoldenRun.assertClose(first, rows, i + 1, 2e-4f);
            }
            for (int layer = 0; layer < model.config().layers(); layer++) {
                var own = memory(cache).blocks(layer);
                assertThat(own).isNotNull();
                assertThat(own.representatives())
                        .containsExactly(
                                expected.readFloats("block_repr.layer" + layer),
                                org.assertj.core.data.Offset.offset(1e-4f));
            }
        }
    }

    private static Retrieval.Sizes sizes(JsonNode p) {
        return new Retrieval.Sizes(
                p.get("n_init").asInt(),
                p.get("n_local").asInt(),
                p.get("topk").asInt(),
                p.get("block_size").asInt(),
                p.get("repr_topk").asInt(),
                p.get("exc_block_size").asInt());
    }

    /** Compares every eighth row, keeps the last. */
    private static LogitsSink logits(SafetensorsFile expected, float[] last) {
        var rows = expected.readFloats("prefill_logits");
        return new LogitsSink() {
            @Override
            public boolean wants(int row) {
                return row % 8 == 0 || row == 239;
            }

            @Override
            public void accept(int row, float[] logits, int at) {
                if (row == 239) {
                    System.arraycopy(logits, at, last, 0, last.length);
                } else {
                    GoldenRun.assertClose(Arrays.copyOfRange(logits, at, at + last.length), rows, row / 8, 2e-4f);
                }
            }
        };
    }

    private static BlockStore memory(SequenceCache cache) {
        return (BlockStore) java.util.Objects.requireNonNull(cache.outOfWindow());
    }

    private static List<List<Integer>> chosen(SequenceCache cache) {
        var lists = new ArrayList<List<Integer>>();
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            var own = java.util.Objects.requireNonNull(memory(cache).blocks(layer));
            lists.add(Arrays.stream(own.chosen()).boxed().toList());
        }
        return lists;
    }

    private static List<List<Integer>> lists(JsonNode layers) {
        var lists = new ArrayList<List<Integer>>();
        for (var layer : layers) {
            var blocks = new ArrayList<Integer>();
            layer.forEach(block -> blocks.add(block.asInt()));
            blocks.sort(null);
            lists.add(blocks);
        }
        return lists;
    }
}
