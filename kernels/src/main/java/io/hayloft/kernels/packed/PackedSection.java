package io.hayloft.kernels.packed;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The packed weights of one matrix in a file of an earlier load. */
public interface PackedSection {
    /** How they are packed, as given to {@link PackedModel#add}. */
    String form();

    /** Bytes of all of them. */
    long bytes();

    /** Bytes of a chunk; the last one may be shorter. */
    int chunkBytes();

    /**
     * Reads a chunk to its place in the target, which has all {@link #bytes}. Several threads may read.
     *
     * @return whether its checksum is right; if not, what was written is of no use
     * @throws IOException if it cannot be read, which says nothing about the file's contents
     */
    boolean read(int chunk, MemorySegment target) throws IOException;
}
