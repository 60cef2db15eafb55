package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.hayloft.base.UserError;
import io.hayloft.bench.speed.SpeedCase;
import io.hayloft.bench.speed.SpeedResult;
import io.hayloft.bench.speed.SpeedTest;
import io.hayloft.bench.speed.Timings;
import io.hayloft.kernels.machine.MachineLimits;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.registry.Methods;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What is printed when a test fails after others that were measured. */
class SpeedOutputTest {
    private static final SpeedResult RESULT = result(1, 2);

    private static SpeedResult result(int threads, double seconds) {
        return timed(threads, seconds, seconds);
    }

    private static SpeedResult timed(int threads, double... seconds) {
        return new SpeedResult(
                new SpeedCase(SpeedTest.DECODE, 8, 0, Methods.parse("full"), new KvCodec.F16(), 1),
                "java",
                new Timings(seconds),
                1000,
                100,
                1e9,
                1e6,
                new MachineLimits(threads, 10, 10));
    }

    @Test
    void resultsBeforeAFailureAreAWholeArray() {
        assertThat(JsonMapper.shared().readTree(failing(SpeedOutput.Form.JSON, 2)))
                .hasSize(2);
    }

    @Test
    void resultsBeforeAFailureAreInTheTable() {
        assertThat(failing(SpeedOutput.Form.TABLE, 1)).contains("tokens/s", "tg8");
    }

    @Test
    void aFailureBeforeAllResultsPrintsNothing() {
        for (var form : SpeedOutput.Form.values()) {
            assertThat(failing(form, 0)).isEmpty();
        }
    }

    @Test
    void moreThreadsAreComparedWithTheFewest() {
        var text = new StringWriter();
        try (var output = new SpeedOutput(new PrintWriter(text), SpeedOutput.Form.JSON, "model", true)) {
            output.add(result(1, 3));
            output.add(result(4, 1));
        }
        var rows = JsonMapper.shared().readTree(text.toString());
        assertThat(rows.get(0).path("efficiency").isNull()).isTrue();
        assertThat(rows.get(1).path("speedup").asDouble()).isCloseTo(3, offset(1e-9));
        assertThat(rows.get(1).path("efficiency").asDouble()).isCloseTo(0.75, offset(1e-9));
        // By Amdahl's law 1 / (s + (1 - s) / 4) = 3.
        assertThat(rows.get(1).path("serial_share").asDouble()).isCloseTo(1.0 / 9, offset(1e-9));
    }

    @Test
    void testsThatAreNotSteadyAreNamed() {
        var progress = new SpeedProgress(new PrintWriter(new StringWriter()), 3);
        progress.done(timed(1, 1, 1.05));
        assertThat(progress.warning()).isEmpty();

        progress.done(timed(2, 1, 2));
        progress.done(timed(4, 1, 1.1));
        assertThat(progress.warning().orElseThrow())
                .startsWith("the machine was busy: the speed varied by more than 10 % of its mean in ")
                .contains(", 2 threads. ")
                .doesNotContain("1 thread", "4 threads");
        progress.close();
    }

    private static String failing(SpeedOutput.Form form, int results) {
        var text = new StringWriter();
        assertThatThrownBy(() -> {
                    try (var output = new SpeedOutput(new PrintWriter(text), form, "model", false)) {
                        for (int i = 0; i < results; i++) {
                            output.add(RESULT);
                        }
                        throw new UserError("no memory left");
                    }
                })
                .isInstanceOf(UserError.class);
        return text.toString();
    }
}
