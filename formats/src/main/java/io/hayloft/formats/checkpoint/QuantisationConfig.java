package io.hayloft.formats.checkpoint;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.quantised.QuantisedFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads how the weights of a folder are quantised, from the config's {@code quantization_config} or a file of its own. */
final class QuantisationConfig {
    private static final String FIELD = "quantization_config";

    /** Ends of the names of tensors that only quantised models have, and what their formats are called. */
    private static final Map<String, String> SIGNS = Map.of(
            ".qweight", "GPTQ or AWQ",
            ".weight_packed", "compressed-tensors",
            ".absmax", "bitsandbytes",
            ".SCB", "bitsandbytes",
            ".q_weight", "EXL2",
            ".trellis", "EXL3",
            ".W_q", "HQQ",
            ".codebooks", "AQLM",
            "_proj_blocks", "MXFP4");

    private final Fields fields;
    private final String method;

    private QuantisationConfig(Fields fields, String method) {
        this.fields = fields;
        this.method = method;
    }

    /**
     * The format that a config names.
     *
     * @throws UserError if it is not supported
     */
    static Optional<QuantisedFormat> read(Fields config) {
        var own = config.object(FIELD).or(() -> config.object("compression_config"));
        return own.map(fields -> new QuantisationConfig(fields, method(config, fields)).read());
    }

    private static String method(Fields config, Fields fields) {
        return fields.text("quant_method", config.has(FIELD) ? "" : "compressed-tensors");
    }

    /**
     * The format of a folder; null if it is not quantised.
     *
     * @param tensors names of all tensors
     * @throws UserError if the format is not supported, or tensors are quantised and nothing says how
     */
    static @Nullable QuantisedFormat read(Path folder, Fields config, Set<String> tensors) {
        var format = read(config).or(() -> config.object("text_config").flatMap(QuantisationConfig::read));
        if (format.isPresent()) {
            return format.get();
        }
        // What AutoGPTQ and AutoAWQ wrote before transformers knew them.
        for (var name : List.of("quantize_config.json", "quant_config.json")) {
            var file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                var fields = Json.object(file.toString(), SafetensorsShards.readAll(file));
                return new QuantisationConfig(fields, fields.has("w_bit") ? "awq" : "gptq").read();
            }
        }
        for (var tensor : tensors) {
            for (var sign : SIGNS.entrySet()) {
                if (tensor.endsWith(sign.getKey())) {
                    throw FileError.of(
                            folder.toString(),
                            "tensor '" + tensor + "' is quantised (" + sign.getValue() + "), but the config has no '"
                                    + FIELD + "' that says how");
                }
            }
        }
        return null;
    }

    private QuantisedFormat read() {
        return switch (method) {
            case "fp8", "fbgemm_fp8" -> float8(fields, "weight_block_size");
            case "modelopt" -> {
                var algorithm = fields.text("quant_algo", "");
                if (!algorithm.equals("FP8")) {
                    throw unsupported(" " + algorithm);
                }
                yield new QuantisedFormat.Float8(0, 0);
            }
            case "mxfp4" -> new QuantisedFormat.Mxfp4();
            case "gptq" -> gptq();
            case "awq" -> awq();
            case "compressed-tensors" -> compressed();
            case "bitsandbytes" ->
                throw unsupported(fields.flag("load_in_4bit", false) ? " with 4 bits" : " with 8 bits");
            default -> throw unsupported("");
        };
    }

    private QuantisedFormat.Float8 float8(Fields from, String field) {
        if (!from.has(field)) {
            return new QuantisedFormat.Float8(0, 0);
        }
        var block = from.wholes(field);
        if (block.length != 2 || block[0] < 1 || block[1] < 1 || Math.max(block[0], block[1]) > Integer.MAX_VALUE) {
            throw fields.error("field '" + field + "' must be a list of rows and columns");
        }
        return new QuantisedFormat.Float8((int) block[0], (int) block[1]);
    }

    private QuantisedFormat gptq() {
        var stored = fields.text("checkpoint_format", "gptq");
        if (!stored.equals("gptq") && !stored.equals("gptq_v2")) {
            throw unsupported(" with the checkpoint_format '" + stored + "'");
        }
        if (fields.flag("is_marlin_format", false)) {
            throw unsupported(" in the order of Marlin");
        }
        int bits = bits("bits", List.of(2, 3, 4, 8));
        return new QuantisedFormat.Gptq(bits, group("group_size"), stored.equals("gptq"));
    }

    private QuantisedFormat awq() {
        var version = fields.text("version", "gemm").toLowerCase(Locale.ROOT);
        if (!version.equals("gemm")) {
            throw unsupported(" of version '" + version + "'");
        }
        bits(fields.has("w_bit") ? "w_bit" : "bits", List.of(4));
        return new QuantisedFormat.Awq(group(fields.has("q_group_size") ? "q_group_size" : "group_size"));
    }

    private int bits(String field, List<Integer> supported) {
        int bits = fields.positive(field, 4);
        if (!supported.contains(bits)) {
            throw unsupported(" with " + bits + " bits");
        }
        return bits;
    }

    /** Columns of a group; 0 for all columns, which files say with -1. */
    private int group(String field) {
        double size = fields.number(field, 128);
        if (size != Math.rint(size) || size < -1 || size > Integer.MAX_VALUE) {
            throw fields.error("field '" + field + "' must be a whole number or -1");
        }
        return Math.max(0, (int) size);
    }

    private QuantisedFormat compressed() {
        var sparse = fields.object("sparsity_config")
                .map(own -> own.text("format", "dense"))
                .orElse("dense");
        if (!sparse.equals("dense")) {
            throw unsupported(" " + sparse);
        }
        var stored = fields.text("format", "dense");
        var result = new QuantisedFormat.Compressed(8, new QuantisedFormat.Float8(0, 0), 0);
        var groups = fields.object("config_groups");
        for (var name : groups.map(Fields::names).orElse(List.of())) {
            var group = groups.flatMap(all -> all.object(name));
            var weights = group.flatMap(own -> own.object("weights"));
            if (weights.isPresent()) {
                var own = group.map(one -> one.text("format", stored)).orElse(stored);
                result = merge(
                        result, weights(own, weights.get()), name, groups.get().names());
            }
        }
        return result;
    }

    /** Tensors say which modules are of which group, but not how many bits are in a word. */
    private QuantisedFormat.Compressed merge(
            QuantisedFormat.Compressed before, QuantisedFormat.Compressed own, String name, List<String> all) {
        if (name.equals(all.getFirst()) || own.equals(before)) {
            return own;
        }
        if (own.bits() != before.bits() || !own.blocks().equals(before.blocks())) {
            throw unsupported(" with several kinds of weights");
        }
        return new QuantisedFormat.Compressed(own.bits(), own.blocks(), 0);
    }

    private QuantisedFormat.Compressed weights(String stored, Fields weights) {
        boolean packed = stored.equals("pack-quantized");
        if (!packed
                && !List.of("dense", "int-quantized", "float-quantized", "naive-quantized")
                        .contains(stored)) {
            throw unsupported(" " + stored);
        }
        var strategy = weights.text("strategy", "tensor");
        if (!List.of("tensor", "channel", "group", "block").contains(strategy)) {
            throw unsupported(" with the strategy '" + strategy + "'");
        }
        int bits = weights.positive("num_bits", 8);
        if (packed ? 32 % bits != 0 || bits > 8 : bits != 8) {
            throw unsupported(" " + stored + " with " + bits + " bits");
        }
        var blocks = strategy.equals("block") ? float8(weights, "block_structure") : new QuantisedFormat.Float8(0, 0);
        return new QuantisedFormat.Compressed(
                bits, blocks, strategy.equals("group") ? weights.positive("group_size") : 0);
    }

    /** An error that names the format, with the detail of it that is not supported. */
    private UserError unsupported(String detail) {
        return fields.error("field '" + FIELD + "' asks for quantised safetensors"
                + (method.isEmpty() ? "" : " of the format '" + method + "'" + detail)
                + ", which are not supported: use the full-precision checkpoint or a GGUF file");
    }
}
