package io.hayloft.bench.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.bench.predict.Forecast;
import io.hayloft.bench.record.PredictedFile;
import io.hayloft.engine.generation.CacheBytes;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.StopReason;
import io.hayloft.engine.generation.Times;
import io.hayloft.methods.registry.Methods;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private static Completion answer(double prefill, double compress) {
        return new Completion(
                "any",
                new int[4],
                "",
                StopReason.LENGTH,
                100,
                1,
                new CacheBytes(1, 1, 1),
                new Times(prefill, compress, 0.1, 0.6, 3, 3),
                List.of());
    }

    /** Two of them share scores that took 0.4 s, which each counts as its own. */
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

    /** Costs of a forecast give its times again, of reading at both lengths and of a step of all, with 2 ms a token to build caches. */
    @Test
    void takesOverAForecast() {
        var methods = List.of(Methods.parse("full"), Methods.parse("snapkv:4x"));
        var rows = List.of(
                new PredictedFile.Row("full", 1000, 1000, 1, 1.5, 30, 2),
                new PredictedFile.Row("snapkv:4x", 1000, 1000, 1, 1.5, 22.5, 2));
        // 1 ms a token and 1 µs a pair; steps of 20 ms and 10 µs for each token of a cache
        var forecast = new Forecast(methods, rows, 1000, 1.5, 0.625, Map.of(1, 0.01, 2, 0.02));

        var costs = CostModel.of(forecast, 2e-3);

        assertThat(costs.secondsPerToken()).isCloseTo(1e-3, within(1e-9));
        assertThat(costs.secondsPerPair()).isCloseTo(1e-6, within(1e-12));
        assertThat(costs.secondsPerCached()).isCloseTo(1e-5, within(1e-12));
        assertThat(costs.secondsPerStep()).isCloseTo(0.02, within(1e-9));
        assertThat(costs.seconds(new SampleChoice.Size(1000, 0, 10)))
                .isCloseTo(2 + 1.5 + 6 * (0.02 + 0.01 + 0.0025), within(1e-9));
    }

    /** A prediction, summed up by hand: linear work for each token, attention for each pair, 60 % of the answer's tokens. */
    @Test
    void predictsFromTheLengthsOfPromptAndAnswer() {
        var methods = List.of(Methods.parse("full"), Methods.parse("snapkv:4x"));
        var costs = new CostModel(PromptGroup.of(methods), Map.of(), 1e-3, 1e-6, 1e-6, 1e-4, 0.02, 0.01);
        double prefill = 1000 * 1e-3 + 1000.0 * 1000 / 2 * 1e-6;
        double build = 1000 * 1e-4;
        double steps = 50 * 0.6 + 20;
        double decode = steps * 0.02 + steps * (1 + 0.25) * 1000 * 1e-6;
        assertThat(costs.seconds(new SampleChoice.Size(1000, 20, 50)))
                .isCloseTo(prefill + build + decode, within(1e-9));
        double twice = costs.seconds(new SampleChoice.Size(2000, 20, 50));
        assertThat(twice - costs.seconds(new SampleChoice.Size(1000, 20, 50)))
                .as("attention grows with the square of the length")
                .isGreaterThan(prefill + build);
    }

    @Test
    void timesReadAsPeopleSayThem() {
        assertThat(Plan.words(Duration.ofMillis(400))).isEqualTo("0 s");
        assertThat(Plan.words(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(Plan.words(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
        assertThat(Plan.words(Duration.ofMinutes(125))).isEqualTo("2 h 05 min");
    }
}
