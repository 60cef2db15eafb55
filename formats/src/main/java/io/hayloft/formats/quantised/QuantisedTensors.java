package io.hayloft.formats.quantised;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The matrices that quantised safetensors describe, under the names that they have in other checkpoints. The names and types
 * of tensors show which are quantised: modules that were left as they are, and tied ones, are none of these.
 */
public final class QuantisedTensors {
    private static final String WEIGHT = ".weight";

    /** The endings of the names of a matrix's scales; of activations, too, which are not rounded here. */
    private static final List<String> SCALES =
            List.of(".scales", ".scale", ".weight_scale", ".weight_scale_inv", ".input_scale", ".activation_scale");

    private final String source;
    private final @Nullable QuantisedFormat format;
    private final Map<String, RawTensor> raw;
    private final Map<String, Tensor> matrices = new LinkedHashMap<>();

    private QuantisedTensors(String source, @Nullable QuantisedFormat format, Map<String, RawTensor> raw) {
        this.source = source;
        this.format = format;
        this.raw = raw;
    }

    /**
     * Finds all matrices; their rows are computed when they are read.
     *
     * @param source what to call the checkpoint in messages
     * @param format what its config says; null if that says nothing, so that only floats of 8 bits are read
     * @param raw all tensors by name; valid as long as the matrices are used
     * @throws UserError naming the tensor if one is missing, of another type, or of a size that does not fit
     */
    public static Map<String, Tensor> of(String source, @Nullable QuantisedFormat format, Map<String, RawTensor> raw) {
        var found = new QuantisedTensors(source, format, raw);
        for (var tensor : raw.values()) {
            try {
                found.add(tensor);
            } catch (IllegalArgumentException e) {
                throw FileError.of(source, "scales of tensor '" + tensor.name() + "' " + e.getMessage(), e);
            }
        }
        return found.matrices;
    }

    /** The names of the tensors of floats that a matrix is computed from, if they exist. */
    public static List<String> floatParts(String matrix) {
        var module = matrix.endsWith(WEIGHT) ? module(matrix, WEIGHT) : matrix;
        return SCALES.stream().map(end -> module + end).toList();
    }

    private void add(RawTensor tensor) {
        var name = tensor.name();
        if (Float8Rows.reads(tensor.dtype())) {
            if (!isScale(name)) {
                put(name, float8(tensor));
            }
        } else if (format instanceof QuantisedFormat.Gptq gptq && name.endsWith(".qweight")) {
            put(module(name, ".qweight") + WEIGHT, gptq(tensor, gptq));
        } else if (format instanceof QuantisedFormat.Awq awq && name.endsWith(".qweight")) {
            put(module(name, ".qweight") + WEIGHT, awq(tensor, awq));
        } else if (format instanceof QuantisedFormat.Mxfp4 && name.endsWith(Mxfp4Rows.BLOCKS)) {
            put(module(name, Mxfp4Rows.BLOCKS), mxfp4(tensor));
        } else if (format instanceof QuantisedFormat.Compressed compressed) {
            if (name.endsWith(".weight_packed")) {
                put(module(name, ".weight_packed") + WEIGHT, packed(tensor, compressed));
            } else if (name.endsWith(WEIGHT) && tensor.dtype().equals("I8")) {
                put(name, integers(tensor, compressed));
            }
        }
    }

    private void put(String name, Tensor matrix) {
        matrices.put(name, new Tensor(name, matrix.type(), matrix.shape(), matrix.data(), matrix.computed()));
    }

    private static String module(String name, String end) {
        return name.substring(0, name.length() - end.length());
    }

    private static boolean isScale(String name) {
        return name.endsWith("_scale") || name.endsWith("_scale_inv") || name.endsWith(".scale");
    }

    private Tensor float8(RawTensor weight) {
        long columns = weight.shape().length == 0 ? 1 : weight.size(weight.shape().length - 1);
        long rows = columns == 0 ? 0 : weight.elements() / columns;
        var scale = scaleOf(weight.name());
        if (scale == null) {
            if (format != null && weight.name().endsWith(WEIGHT)) {
                throw missing(weight.name() + "_scale", weight);
            }
            return new Float8Rows(weight, toInt(columns, weight), null).tensor();
        }
        var blocks = format instanceof QuantisedFormat.Float8 own
                ? own
                : format instanceof QuantisedFormat.Compressed compressed
                        ? compressed.blocks()
                        : new QuantisedFormat.Float8(0, 0);
        var scales = ScaleTable.of(
                scale, toInt(rows, weight), toInt(columns, weight), blocks.blockRows(), blocks.blockColumns());
        return new Float8Rows(weight, toInt(columns, weight), scales).tensor();
    }

    /** The scales beside a tensor of floats of 8 bits. Those of activations have other names. */
    private @Nullable RawTensor scaleOf(String name) {
        for (var end : new String[] {"_scale_inv", "_scale"}) {
            var scale = raw.get(name + end);
            if (scale != null) {
                return scale;
            }
        }
        return name.endsWith(WEIGHT) ? raw.get(module(name, WEIGHT) + ".scale") : null;
    }

    private Tensor gptq(RawTensor weight, QuantisedFormat.Gptq gptq) {
        var module = module(weight.name(), ".qweight");
        var scales = floats(module + ".scales", weight);
        var order = raw.get(module + ".g_idx");
        long words = weight.size(0);
        // Modules may have bits of their own, which follow from the number of columns.
        long columns = order == null ? words * 32 / gptq.bits() : order.elements();
        long bits = columns == 0 ? 0 : words * 32 / columns;
        if ((bits != 2 && bits != 3 && bits != 4 && bits != 8) || words != (columns * bits + 31) / 32) {
            throw wrong(weight, "has " + words + " words for " + columns + " columns, no numbers of 2, 3, 4 or 8 bits");
        }
        int rows = toInt(weight.size(1), weight);
        long groups = scales.size(0);
        check(weight, "I32", words, rows);
        check(scales, null, groups, rows);
        var zeros = raw.get(module + ".qzeros");
        if (zeros != null) {
            check(zeros, "I32", groups, (rows * bits + 31) / 32);
        }
        int group = groupSize(gptq.group(), columns, groups, weight);
        var ownGroups = order == null ? new int[0] : groupsOf(order, group, groups);
        var matrix =
                new GptqMatrix(weight, zeros, scales, (int) bits, rows, gptq.zerosLessOne() ? 1 : 0, group, ownGroups);
        return IntegerRows.tensor(weight.name(), matrix, (int) bits, rows, toInt(columns, weight));
    }

    private Tensor awq(RawTensor weight, QuantisedFormat.Awq awq) {
        var module = module(weight.name(), ".qweight");
        var scales = floats(module + ".scales", weight);
        int columns = toInt(weight.size(0), weight);
        long words = weight.size(1);
        int rows = toInt(words * 8, weight);
        long groups = scales.size(0);
        check(weight, "I32", columns, words);
        check(scales, null, groups, rows);
        var zeros = raw.get(module + ".qzeros");
        if (zeros != null) {
            check(zeros, "I32", groups, words);
        }
        int group = groupSize(awq.group(), columns, groups, weight);
        return IntegerRows.tensor(weight.name(), new AwqMatrix(weight, zeros, scales, rows, group), 4, rows, columns);
    }

    /** Blocks {@code [...][rows][blocks][16 bytes]} and scales {@code [...][rows][blocks]}, as a matrix {@code [...][rows][columns]}. */
    private Tensor mxfp4(RawTensor weight) {
        var name = module(weight.name(), Mxfp4Rows.BLOCKS) + Mxfp4Rows.SCALES;
        var scales = raw.get(name);
        if (scales == null) {
            throw missing(name, weight);
        }
        var shape = weight.shape();
        boolean octets = weight.dtype().equals("U8")
                && (scales.dtype().equals("U8") || scales.dtype().equals("F8_E8M0"));
        if (!octets || shape.length < 3 || shape[shape.length - 1] != Mxfp4Rows.BLOCK_BYTES) {
            throw wrong(
                    weight,
                    "is of type " + weight.dtype() + " with scales of type " + scales.dtype()
                            + ", or has other blocks than of " + Mxfp4Rows.BLOCK_BYTES + " bytes");
        }
        if (!Arrays.equals(scales.shape(), Arrays.copyOf(shape, shape.length - 1))) {
            throw wrong(scales, "has another number of scales than '" + weight.name() + "' has blocks");
        }
        return new Mxfp4Rows(weight, scales, toInt(shape[shape.length - 2], weight)).tensor();
    }

    private Tensor packed(RawTensor weight, QuantisedFormat.Compressed compressed) {
        var module = module(weight.name(), "_packed");
        var shape = raw.get(module + "_shape");
        int perWord = 32 / compressed.bits();
        long columns = weight.size(1) * perWord;
        if (shape != null
                && shape.elements() == 2
                && (shape.dtype().equals("I64") || shape.dtype().equals("I32"))) {
            columns = shape.word(shape.dtype().equals("I64") ? 2 : 1);
        }
        check(weight, "I32", weight.size(0), (columns + perWord - 1) / perWord);
        return compressed(weight, module, compressed, compressed.bits(), toInt(columns, weight));
    }

    private Tensor integers(RawTensor weight, QuantisedFormat.Compressed compressed) {
        check(weight, "I8", weight.size(0), weight.size(1));
        return compressed(weight, weight.name(), compressed, 8, toInt(weight.size(1), weight));
    }

    private Tensor compressed(
            RawTensor weight, String name, QuantisedFormat.Compressed compressed, int bits, int columns) {
        int rows = toInt(weight.size(0), weight);
        var scale = floats(name + "_scale", weight);
        int blockRows = compressed.blocks().blockRows();
        int width = blockRows > 0 ? compressed.blocks().blockColumns() : compressed.groups();
        var scales = ScaleTable.of(scale, rows, columns, blockRows, width);
        var zeros = raw.get(name + "_zero_point");
        long down = (rows + (long) scales.blockRows() - 1) / scales.blockRows();
        if (zeros != null && zeros.dtype().equals("I32")) {
            check(zeros, "I32", (down * bits + 31) / 32, scales.perRow());
        } else if (zeros != null && (!zeros.dtype().equals("I8") || zeros.elements() != down * scales.perRow())) {
            throw wrong(
                    zeros, "is of type " + zeros.dtype() + " or a size that fits no scales of '" + weight.name() + "'");
        }
        var order = raw.get(name + "_g_idx");
        boolean used = order != null && order.dtype().equals("I32") && order.elements() > 0 && order.word(0) >= 0;
        var groups = order == null || !used ? new int[0] : groupsOf(order, scales.blockColumns(), scales.perRow());
        if (groups.length > 0 && groups.length != columns) {
            throw wrong(weight, "has " + columns + " columns, but " + groups.length + " have a group");
        }
        return IntegerRows.tensor(
                weight.name(), new CompressedMatrix(weight, zeros, scales, bits, groups), bits, rows, columns);
    }

    private RawTensor floats(String name, RawTensor weight) {
        var tensor = raw.get(name);
        if (tensor == null) {
            throw missing(name, weight);
        }
        if (!tensor.isFloat()) {
            throw wrong(tensor, "is of type " + tensor.dtype() + ", expected floats");
        }
        return tensor;
    }

    /** Columns with one scale: what the config says, or what follows from the number of groups. */
    private int groupSize(int stated, long columns, long groups, RawTensor weight) {
        long size = groups == 1 ? Math.max(1, columns) : stated;
        if (size < 1 || (columns + size - 1) / size != groups) {
            throw wrong(
                    weight,
                    "has " + columns + " columns and " + groups + " groups of scales, but the config says " + stated
                            + " columns a group");
        }
        return toInt(size, weight);
    }

    /** The groups of columns; none where they only count up. */
    private int[] groupsOf(RawTensor order, int group, long count) {
        if (!order.dtype().equals("I32")) {
            throw wrong(order, "is of type " + order.dtype() + ", expected I32");
        }
        var groups = new int[toInt(order.elements(), order)];
        boolean plain = true;
        for (int k = 0; k < groups.length; k++) {
            groups[k] = order.word(k);
            if (groups[k] < 0 || groups[k] >= count) {
                throw wrong(order, "names group " + groups[k] + " of " + count);
            }
            plain &= groups[k] == k / group;
        }
        return plain ? new int[0] : groups;
    }

    private void check(RawTensor tensor, @Nullable String dtype, long rows, long columns) {
        if (dtype != null && !tensor.dtype().equals(dtype)) {
            throw wrong(tensor, "is of type " + tensor.dtype() + ", expected " + dtype);
        }
        if (!tensor.hasShape(rows, columns)) {
            throw wrong(tensor, "has a shape other than [" + rows + ", " + columns + "]");
        }
    }

    private int toInt(long size, RawTensor tensor) {
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw wrong(tensor, "has an impossible size");
        }
        return (int) size;
    }

    private UserError missing(String name, RawTensor weight) {
        return FileError.of(source, "tensor '" + name + "' is missing, which '" + weight.name() + "' needs");
    }

    private UserError wrong(RawTensor tensor, String what) {
        return FileError.of(source, "tensor '" + tensor.name() + "' " + what);
    }
}
