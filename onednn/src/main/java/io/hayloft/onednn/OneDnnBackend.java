package io.hayloft.onednn;

import java.util.Set;

/** Products in bfloat16. */
public final class OneDnnBackend extends LibraryBackend {
    /** Bits of the instruction sets that have such products of 512 bits; larger sets contain them. */
    private static final int AVX512_BF16 = 0xE7;

    /** For the service loader. */
    public OneDnnBackend() {
        this(Machine.THIS);
    }

    OneDnnBackend(Machine machine) {
        super(machine);
    }

    @Override
    public String name() {
        return "onednn";
    }

    @Override
    public long bytesFor(long weights) {
        return Short.BYTES * weights;
    }

    @Override
    String numbers() {
        return "bfloat16";
    }

    @Override
    Set<String> instructions() {
        return Set.of("avx512_bf16");
    }

    @Override
    boolean fast(int instructionSet) {
        return (instructionSet & AVX512_BF16) == AVX512_BF16;
    }

    @Override
    Arithmetic arithmetic() {
        return new BrainArithmetic();
    }
}
