package io.hayloft.bench.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistancesTest {
    private static final double LOG_3 = Math.log(3);

    /** P = (3/4, 1/4); Q = (1/2, 1/2) at the second position, (1/4, 3/4) at the third. */
    @Test
    void ofTwoCoins() {
        var reference = new Distances.Reference(2);
        var logits = new float[] {9, (float) LOG_3, 0, 5, 5, 7, (float) (7 + LOG_3)};
        reference.set(logits, 1);
        var distances = new Distances(3);
        distances.set(0, 0, reference, logits, 1, 0);
        distances.set(1, 1, reference, logits, 3, 0);
        distances.set(2, 2, reference, logits, 5, 0);
        distances.addBytes(100, 400);
        distances.addBytes(300, 400);
        var result = distances.result("coins");

        double second = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
        double third = 0.75 * LOG_3 - 0.25 * LOG_3;
        assertThat(result.positions()).isEqualTo(3);
        assertThat(result.divergence().mean()).isCloseTo((second + third) / 3, within(1e-6));
        assertThat(result.divergence().median()).isCloseTo(second, within(1e-6));
        assertThat(result.divergence().percent99()).isCloseTo(second + 0.98 * (third - second), within(1e-6));
        double loss = -(Math.log(0.75) + Math.log(0.5) + Math.log(0.25)) / 3;
        assertThat(result.perplexity()).isCloseTo(Math.exp(loss), within(1e-6));
        double spread = Math.hypot(Math.hypot(-Math.log(0.75) - loss, -Math.log(0.5) - loss), -Math.log(0.25) - loss);
        assertThat(result.perplexityError()).isCloseTo(Math.exp(loss) * spread / Math.sqrt(6), within(1e-6));
        assertThat(result.shift().median()).isCloseTo(-0.25, within(1e-6));
        assertThat(result.shift().percent5()).isCloseTo(-0.475, within(1e-6));
        assertThat(result.sameTop()).isEqualTo(2 / 3.0); // equal logits: the first is the most likely
        assertThat(result.firstDisagreement()).isEqualTo(2);
        assertThat(result.storedBytes()).isEqualTo(200);
        assertThat(result.achievedRatio()).isEqualTo(2);
        assertThat(result.parts()).extracting(MethodFidelity.Part::from).containsExactly(0, 1, 2);
        assertThat(result.parts().get(1).divergence()).isCloseTo(second, within(1e-6));
        assertThat(result.parts().get(2).sameTop()).isZero();
    }

    @Test
    void aSinglePositionHasNoError() {
        var reference = new Distances.Reference(2);
        reference.set(new float[] {0, Float.NEGATIVE_INFINITY}, 0);
        var distances = new Distances(1);
        distances.set(0, 0, reference, new float[] {0, Float.NEGATIVE_INFINITY}, 0, 0);
        distances.addBytes(1, 1);
        var result = distances.result("sure");
        assertThat(result.perplexity()).isEqualTo(1);
        assertThat(result.perplexityError()).isNull();
        assertThat(result.divergence().mean()).isZero();
    }

    @Test
    void percentilesLieBetweenTheNearestValues() {
        var sorted = new double[] {0, 10, 20, 30, 40};
        assertThat(Distances.percentile(sorted, 0)).isZero();
        assertThat(Distances.percentile(sorted, 0.5)).isEqualTo(20);
        assertThat(Distances.percentile(sorted, 0.625)).isEqualTo(25);
        assertThat(Distances.percentile(sorted, 1)).isEqualTo(40);
        assertThat(Distances.percentile(new double[] {7}, 0.99)).isEqualTo(7);
    }
}
