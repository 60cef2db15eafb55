package io.hayloft.kernels;

import io.hayloft.base.UserError;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process, chosen once from what the processor prefers: 128, 256 or 512 bits.
 *
 * <p>A species wider than the processor's registers runs about a hundred times slower, a narrower one wastes them. The
 * choice is a constant to the JIT compiler. {@code -Dhayloft.vector.bits=128|256|512} overrides it, for tests: results do
 * not depend on it.
 */
public final class VectorWidth {
    private static final String OVERRIDE = "hayloft.vector.bits";

    /** Bits of a vector. */
    public static final int BITS = choose();

    /** The float species of this width. */
    public static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));

    /** The int species of this width; as many lanes as floats. */
    public static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, VectorShape.forBitSize(BITS));

    /** The byte species of this width. */
    static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, VectorShape.forBitSize(BITS));

    /** Floats of a vector. */
    public static final int LANES = BITS / Float.SIZE;

    /**
     * Lanes of a sum that runs over the elements of a row: element i goes to lane i modulo 16. The widest vector holds them
     * all, narrower ones a part each, so that a sum has the same bits at every width.
     */
    public static final int SUM_LANES = 16;

    private VectorWidth() {}

    private static int choose() {
        var wanted = System.getProperty(OVERRIDE);
        if (wanted == null) {
            int preferred = Math.min(
                    FloatVector.SPECIES_PREFERRED.vectorBitSize(), IntVector.SPECIES_PREFERRED.vectorBitSize());
            return preferred >= 512 ? 512 : preferred >= 256 ? 256 : 128;
        }
        return switch (wanted) {
            case "128" -> 128;
            case "256" -> 256;
            case "512" -> 512;
            default ->
                throw new UserError("-D" + OVERRIDE + "=" + wanted + " is not a vector width: write 128, 256 or 512");
        };
    }

    /** One line for reports, such as {@code 512-bit vectors}. */
    public static String describe() {
        return BITS + "-bit vectors" + (System.getProperty(OVERRIDE) == null ? "" : " (forced)");
    }
}
