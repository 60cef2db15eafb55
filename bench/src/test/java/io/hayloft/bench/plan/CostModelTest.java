package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.methods.Methods;
import java.util.List;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private static Answer answer(double prefill, double compress) {
        return new Answer("", "length", 4, 1, 1, 1, 1, prefill, compress, 0.3, 3);
    }

    /** Two of them share scores that took 0.4 s, which each is told to have taken. */
    @Test
    void sharedScoresCountOnceInThePlan() {
        var methods =
                List.of(Methods.parse("snapkv:2x"), Methods.parse("snapkv:4x"), Methods.parse("flexgen-paper:4bit"));
        var answers = List.of(answer(1, 0.5), answer(1, 0.5), answer(2, 0));

        var costs = CostModel.costs(methods, answers, 1 + 2 + 0.6 + 0.9);

        assertThat(costs[0]).isEqualTo(2);
        assertThat(costs[1]).isCloseTo(0.6, within(1e-9));
        assertThat(costs[2]).isCloseTo(0.3, within(1e-9));
        assertThat(CostModel.costs(methods, answers, 3.8)[1]).isZero();
    }
}
