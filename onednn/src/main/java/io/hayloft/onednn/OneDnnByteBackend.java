package io.hayloft.onednn;

import java.util.Set;

/**
 * Products of 8-bit integers with a scale for each row and block of inputs: faster than bfloat16 and on more processors, but
 * on the two real models measured 80 to 100 times as far from the exact distributions. So it is never chosen but by its
 * name.
 */
public final class OneDnnByteBackend extends LibraryBackend {
    /** Bits of the instruction sets that add products of bytes in one step, of 512 and of 256 bits; larger sets contain them. */
    private static final int AVX512_VNNI = 0x67;

    private static final int AVX2_VNNI = 0x0F;

    /** Inputs that share a scale: fewer are nearer to the floats, and slower. */
    private static final int BLOCK = 128;

    /** For the service loader. */
    public OneDnnByteBackend() {
        this(Machine.THIS);
    }

    OneDnnByteBackend(Machine machine) {
        super(machine);
    }

    @Override
    public String name() {
        return "onednn-int8";
    }

    @Override
    public long bytesFor(long weights) {
        return Byte.BYTES * weights + ByteArithmetic.SCALE_BYTES * Math.ceilDiv(weights, BLOCK);
    }

    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    String numbers() {
        return "int8";
    }

    @Override
    String details() {
        return numbers() + " in blocks of " + BLOCK;
    }

    @Override
    Set<String> instructions() {
        return Set.of("avx512_vnni", "avx_vnni");
    }

    @Override
    boolean fast(int instructionSet) {
        return (instructionSet & AVX512_VNNI) == AVX512_VNNI || (instructionSet & AVX2_VNNI) == AVX2_VNNI;
    }

    @Override
    Arithmetic arithmetic() {
        return new ByteArithmetic(BLOCK);
    }
}
