package io.hayloft.kernels.machine;

import io.hayloft.kernels.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Fused multiply-adds on values that never leave the registers. */
final class FmaLoop {
    /** Two operations for each lane of each chain. */
    static final long FLOPS_OF_ROUND = 2L * 12 * VectorWidth.LANES;

    private static final VectorSpecies<Float> F = VectorWidth.FLOATS;

    private FmaLoop() {}

    /**
     * Twelve independent chains of {@code a = 0.5 a + 1}: enough to cover a latency of four cycles on two units or more,
     * and with both constants no more than the 16 registers of AVX2.
     *
     * @return the sum of all lanes, near {@code 2 * 12 * lanes} after many rounds
     */
    static float run(int rounds) {
        var half = FloatVector.broadcast(F, 0.5f);
        var one = FloatVector.broadcast(F, 1);
        var a0 = FloatVector.broadcast(F, 0);
        var a1 = FloatVector.broadcast(F, 1);
        var a2 = FloatVector.broadcast(F, 2);
        var a3 = FloatVector.broadcast(F, 3);
        var a4 = FloatVector.broadcast(F, 4);
        var a5 = FloatVector.broadcast(F, 5);
        var a6 = FloatVector.broadcast(F, 6);
        var a7 = FloatVector.broadcast(F, 7);
        var a8 = FloatVector.broadcast(F, 8);
        var a9 = FloatVector.broadcast(F, 9);
        var a10 = FloatVector.broadcast(F, 10);
        var a11 = FloatVector.broadcast(F, 11);
        for (int round = 0; round < rounds; round++) {
            a0 = a0.fma(half, one);
            a1 = a1.fma(half, one);
            a2 = a2.fma(half, one);
            a3 = a3.fma(half, one);
            a4 = a4.fma(half, one);
            a5 = a5.fma(half, one);
            a6 = a6.fma(half, one);
            a7 = a7.fma(half, one);
            a8 = a8.fma(half, one);
            a9 = a9.fma(half, one);
            a10 = a10.fma(half, one);
            a11 = a11.fma(half, one);
        }
        var low = a0.add(a1).add(a2).add(a3).add(a4).add(a5);
        var high = a6.add(a7).add(a8).add(a9).add(a10).add(a11);
        return low.add(high).reduceLanes(VectorOperators.ADD);
    }
}
