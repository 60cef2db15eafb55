package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.methods.registry.Methods;
import io.hayloft.testing.GgufBuilder;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A few methods of each family on architectures that are built otherwise than llama: learned positions, parallel blocks, layers
 * without rotation, rotation of a part of the head, norms behind attention, layers that differ in heads, recurrent layers
 * among others.
 */
class ArchitectureConformanceTest {
    private static final int PROMPT = 200;
    private static final int NEW_TOKENS = 12;

    private static final List<String> EVICTING =
            List.of("snapkv:%s", "h2o:%s", "streaming:%s", "h2o:%s,heads=query", "snapkv:%s,allocator=ada");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt2",
                "cohere2",
                "glm4",
                "olmo2",
                "phi",
                "falcon",
                "exaone4",
                "stablelm",
                "granite",
                "granitemoehybrid_moe"
            })
    void methodsKeepTheirPromises(String layout) {
        try (var model =
                LanguageModel.load(Shared.golden("architectures-2026/" + layout), LoadOptions.withThreads(2))) {
            assertPromises(model);
        }
    }

    @Test
    void methodsKeepTheirPromisesWhereLayersDifferInHeads(@TempDir Path folder) throws IOException {
        var file = Files.write(folder.resolve("model.gguf"), layersThatDifferInHeads());
        try (var model = LanguageModel.load(file, LoadOptions.withThreads(2))) {
            assertPromises(model);
        }
    }

    private static void assertPromises(LanguageModel model) {
        var full = complete(model, 64, "full").getFirst();
        assertThat(full.ids()).hasSize(NEW_TOKENS);
        for (var step : full.top()) {
            assertThat(step.getFirst().logprob()).isFinite();
        }
        for (var form : EVICTING) {
            assertSame(form, complete(model, 64, form.formatted("1x")).getFirst(), full);
        }
        assertSame("kivi", complete(model, 64, "kivi:2bit,residual=1024").getFirst(), full);

        // In lockstep, in other chunks, and alone.
        var expressions =
                new ArrayList<>(List.of("full", "kivi:4bit", "flexgen:4bit", "infllm:4x,block=32,local=32,rows=32"));
        EVICTING.forEach(form -> expressions.add(form.formatted("4x")));
        expressions.add("snapkv:4x + kivi:4bit");
        var together = complete(model, 7, expressions.toArray(String[]::new));
        for (int i = 0; i < together.size(); i++) {
            var expression = expressions.get(i);
            int chunk = expression.startsWith("infllm") ? 7 : 64; // reads its prompt in chunks of its own
            assertSame(
                    expression,
                    together.get(i),
                    complete(model, chunk, expression).getFirst());
        }
        for (var form : List.of("snapkv:%s", "h2o:%s", "streaming:%s")) {
            var sizes = complete(model, 64, form.formatted("2x"), form.formatted("4x"));
            assertThat(sizes.getLast().bytes().stored())
                    .as(form)
                    .isLessThan(sizes.getFirst().bytes().stored());
        }
    }

    private static void assertSame(String expression, Completion actual, Completion expected) {
        assertThat(actual.ids()).as(expression).isEqualTo(expected.ids());
        assertThat(actual.top()).as(expression).isEqualTo(expected.top());
    }

    private static List<Completion> complete(LanguageModel model, int chunk, String... expressions) {
        var parsed = new ArrayList<CompressionMethod>();
        for (var expression : expressions) {
            parsed.add(Methods.parse(expression));
        }
        int vocabulary = model.config().vocabulary();
        var prompt = new Random(5).ints(PROMPT, 4, vocabulary).toArray();
        var greedy = GenerationOptions.greedy(NEW_TOKENS);
        var options = new GenerationOptions(
                NEW_TOKENS,
                NEW_TOKENS,
                greedy.sampling(),
                greedy.stopIds(),
                null,
                greedy.cacheType(),
                chunk,
                5,
                greedy.cacheMemory(),
                11);
        return Generation.run(model, prompt, prompt.length, parsed, options, GenerationListener.NONE);
    }

    /** Three layers with 4, 2 and 6 query heads over 2, 1 and 2 KV heads. */
    private static byte[] layersThatDifferInHeads() {
        int hidden = 32;
        long headDim = 16;
        int[] heads = {4, 2, 6};
        int[] kvHeads = {2, 1, 2};
        int[] widths = {48, 64, 32};
        var gguf = new GgufBuilder()
                .text("general.architecture", "llama")
                .whole("llama.block_count", 3)
                .whole("llama.context_length", 512)
                .whole("llama.embedding_length", hidden)
                .whole("llama.attention.key_length", (int) headDim)
                .whole("llama.attention.value_length", (int) headDim)
                .number("llama.attention.layer_norm_rms_epsilon", 1e-5)
                .raw("llama.attention.head_count", 9, GgufBuilder.littleEndian(5, 3L, 4, 2, 6))
                .raw("llama.attention.head_count_kv", 9, GgufBuilder.littleEndian(5, 3L, 2, 1, 2))
                .raw("llama.feed_forward_length", 9, GgufBuilder.littleEndian(5, 3L, 48, 64, 32))
                .tensor("token_embd.weight", 64, hidden)
                .tensor("output_norm.weight", hidden);
        for (int i = 0; i < heads.length; i++) {
            var blk = "blk." + i + ".";
            gguf.tensor(blk + "attn_norm.weight", hidden)
                    .tensor(blk + "ffn_norm.weight", hidden)
                    .tensor(blk + "attn_q.weight", heads[i] * headDim, hidden)
                    .tensor(blk + "attn_k.weight", kvHeads[i] * headDim, hidden)
                    .tensor(blk + "attn_v.weight", kvHeads[i] * headDim, hidden)
                    .tensor(blk + "attn_output.weight", hidden, heads[i] * headDim)
                    .tensor(blk + "ffn_gate.weight", widths[i], hidden)
                    .tensor(blk + "ffn_up.weight", widths[i], hidden)
                    .tensor(blk + "ffn_down.weight", hidden, widths[i]);
        }
        return gguf.bytes();
    }
}
