package io.hayloft.bench.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.ModelStore;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FidelityTest {
    @Test
    void logitsBecomeProbabilities() {
        var logits = new float[] {1000, 1000 + (float) Math.log(3), Float.NEGATIVE_INFINITY};
        Fidelity.normalize(logits);
        assertThat(Math.exp(logits[0])).isCloseTo(0.25, within(1e-4));
        assertThat(Math.exp(logits[1])).isCloseTo(0.75, within(1e-4));
        assertThat(Math.exp(logits[2])).isZero();
    }

    /** 3/4 log((3/4) / (1/2)) + 1/4 log((1/4) / (1/2)). */
    @Test
    void divergenceOfTwoCoins() {
        double wanted = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
        assertThat(Fidelity.divergence(logs(0.75, 0.25, 0), logs(0.5, 0.5, 0))).isCloseTo(wanted, within(1e-6));
        assertThat(Fidelity.divergence(logs(0.75, 0.25), logs(0.75, 0.25))).isZero();
    }

    /** The first task alone has more text than 200 tokens. */
    @Test
    void everyTaskHasItsShareOfAShortText() {
        var path = ModelStore.open().resolve("hayloft-tiny").path();
        try (var model = LanguageModel.load(path, LoadOptions.withThreads(1))) {
            var tokenizer = model.tokenizer();
            var whole = GeneratedText.tokens(tokenizer, 4000);
            var cut = GeneratedText.tokens(tokenizer, 200);
            assertThat(whole).hasSize(4000);
            assertThat(cut).hasSize(200).isNotEqualTo(Arrays.copyOf(whole, 200));
            assertThat(Arrays.copyOf(cut, 20)).isEqualTo(Arrays.copyOf(whole, 20));
        }
    }

    private static float[] logs(double... probabilities) {
        var logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return logs;
    }

    @Test
    void aModelIsEqualToItselfAndCanReadTheGeneratedText() {
        var path = ModelStore.open().resolve("hayloft-tiny").path();
        try (var one = LanguageModel.load(path, LoadOptions.withThreads(1));
                var two = LanguageModel.load(path, LoadOptions.withThreads(2))) {
            var ids = GeneratedText.tokens(one.tokenizer(), 600);
            assertThat(ids).hasSize(600);
            var fidelity = Fidelity.compare(one, two, ids);
            assertThat(fidelity.positions()).isEqualTo(ids.length);
            assertThat(fidelity.worst()).isZero();
            assertThat(fidelity.sameTop()).isEqualTo(1);
            assertThat(fidelity.loss()).isPositive().isFinite();
            assertThat(fidelity.otherLoss()).isEqualTo(fidelity.loss());
            var rates = PrefillRate.ofEach(new LanguageModel[] {one, two}, ids, 2);
            assertThat(rates).hasSize(2);
            assertThat(Math.min(rates[0], rates[1])).isPositive();
        }
    }
}
