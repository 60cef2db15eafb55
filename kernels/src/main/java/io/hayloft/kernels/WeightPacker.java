package io.hayloft.kernels;

import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.packed.PackedModel;
import io.hayloft.kernels.packed.PackedSection;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Packs the weight matrices of a model, or reads what an earlier load packed, which is the same to the bit.
 *
 * <p>Weights that were read are compared with the model's file: every chunk has a checksum, and one panel of each matrix is
 * packed anew. They are read into memory and not mapped, because the pages of a file are small: a decode step of an 8B model took
 * 1.03 to 1.24 times as long from a mapped file as from memory on huge pages (three rounds in turns), and that at every step.
 */
public final class WeightPacker {
    /** Bytes that are read or checked at once, about: they stay in the second-level cache. */
    private static final long CHUNK = 1 << 20;

    private final NativeMemory memory;
    private final WorkerPool pool;
    private final PrefillBackend.@Nullable Session backend;
    private final @Nullable PackedModel packed;

    /**
     * A packer of a model.
     *
     * @param memory owns the packed weights
     * @param backend gets a second copy of the weights, for prefills; null for the kernels of this package
     * @param packed has the weights of an earlier load, and hears of those that are packed; null for none
     */
    public WeightPacker(
            NativeMemory memory,
            WorkerPool pool,
            PrefillBackend.@Nullable Session backend,
            @Nullable PackedModel packed) {
        this.memory = memory;
        this.pool = pool;
        this.backend = backend;
        this.packed = packed;
    }

    /** A matrix {@code [outputs][inputs]}; the tensor is not needed afterwards. */
    public Linear pack(WeightRows rows) {
        return Linear.of(rows, panels(rows), backend);
    }

    /** The same without a copy for the backend. */
    public Linear packForDecode(WeightRows rows) {
        return Linear.of(rows, panels(rows), null);
    }

    private Panels panels(WeightRows rows) {
        if (packed == null) {
            return packNow(rows, null).panels;
        }
        var matrix = describe(rows);
        var section = packed.next(matrix);
        var before = section == null ? null : read(section, rows);
        var done = before != null && before.sound ? before : packNow(rows, before);
        packed.add(matrix, done.packer.form(), (int) (chunkPanels(done.packer) * done.packer.panelBytes()), done.data);
        return done.panels;
    }

    /** Panels in memory; sound if they are right. */
    private record Done(PanelPacker packer, MemorySegment data, Panels panels, boolean sound) {
        Done(PanelPacker packer, MemorySegment data, boolean sound) {
            this(packer, data, packer.over(data), sound);
        }
    }

    /** @param before memory that can be used again; null for none */
    private Done packNow(WeightRows rows, @Nullable Done before) {
        var packer = packer(rows, null);
        var data = before != null && before.packer.form().equals(packer.form())
                ? before.data
                : memory.allocate(bytes(rows, packer));
        new Shares(pool.threads())
                .ofPanels(cut(rows, packer), 1)
                .run(pool, (panel, worker) -> packer.pack(panel, worker, data, panel * packer.panelBytes()));
        return new Done(packer, data, true);
    }

    /** Reads a section; null if it cannot be of these rows. */
    private @Nullable Done read(PackedSection section, WeightRows rows) {
        var packer = packer(rows, section.form());
        int chunkPanels = chunkPanels(packer);
        if (!packer.form().equals(section.form())
                || section.bytes() != bytes(rows, packer)
                || section.chunkBytes() != chunkPanels * packer.panelBytes()) {
            refuse("its weights are packed in another way");
            return null;
        }
        var data = memory.allocate(section.bytes());
        return new Done(packer, data, fill(section, rows, packer, data));
    }

    /** Reads all chunks and checks them; if they are of no use, says why to {@link #packed}. */
    private boolean fill(PackedSection section, WeightRows rows, PanelPacker packer, MemorySegment data) {
        var damaged = new AtomicBoolean();
        var failure = new AtomicReference<@Nullable IOException>();
        new Shares(pool.threads())
                .ofPanels(cut(rows, packer), chunkPanels(packer))
                .run(pool, (chunk, _) -> {
                    try {
                        if (!section.read(chunk, data)) {
                            damaged.set(true);
                        }
                    } catch (IOException e) {
                        failure.compareAndSet(null, e);
                    }
                });
        var cannotRead = failure.get();
        if (damaged.get()) {
            refuse("it is damaged");
        } else if (cannotRead != null && packed != null) {
            packed.leave(cannotRead);
        } else if (!samplePanelIsRight(rows, packer, data)) {
            refuse("it has other weights than the model");
        } else {
            return true;
        }
        return false;
    }

    private void refuse(String why) {
        if (packed != null) {
            packed.refuse(why);
        }
    }

    /** Packs one panel, another place in every matrix, and compares. */
    private static boolean samplePanelIsRight(WeightRows rows, PanelPacker packer, MemorySegment data) {
        int panels = panels(rows.rows());
        if (panels == 0) {
            return true;
        }
        int panel = Math.floorMod(describe(rows).hashCode(), panels);
        try (var arena = Arena.ofConfined()) {
            var expected = arena.allocate(packer.panelBytes(), NativeMemory.ALIGNMENT);
            packer.pack(panel, 0, expected, 0);
            return expected.mismatch(data.asSlice(panel * packer.panelBytes(), packer.panelBytes())) < 0;
        }
    }

    private PanelCut cut(WeightRows rows, PanelPacker packer) {
        return PanelCut.of(rows.rows(), bytes(rows, packer), pool.threads());
    }

    private static int panels(int rows) {
        return (rows + Panels.ROWS - 1) / Panels.ROWS;
    }

    private static long bytes(WeightRows rows, PanelPacker packer) {
        return Math.multiplyExact(panels(rows.rows()), packer.panelBytes());
    }

    private static int chunkPanels(PanelPacker packer) {
        return (int) Math.max(1, CHUNK / Math.max(1, packer.panelBytes()));
    }

    /** @param form what the packer should have, if the rows allow several and finding out takes time; null if not known */
    private PanelPacker packer(WeightRows rows, @Nullable String form) {
        var type = rows.tensor().type();
        var format = CodeFormat.of(type);
        if (format != null) {
            return new CodePanels.Packer(format, rows, pool.threads());
        }
        if (type == TensorType.F16 || type == TensorType.BF16) {
            var half = new HalfPanels.Packer(rows);
            if (form == null ? half.possible() : half.form().equals(form)) {
                return half;
            }
        }
        return new FloatPanels.Packer(rows);
    }

    /** Says which rows of which tensor they are, in which order. */
    private static String describe(WeightRows rows) {
        var tensor = rows.tensor();
        var order = rows.order();
        return tensor.name() + " " + tensor.type() + " " + Arrays.toString(tensor.shape()) + " " + rows.firstRow() + "+"
                + rows.rows() + (order == null ? "" : " in order " + checksum(order));
    }

    private static String checksum(int[] order) {
        var bytes = ByteBuffer.allocate(Integer.BYTES * order.length);
        bytes.asIntBuffer().put(order);
        var checksum = new CRC32C();
        checksum.update(bytes);
        return Long.toHexString(checksum.getValue());
    }
}
