package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.ParallelMixers;
import io.hayloft.testing.GgufBuilder;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints with Mamba mixers as llama.cpp's converters write them to GGUF: other names, A for log(-A), factors in the weights. */
class StateSpaceGgufTest {
    private static final int INT32 = 5;
    private static final int BOOL = 7;
    private static final int ARRAY = 9;

    private static final Map<String, String> ENDINGS = Map.ofEntries(
            Map.entry("backbone.embeddings.weight", "token_embd.weight"),
            Map.entry("model.embed_tokens.weight", "token_embd.weight"),
            Map.entry("backbone.norm_f.weight", "output_norm.weight"),
            Map.entry("model.final_layernorm.weight", "output_norm.weight"),
            Map.entry("lm_head.weight", "output.weight"),
            Map.entry("norm.weight", "attn_norm.weight"),
            Map.entry("input_layernorm.weight", "attn_norm.weight"),
            Map.entry("pre_ff_layernorm.weight", "ffn_norm.weight"),
            Map.entry("self_attn.q_proj.weight", "attn_q.weight"),
            Map.entry("self_attn.k_proj.weight", "attn_k.weight"),
            Map.entry("self_attn.v_proj.weight", "attn_v.weight"),
            Map.entry("self_attn.o_proj.weight", "attn_output.weight"),
            Map.entry("feed_forward.gate_proj.weight", "ffn_gate.weight"),
            Map.entry("feed_forward.up_proj.weight", "ffn_up.weight"),
            Map.entry("feed_forward.down_proj.weight", "ffn_down.weight"),
            Map.entry("feed_forward.router.weight", "ffn_gate_inp.weight"),
            Map.entry("in_proj.weight", "ssm_in.weight"),
            Map.entry("conv1d.weight", "ssm_conv1d.weight"),
            Map.entry("conv1d.bias", "ssm_conv1d.bias"),
            Map.entry("x_proj.weight", "ssm_x.weight"),
            Map.entry("dt_proj.weight", "ssm_dt.weight"),
            Map.entry("dt_proj.bias", "ssm_dt.bias"),
            Map.entry("dt_bias", "ssm_dt.bias"),
            Map.entry("A_log", "ssm_a"),
            Map.entry("D", "ssm_d"),
            Map.entry("dt_layernorm.weight", "ssm_dt_norm.weight"),
            Map.entry("b_layernorm.weight", "ssm_b_norm.weight"),
            Map.entry("c_layernorm.weight", "ssm_c_norm.weight"),
            Map.entry("out_proj.weight", "ssm_out.weight"));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mamba", "mamba2", "mamba2_codestral", "jamba", "falcon_h1"})
    void aConvertedFileGivesTheSameLogits(String layout) throws IOException {
        var source = Shared.golden("architectures/" + layout);
        var file = folder.resolve(layout + ".gguf");
        try (var model = Runs.load(source, "config.json", 2);
                var weights = SafetensorsFile.open(source.resolve("model.safetensors"))) {
            Files.write(file, converted(layout, model, weights).bytes());
        }
        try (var model = Runs.load(source, "config.json", 2);
                var gguf = LanguageModel.load(file, LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(source.resolve("expected.safetensors"));
                var cache = Runs.exactCache(model);
                var ggufCache = Runs.exactCache(gguf)) {
            assertThat(gguf.config().architecture()).isEqualTo(model.config().architecture());
            var ids = Runs.ids(expected, "prompt2.input_ids");
            var logits = Runs.prefill(gguf, ids, ggufCache, 64);
            if (!layout.equals("falcon_h1")) { // whose factors round in another place
                assertThat(logits).isEqualTo(Runs.prefill(model, ids, cache, 64));
            }
            Runs.assertClose(layout, logits, expected.readFloats("prompt2.logits"));
        }
    }

    @Test
    void normsOfStepsWithoutWeightsAreRefused() throws IOException {
        var source = Shared.golden("architectures/mamba");
        var file = folder.resolve("mamba.gguf");
        try (var model = Runs.load(source, "config.json", 2);
                var weights = SafetensorsFile.open(source.resolve("model.safetensors"))) {
            var builder = converted("mamba", model, weights).raw("mamba.ssm.dt_b_c_rms", BOOL, new byte[] {1});
            Files.write(file, builder.bytes());
        }
        assertThatThrownBy(() -> LanguageModel.load(file, LoadOptions.withThreads(1)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("ssm.dt_b_c_rms");
    }

    private static GgufBuilder converted(String layout, LanguageModel model, SafetensorsFile weights) {
        var name = layout.startsWith("mamba2") ? "mamba2" : layout.replace('_', '-');
        var builder = new GgufBuilder().text("general.architecture", name);
        metadata(builder, name + ".", model);
        for (var tensor : new TreeMap<>(weights.tensors()).values()) {
            if (tensor.name().contains(".experts.")) {
                continue;
            }
            var values = tensor.toFloats();
            var target = target(tensor.name());
            if (layout.equals("falcon_h1") && target.endsWith("ffn_norm.weight")) {
                target = target.replace(".weight", ""); // as llama.cpp reads it
            }
            if (tensor.name().endsWith("A_log")) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) -Math.exp(values[i]);
                }
            }
            if (layout.equals("falcon_h1")) {
                multiply(target, values, tensor.columns());
            }
            builder.tensor(target, values, shape(target, tensor.shape(), model));
        }
        if (layout.equals("jamba")) {
            for (int layer : new int[] {1, 3}) {
                for (var part : new String[] {"gate", "up", "down"}) {
                    experts(builder, weights, layer, part);
                }
            }
        }
        return builder;
    }

    private static String target(String name) {
        var ending = name;
        var prefix = "";
        if (name.contains("layers.")) {
            var rest = name.substring(name.indexOf("layers.") + "layers.".length());
            prefix = "blk." + rest.substring(0, rest.indexOf('.')) + ".";
            ending = rest.substring(rest.indexOf('.') + 1);
            if (ending.equals("mixer.norm.weight") || ending.equals("mamba.norm.weight")) {
                return prefix + "ssm_norm.weight";
            }
            ending = ending.replaceFirst("^(mixer|mamba)\\.", "");
        }
        var found = ENDINGS.get(ending);
        assertThat(found).as(name).isNotNull();
        return prefix + found;
    }

    private static long[] shape(String target, long[] shape, LanguageModel model) {
        var mixer = model.config().stack().getFirst().mixer();
        var second = mixer instanceof ParallelMixers both ? both.mamba() : mixer;
        if (target.endsWith("ssm_conv1d.weight")) {
            return new long[] {shape[0], shape[2]};
        }
        if (second instanceof Mamba2Config mamba) {
            if (target.endsWith("ssm_a") || target.endsWith("ssm_d")) {
                return new long[] {shape[0], 1};
            }
            if (target.endsWith("ssm_norm.weight")) {
                return new long[] {mamba.groups(), shape[0] / mamba.groups()};
            }
        }
        return shape;
    }

    private static void metadata(GgufBuilder builder, String prefix, LanguageModel model) {
        var config = model.config();
        builder.whole(prefix + "block_count", config.layers())
                .whole(prefix + "embedding_length", config.hidden())
                .whole(prefix + "context_length", config.contextLength())
                .number(
                        prefix + "attention.layer_norm_rms_epsilon",
                        config.norms().epsilon());
        switch (config.stack().getFirst().mixer()) {
            case MambaConfig mamba -> {
                builder.whole(prefix + "ssm.inner_size", mamba.channels())
                        .whole(prefix + "ssm.state_size", mamba.stateSize())
                        .whole(prefix + "ssm.conv_kernel", mamba.convolution())
                        .whole(prefix + "ssm.time_step_rank", mamba.stepRank());
                if (!prefix.startsWith("jamba")) {
                    builder.whole(prefix + "attention.head_count", 0).whole(prefix + "feed_forward_length", 0);
                }
            }
            case Mamba2Config mamba -> {
                mamba2(builder, prefix, mamba);
                builder.whole(prefix + "attention.head_count", 0).whole(prefix + "feed_forward_length", 0);
            }
            case ParallelMixers both -> {
                mamba2(builder, prefix, both.mamba());
                attention(builder, prefix, model);
                builder.whole(
                                prefix + "attention.head_count_kv",
                                both.attention().kvHeads())
                        .number(prefix + "rope.freq_base", 1e8);
            }
            default -> throw new AssertionError();
        }
        if (prefix.startsWith("jamba")) {
            attention(builder, prefix, model);
            builder.whole(prefix + "expert_count", 4)
                    .whole(prefix + "expert_used_count", 2)
                    .raw(prefix + "attention.head_count_kv", ARRAY, GgufBuilder.littleEndian(INT32, 4L, 0, 0, 2, 0));
        }
    }

    private static void attention(GgufBuilder builder, String prefix, LanguageModel model) {
        var attention = model.config().firstAttention().orElseThrow();
        builder.whole(prefix + "attention.head_count", attention.queryHeads())
                .whole(prefix + "attention.key_length", attention.headDim())
                .whole(prefix + "attention.value_length", attention.headDim())
                .whole(
                        prefix + "feed_forward_length",
                        model.config().feedForward(0).width());
    }

    private static void mamba2(GgufBuilder builder, String prefix, Mamba2Config mamba) {
        builder.whole(prefix + "ssm.inner_size", mamba.channels())
                .whole(prefix + "ssm.state_size", mamba.stateSize())
                .whole(prefix + "ssm.conv_kernel", mamba.convolution())
                .whole(prefix + "ssm.group_count", mamba.groups())
                .whole(prefix + "ssm.time_step_rank", mamba.heads());
    }

    /** The experts of a layer in one tensor. */
    private static void experts(GgufBuilder builder, SafetensorsFile weights, int layer, String part) {
        var all = new ArrayList<float[]>();
        int rows = 0;
        int columns = 0;
        for (int expert = 0; expert < 4; expert++) {
            var name = "model.layers." + layer + ".feed_forward.experts." + expert + "." + part + "_proj.weight";
            var tensor = Objects.requireNonNull(weights.tensors().get(name), name);
            all.add(tensor.toFloats());
            rows = (int) tensor.rows();
            columns = tensor.columns();
        }
        var joined = new float[4 * rows * columns];
        for (int expert = 0; expert < 4; expert++) {
            System.arraycopy(all.get(expert), 0, joined, expert * rows * columns, rows * columns);
        }
        builder.tensor("blk." + layer + ".ffn_" + part + "_exps.weight", joined, 4, rows, columns);
    }

    /** The factors of the checkpoint's config. */
    private static void multiply(String target, float[] values, int columns) {
        switch (target.replaceFirst("blk\\.\\d+\\.", "")) {
            case "token_embd.weight" -> scale(values, 0, values.length, 2);
            case "output.weight", "attn_output.weight" ->
                scale(values, 0, values.length, target.startsWith("blk") ? 0.75 : 0.5);
            case "attn_q.weight", "attn_v.weight" -> scale(values, 0, values.length, 1.25);
            case "attn_k.weight" -> scale(values, 0, values.length, 1.25 * 0.5);
            case "ffn_gate.weight" -> scale(values, 0, values.length, 0.9);
            case "ffn_down.weight" -> scale(values, 0, values.length, 0.7);
            case "ssm_out.weight" -> scale(values, 0, values.length, 0.6);
            case "ssm_in.weight" -> {
                int[] rows = {128, 128, 32, 32, 8};
                double[] factors = {0.8, 0.9, 1.1, 1.2, 0.7};
                int at = 0;
                for (int i = 0; i < rows.length; i++) {
                    scale(values, at, rows[i] * columns, 1.5 * factors[i]);
                    at += rows[i] * columns;
                }
            }
            default -> {
                // as it is
            }
        }
    }

    private static void scale(float[] values, int from, int count, double factor) {
        for (int i = from; i < from + count; i++) {
            values[i] = (float) (values[i] * factor);
        }
    }
}
