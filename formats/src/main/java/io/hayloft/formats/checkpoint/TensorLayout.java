package io.hayloft.formats.checkpoint;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.AttentionConfig.HeadNorm;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * How the weights of a layer lie in the tensors of a file.
 *
 * @param attention whether queries, keys and values share a tensor
 * @param fusedFeedForward whether gate and up rows lie below each other in one tensor
 * @param transposed whether the matrices of layers are stored as [inputs][outputs]
 * @param permutation order of the query and key rows of a head; null if they lie as the model has them
 */
record TensorLayout(
        Fused attention,
        boolean fusedFeedForward,
        boolean transposed,
        @Nullable RowPermutation permutation) {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** How queries, keys and values share a tensor. */
    enum Fused {
        /** Each has its own. */
        NO,
        /** All queries, then all keys, then all values. */
        BELOW_EACH_OTHER,
        /** KV head by KV head: its queries, its key, its value. */
        BY_KV_HEAD
    }

    /** The layout of an architecture's Hugging Face checkpoints. */
    static TensorLayout huggingFace(Architecture architecture, DecoderConfig config) {
        var fused = switch (architecture) {
            case PHI3, GPT2 -> Fused.BELOW_EACH_OTHER;
            case GPT_NEOX, FALCON -> Fused.BY_KV_HEAD;
            default -> Fused.NO;
        };
        return new TensorLayout(
                fused,
                architecture.hasFusedFeedForward() || architecture == Architecture.GRANITEMOEHYBRID,
                architecture == Architecture.GPT2,
                architecture.rotatesNeighbours() ? RowPermutation.of(rotating(config)) : null);
    }

    /**
     * The layout of an architecture's GGUF files.
     *
     * @param fused whether the file has queries, keys and values in one tensor
     */
    static TensorLayout gguf(Architecture architecture, DecoderConfig config, boolean fused) {
        return new TensorLayout(
                fused || architecture == Architecture.PHI3 ? Fused.BELOW_EACH_OTHER : Fused.NO,
                architecture.hasFusedFeedForward(),
                false,
                architecture.isPermutedInGguf() ? RowPermutation.of(rotating(config)) : null);
    }

    /** The first layer that rotates, by whose heads the rows of all are ordered; the first one if none does. */
    private static AttentionConfig rotating(DecoderConfig config) {
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = config.findAttention(layer);
            if (attention.isPresent() && attention.get().rope() != null) {
                return attention.get();
            }
        }
        return config.firstAttention().orElseThrow();
    }

    /** For each row of a role as the model has it, the row among those of the role in the file; null if they agree. */
    int @Nullable [] order(Role role, AttentionConfig attention) {
        if (permutation == null) {
            return null;
        }
        boolean shared = attention.headNorm() == HeadNorm.SHARED;
        return switch (role) {
            case QUERY, QUERY_BIAS -> permutation.order(attention.queryHeads());
            case KEY, KEY_BIAS -> permutation.order(attention.kvHeads());
            case QUERY_NORM -> permutation.order(shared ? 1 : attention.queryHeads());
            case KEY_NORM -> permutation.order(shared ? 1 : attention.kvHeads());
            default -> null;
        };
    }

    /** The row of the fused tensor at which the queries, keys or values begin, where they lie below each other. */
    static int first(Role role, AttentionConfig attention) {
        return switch (role) {
            case QUERY, QUERY_BIAS -> 0;
            case KEY, KEY_BIAS -> attention.queryWidth();
            default -> attention.queryWidth() + attention.kvWidth();
        };
    }

    /** For each row of the queries, keys or values, the row of a tensor that is fused by KV head. */
    static int[] rowsByKvHead(Role role, AttentionConfig attention, int @Nullable [] order) {
        int headDim = attention.headDim();
        int group = attention.groupSize();
        boolean queries = role == Role.QUERY || role == Role.QUERY_BIAS;
        boolean keys = role == Role.KEY || role == Role.KEY_BIAS;
        var rows = new int[queries ? attention.queryWidth() : attention.kvWidth()];
        for (int i = 0; i < rows.length; i++) {
            int own = order == null ? i : order[i];
            int head = own / headDim;
            int kvHead = queries ? head / group : head;
            int inGroup = queries ? head % group : keys ? group : group + 1;
            rows[i] = (kvHead * (group + 2) + inGroup) * headDim + own % headDim;
        }
        return rows;
    }

    /**
     * Columns of a matrix.
     *
     * @param first the first one
     * @param count how many
     * @param stride distance of each from the next
     */
    record Columns(int first, int count, int stride) {}

    /** Columns of a matrix as the rows of another of the same type: copied. */
    static Tensor transposed(Tensor tensor, int firstColumn, int columns) {
        return transposed(tensor, 0, Math.toIntExact(tensor.rows()), new Columns(firstColumn, columns, 1));
    }

    /** The same of some rows, one behind the other, of a tensor. */
    static Tensor transposed(Tensor tensor, int firstRow, int rows, Columns part) {
        if (tensor.computed() != null || tensor.type().isQuantised()) {
            throw new UserError("tensor '" + tensor.name() + "' is quantised, which is not supported for matrices"
                    + " that lie transposed: use the full-precision checkpoint or a GGUF file");
        }
        int all = tensor.columns();
        var shape = new long[] {part.count, rows};
        var data = tensor.data();
        int size = Math.multiplyExact(rows, part.count);
        if (tensor.type() == TensorType.F32) {
            var copy = new float[size];
            for (int row = 0; row < rows; row++) {
                long at = (long) (firstRow + row) * all + part.first;
                for (int column = 0; column < part.count; column++) {
                    copy[column * rows + row] = data.getAtIndex(FLOAT, at + (long) column * part.stride);
                }
            }
            return new Tensor(tensor.name(), tensor.type(), shape, MemorySegment.ofArray(copy));
        }
        var copy = new short[size];
        for (int row = 0; row < rows; row++) {
            long at = (long) (firstRow + row) * all + part.first;
            for (int column = 0; column < part.count; column++) {
                copy[column * rows + row] = data.getAtIndex(SHORT, at + (long) column * part.stride);
            }
        }
        return new Tensor(tensor.name(), tensor.type(), shape, MemorySegment.ofArray(copy));
    }

    /** Elements of a vector in this order, from {@code first} on: copied, as it is small. */
    static Tensor selected(Tensor vector, int first, int count, int @Nullable [] order) {
        var values = vector.toFloats();
        var chosen = new float[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = values[first + (order == null ? i : order[i])];
        }
        return vector(vector.name(), chosen);
    }

    static Tensor vector(String name, float[] values) {
        return new Tensor(name, TensorType.F32, new long[] {values.length}, MemorySegment.ofArray(values));
    }
}
