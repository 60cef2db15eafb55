package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.tensor.TensorType;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The numbers of tensor types in GGUF files. */
final class GgufTensorTypes {
    private static final Map<Integer, TensorType> SUPPORTED = Map.ofEntries(
            Map.entry(0, TensorType.F32),
            Map.entry(1, TensorType.F16),
            Map.entry(2, TensorType.Q4_0),
            Map.entry(3, TensorType.Q4_1),
            Map.entry(6, TensorType.Q5_0),
            Map.entry(7, TensorType.Q5_1),
            Map.entry(8, TensorType.Q8_0),
            Map.entry(10, TensorType.Q2_K),
            Map.entry(11, TensorType.Q3_K),
            Map.entry(12, TensorType.Q4_K),
            Map.entry(13, TensorType.Q5_K),
            Map.entry(14, TensorType.Q6_K),
            Map.entry(16, TensorType.IQ2_XXS),
            Map.entry(17, TensorType.IQ2_XS),
            Map.entry(18, TensorType.IQ3_XXS),
            Map.entry(19, TensorType.IQ1_S),
            Map.entry(20, TensorType.IQ4_NL),
            Map.entry(21, TensorType.IQ3_S),
            Map.entry(22, TensorType.IQ2_S),
            Map.entry(23, TensorType.IQ4_XS),
            Map.entry(29, TensorType.IQ1_M),
            Map.entry(30, TensorType.BF16),
            Map.entry(34, TensorType.TQ1_0),
            Map.entry(35, TensorType.TQ2_0),
            Map.entry(39, TensorType.MXFP4),
            Map.entry(40, TensorType.NVFP4),
            Map.entry(41, TensorType.Q1_0));

    /** Known by name only, so that an error can say what a file holds. */
    private static final Map<Integer, String> UNSUPPORTED = Map.ofEntries(
            Map.entry(4, "Q4_2, removed from the format in 2023,"),
            Map.entry(5, "Q4_3, removed from the format in 2023,"),
            Map.entry(9, "Q8_1"),
            Map.entry(15, "Q8_K"),
            Map.entry(31, "Q4_0_4_4, removed from the format in 2024,"),
            Map.entry(32, "Q4_0_4_8, removed from the format in 2024,"),
            Map.entry(33, "Q4_0_8_8, removed from the format in 2024,"),
            Map.entry(36, "IQ4_NL_4_4, removed from the format in 2025,"),
            Map.entry(37, "IQ4_NL_4_8, removed from the format in 2025,"),
            Map.entry(38, "IQ4_NL_8_8, removed from the format in 2025,"));

    /** Types of tables that some files carry: skipped unless a weight is of one. */
    private static final Map<Integer, Layout> NO_WEIGHTS = Map.of(
            24, new Layout("I8", 1, 1, null),
            25, new Layout("I16", 1, 2, null),
            26, new Layout("I32", 1, 4, null),
            27, new Layout("I64", 1, 8, null),
            28, new Layout("F64", 1, 8, null));

    /**
     * How a type lies in a file.
     *
     * @param blockElements elements of a block
     * @param blockBytes bytes of a block
     * @param weights the same type for weights; null if weights cannot be of it
     */
    record Layout(
            String name,
            int blockElements,
            int blockBytes,
            @Nullable TensorType weights) {
        /** Bytes of this many elements, a multiple of the block. */
        long bytes(long elements) {
            return Math.multiplyExact(elements / blockElements, (long) blockBytes);
        }
    }

    private GgufTensorTypes() {}

    /**
     * Returns the type of a number.
     *
     * @throws UserError if it is unknown or not supported
     */
    static Layout of(int id) {
        var table = NO_WEIGHTS.get(id);
        if (table != null) {
            return table;
        }
        var type = SUPPORTED.get(id);
        if (type == null) {
            var name = UNSUPPORTED.getOrDefault(id, "number " + Integer.toUnsignedString(id));
            throw new UserError(
                    "type " + name + " is not supported; supported are " + new TreeMap<>(SUPPORTED).values());
        }
        return new Layout(type.name(), type.blockElements(), type.blockBytes(), type);
    }
}
