package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BarTest {
    private final StringWriter text = new StringWriter();
    private final PrintWriter err = new PrintWriter(text);

    @Test
    void aLogGetsALineNowAndThen() {
        try (var bar = new PrintedBar(err, "pull", "MB", 1_000_000, Duration.ofHours(1))) {
            bar.show(1_000_000, 98_000_000, null);
            bar.show(50_000_000, 98_000_000, null);
            bar.show(98_000_000, 98_000_000, null);
            bar.show(98_000_000, 98_000_000, null);
        }
        assertThat(text.toString().lines()).containsExactly("pull: 98 of 98 MB");
    }

    @Test
    void aLogTellsTheTimeLeft() {
        try (var bar = new PrintedBar(err, "bench", "samples", 1, Duration.ZERO)) {
            bar.show(3, 9, Duration.ofSeconds(200));
            bar.note("note: one torn line was dropped");
        }
        assertThat(text.toString().lines())
                .containsExactly("bench: 3 of 9 samples, about 3 min 20 s left", "note: one torn line was dropped");
    }

    @Test
    void aTerminalGetsOneLineThatIsDrawnAgain() {
        try (var bar = new DrawnBar(err, "bench", "samples", 1, 80)) {
            bar.show(3, 9, Duration.ofSeconds(200));
            bar.note("note: hear");
            bar.show(9, 9, Duration.ZERO);
        }
        var drawn = text.toString();
        assertThat(drawn).contains("bench", "3/9 samples", "note: hear", "9/9 samples");
        assertThat(drawn.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(6);
        assertThat(drawn.split("[\r\n]")).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60})
    void aNarrowTerminalGetsANarrowBar(int width) {
        try (var bar = new DrawnBar(err, "bench", "samples", 1, width)) {
            bar.show(3, 900, Duration.ofSeconds(20000));
            bar.show(900, 900, Duration.ZERO);
        }
        assertThat(text.toString().split("[\r\n]"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(width));
    }

    @Test
    void aStatusLineGoesAwayAgain() {
        try (var line = new StatusLine(err, true)) {
            line.show("loading");
        }
        assertThat(text.toString()).isEqualTo("\r\u001b[Kloading\r\u001b[K");
    }

    @Test
    void aLogGetsNoStatusLine() {
        try (var line = new StatusLine(err, false)) {
            line.show("loading");
        }
        assertThat(text.toString()).isEmpty();
    }
}
