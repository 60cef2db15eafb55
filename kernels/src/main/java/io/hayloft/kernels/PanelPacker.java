package io.hayloft.kernels;

import java.lang.foreign.MemorySegment;

/** Packs the rows of one matrix, a panel at a time; several workers may pack panels side by side. */
interface PanelPacker {
    /** Says how panels are packed: equal for two packers only if equal rows become equal bytes. */
    String form();

    /** Bytes of a panel. */
    long panelBytes();

    /** Writes a panel, all {@link #panelBytes} of it. */
    void pack(int panel, int worker, MemorySegment target, long at);

    /** The panels that lie in such memory. */
    Panels over(MemorySegment data);
}
