package io.hayloft.engine.model;

import io.hayloft.testing.SafetensorsBuilder.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random weights of a gpt-oss of two layers with four heads of 16 channels over two KV heads and 50 tokens, whose experts are
 * floats of 4 bits.
 */
record GptOssWeights(int hidden, int inner, int experts) {
    private static final float[] VALUES = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6, 0, -0.5f, -1, -1.5f, -2, -3, -4, -6};

    /**
     * All tensors.
     *
     * @param packed whether experts are stored in blocks; else as F32, columns being outputs
     */
    List<Entry> tensors(boolean packed) {
        var all = new ArrayList<Entry>();
        add(all, "model.embed_tokens.weight", 50, hidden);
        add(all, "lm_head.weight", 50, hidden);
        add(all, "model.norm.weight", hidden);
        for (int i = 0; i < 2; i++) {
            var layer = "model.layers." + i + ".";
            add(all, layer + "input_layernorm.weight", hidden);
            add(all, layer + "post_attention_layernorm.weight", hidden);
            for (var part : List.of("q_proj:64", "k_proj:32", "v_proj:32")) {
                var name = layer + "self_attn." + part.substring(0, 6);
                int rows = Integer.parseInt(part.substring(7));
                add(all, name + ".weight", rows, hidden);
                add(all, name + ".bias", rows);
            }
            add(all, layer + "self_attn.o_proj.weight", hidden, 64);
            add(all, layer + "self_attn.o_proj.bias", hidden);
            add(all, layer + "self_attn.sinks", 4);
            add(all, layer + "mlp.router.weight", experts, hidden);
            add(all, layer + "mlp.router.bias", experts);
            add(all, layer + "mlp.experts.gate_up_proj_bias", experts, 2L * inner);
            add(all, layer + "mlp.experts.down_proj_bias", experts, hidden);
            addExperts(all, layer + "mlp.experts.gate_up_proj", 2 * inner, hidden, packed);
            addExperts(all, layer + "mlp.experts.down_proj", hidden, inner, packed);
        }
        return all;
    }

    private static void add(List<Entry> all, String name, long... shape) {
        int elements = 1;
        for (long size : shape) {
            elements *= (int) size;
        }
        var random = new Random(name.hashCode());
        var values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian() * 0.2f + (name.endsWith("norm.weight") ? 1 : 0);
        }
        all.add(Entry.f32(name, values, shape));
    }

    private void addExperts(List<Entry> all, String name, int rows, int columns, boolean packed) {
        var random = new Random(name.hashCode());
        var blocks = new byte[experts * rows * columns / 2];
        var scales = new byte[experts * rows * columns / 32];
        random.nextBytes(blocks);
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (byte) (121 + random.nextInt(4));
        }
        if (packed) {
            all.add(new Entry(name + "_blocks", "U8", new long[] {experts, rows, columns / 32, 16}, blocks));
            all.add(new Entry(name + "_scales", "U8", new long[] {experts, rows, columns / 32}, scales));
            return;
        }
        var values = new float[experts * rows * columns];
        for (int i = 0; i < values.length; i++) {
            int expert = i / (rows * columns);
            int row = i / columns % rows;
            int bits = blocks[i / 2] >> (i % 2 * 4) & 15;
            int transposed = (expert * columns + i % columns) * rows + row;
            values[transposed] = (float) (VALUES[bits] * Math.pow(2, scales[i / 32] - 127));
        }
        all.add(Entry.f32(name, values, experts, columns, rows));
    }
}
