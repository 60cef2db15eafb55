package io.hayloft.engine.model;

import io.hayloft.formats.tensor.Tensor;
import io.hayloft.testing.GgufBuilder;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The experts of a folder as llama.cpp's converter writes them: those of a layer in one tensor, rows being outputs. */
final class ExpertsAsGguf {
    private static final Pattern OF_ONE =
            Pattern.compile("(\\d+)\\.(?:block_sparse_moe|mlp|mixer)\\.experts\\.(\\d+)\\.(\\w+)\\.weight");
    private static final Pattern OF_ALL = Pattern.compile(
            "(\\d+)\\.(?:mlp\\.experts|block_sparse_moe|shared_mlp)\\.(gate_up_proj|down_proj|input_linear|output_linear)"
                + "(_bias|\\.weight|)");

    private static final Map<String, String> PARTS =
            Map.of("w1", "gate", "w3", "up", "w2", "down", "gate_proj", "gate", "up_proj", "up", "down_proj", "down");

    private final GgufBuilder gguf;
    private final Map<String, TreeMap<Integer, Tensor>> stacks = new TreeMap<>();

    ExpertsAsGguf(GgufBuilder gguf) {
        this.gguf = gguf;
    }

    /** The keys of experts; widths come from the fields that a config has. */
    static void keys(GgufBuilder gguf, String architecture, JsonNode config) {
        var prefix = architecture + ".";
        int experts = Math.max(
                config.path("num_experts").asInt(0),
                config.path("num_local_experts").asInt(0));
        experts = Math.max(experts, config.path("n_routed_experts").asInt(0));
        if (experts == 0) {
            return;
        }
        gguf.whole(prefix + "expert_count", experts)
                .whole(
                        prefix + "expert_used_count",
                        config.get("num_experts_per_tok").asInt());
        if (config.hasNonNull("n_routed_experts")) {
            routerKeys(gguf, prefix, config);
        }
        for (var name : new String[] {"moe_intermediate_size", "intermediate_size"}) {
            if (config.hasNonNull(name)) {
                gguf.whole(
                        prefix + "expert_feed_forward_length", config.get(name).asInt());
                break;
            }
        }
        for (var name : new String[] {
            "shared_expert_intermediate_size", "shared_intermediate_size", "moe_shared_expert_intermediate_size"
        }) {
            if (config.hasNonNull(name)) {
                gguf.whole(
                        prefix + "expert_shared_feed_forward_length",
                        config.get(name).asInt());
            }
        }
    }

    /** The keys of the router of DeepSeek-V2, -V3 and Nemotron-H. */
    private static void routerKeys(GgufBuilder gguf, String prefix, JsonNode config) {
        boolean normalised = config.get("norm_topk_prob").asBoolean();
        boolean sigmoid = !config.get("model_type").asString().equals("deepseek_v2");
        gguf.whole(prefix + "expert_gating_func", sigmoid ? 2 : 1)
                .whole(prefix + "expert_group_count", config.get("n_group").asInt())
                .whole(
                        prefix + "expert_group_used_count",
                        config.get("topk_group").asInt())
                .whole(
                        prefix + "expert_shared_count",
                        config.get("n_shared_experts").asInt())
                .number(
                        prefix + "expert_weights_scale",
                        config.get("routed_scaling_factor").asDouble())
                .raw(prefix + "expert_weights_norm", 7, new byte[] {(byte) (normalised ? 1 : 0)});
    }

    /** Whether a tensor belongs to experts, and so is taken. */
    boolean takes(Tensor tensor, boolean dense) {
        var name = tensor.name().replaceFirst("^.*layers\\.", "");
        var one = OF_ONE.matcher(name);
        if (one.matches()) {
            var target = "blk." + one.group(1) + ".ffn_" + PARTS.get(one.group(3)) + "_exps.weight";
            stacks.computeIfAbsent(target, key -> new TreeMap<>()).put(Integer.parseInt(one.group(2)), tensor);
            return true;
        }
        var all = OF_ALL.matcher(name);
        if (!all.matches()) {
            return false;
        }
        boolean shared = name.contains("shared_mlp");
        var ending = shared ? (dense ? "" : "_shexp") : "_exps";
        var weight = all.group(3).equals("_bias") ? ".bias" : ".weight";
        var prefix = "blk." + all.group(1) + ".ffn_";
        switch (all.group(2)) {
            case "down_proj" -> {
                if (weight.equals(".bias")) {
                    gguf.tensor(prefix + "down" + ending + weight, tensor.toFloats(), tensor.shape());
                } else {
                    columns(prefix + "down" + ending + weight, tensor, 0, 1);
                }
            }
            case "gate_up_proj" -> {
                columns(prefix + "gate" + ending + weight, tensor, 0, 2);
                columns(prefix + "up" + ending + weight, tensor, 1, 2);
            }
            case "output_linear" -> gguf.tensor(prefix + "down" + ending + weight, tensor.toFloats(), tensor.shape());
            default -> {
                half(prefix + "gate" + ending + weight, tensor, 0);
                half(prefix + "up" + ending + weight, tensor, 1);
            }
        }
        return true;
    }

    /** Every {@code stride}-th column of each expert's matrix as a row; of a matrix of biases, as an element. */
    private void columns(String name, Tensor tensor, int first, int stride) {
        var shape = tensor.shape();
        var values = tensor.toFloats();
        boolean biases = shape.length == 2;
        int experts = (int) shape[0];
        int rows = biases ? 1 : (int) shape[1];
        int columns = tensor.columns() / stride;
        var moved = new float[experts * rows * columns];
        for (int expert = 0; expert < experts; expert++) {
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    moved[(expert * columns + column) * rows + row] =
                            values[(expert * rows + row) * tensor.columns() + column * stride + first];
                }
            }
        }
        gguf.tensor(name, moved, biases ? new long[] {experts, columns} : new long[] {experts, columns, rows});
    }

    /** The upper or lower half of each matrix's rows. */
    private void half(String name, Tensor tensor, int number) {
        var shape = tensor.shape().clone();
        int experts = shape.length == 3 ? (int) shape[0] : 1;
        shape[shape.length - 2] /= 2;
        int size = (int) shape[shape.length - 2] * tensor.columns();
        var values = tensor.toFloats();
        var half = new float[experts * size];
        for (int expert = 0; expert < experts; expert++) {
            System.arraycopy(values, (2 * expert + number) * size, half, expert * size, size);
        }
        gguf.tensor(name, half, shape);
    }

    /** Writes what was taken one by one. */
    void finish() {
        stacks.forEach((name, experts) -> {
            var first = experts.firstEntry().getValue();
            int size = (int) first.elements();
            var all = new float[experts.size() * size];
            experts.forEach((number, tensor) -> System.arraycopy(tensor.toFloats(), 0, all, number * size, size));
            gguf.tensor(name, all, experts.size(), first.rows(), first.columns());
        });
    }
}
