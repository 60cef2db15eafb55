package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import org.junit.jupiter.api.Test;

class PrefillSignalsTest {
    /** Layer 2 of this Gemma sees all tokens, the others have a window. */
    @Test
    void onlyLayersThatSeeAllTokensAreRecorded() {
        try (var model = LanguageModel.load(Shared.path("goldens/architectures/gemma3"), LoadOptions.withThreads(1))) {
            var request = new SignalRequest(8, true);
            var tokens = new int[50];
            var signals = new PrefillSignals(request, model.config(), tokens.length);
            try (var cache = Runs.exactCache(model)) {
                var options = new PrefillOptions(16, signals, LogitsSink.NONE, ProgressListener.NONE);
                model.decoder().prefill(tokens, 0, tokens.length, cache, options);
            }
            var attention = model.config().attention(2);
            assertThat(signals.lastQueries(2)).hasSize(8 * attention.queryWidth());
            double sum = 0;
            for (float probability : signals.accumulatedAttention(2)) {
                sum += probability;
            }
            assertThat(sum).isBetween(49.9 * attention.queryHeads(), 50.1 * attention.queryHeads());
            for (int layer : new int[] {0, 1, 3}) {
                assertThatThrownBy(() -> signals.lastQueries(layer)).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> signals.accumulatedAttention(layer)).isInstanceOf(IllegalStateException.class);
            }
            assertThat(request.heapBytes(model.config(), 50))
                    .isEqualTo(4L * (8 * attention.queryWidth() + 50 * attention.queryHeads()));
            assertThat(SignalRequest.NONE.heapBytes(model.config(), 50)).isZero();
        }
    }

    @Test
    void aPromptShorterThanTheQueryWindowHasFewerQueries() {
        try (var model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(1))) {
            var request = new SignalRequest(64, false);
            var signals = new PrefillSignals(request, model.config(), 10);
            assertThat(signals.queryWindow()).isEqualTo(10);
            int width = model.config().attention(0).queryWidth();
            assertThat(signals.lastQueries(0)).hasSize(10 * width);
            assertThat(request.heapBytes(model.config(), 10))
                    .isEqualTo(4L * 10 * width * model.config().layers());
        }
    }
}
