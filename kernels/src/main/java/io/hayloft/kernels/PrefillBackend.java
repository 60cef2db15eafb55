package io.hayloft.kernels;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.WeightRows;
import java.util.List;
import java.util.Optional;

/**
 * Another way to compute the matrix products of a prefill than the kernels of this package, such as a native library.
 * Implementations are found by {@link java.util.ServiceLoader}; see {@link PrefillBackends}. Decoding stays here.
 */
public interface PrefillBackend {
    /** Name by which it is chosen, such as {@code onednn}. */
    String name();

    /** Why it cannot work on this machine, in words that end a sentence; empty if it can. May load a library. */
    Optional<String> obstacle();

    /**
     * Returns its identity in a few words: library, version, number format, instructions. Results are the same where these words
     * are. Asked only where it can work.
     */
    String describe();

    /** About how many bytes so many weights take in the copy that a session packs, with scales and the like. */
    long bytesFor(long weights);

    /** Whether {@link PrefillBackends#AUTO} may choose it: not if it changes results more than users expect unasked. */
    default boolean automatic() {
        return true;
    }

    /**
     * Begins work for one model.
     *
     * @param memory owns the weights that the session packs
     * @param pool packs the weights and computes the products
     */
    Session open(NativeMemory memory, WorkerPool pool);

    /** The matrices of one model. Closed before the memory and after the last product. */
    interface Session extends AutoCloseable {
        /** Packs a weight matrix {@code [outputs][inputs]}; empty if the kernels of this package should do it. */
        Optional<Matrix> pack(WeightRows rows);

        /**
         * Several products with the same rows, as {@link Matrix#multiply} computes each.
         *
         * @param matrices of this session, all with the same inputs
         * @param x {@code [rows][inputs]}
         * @param y receives of each matrix {@code [rows][outputs]}
         */
        default void multiply(List<Matrix> matrices, float[] x, int rows, float[][] y) {
            for (int i = 0; i < matrices.size(); i++) {
                matrices.get(i).multiply(x, rows, y[i]);
            }
        }

        /** Bytes of all weights packed so far, with scales and the like. */
        long bytes();

        @Override
        void close();
    }

    /** A packed weight matrix W. */
    interface Matrix {
        /** x {@code [rows][inputs]} to y = x Wᵀ {@code [rows][outputs]}, for any number of rows from 1. */
        void multiply(float[] x, int rows, float[] y);
    }
}
