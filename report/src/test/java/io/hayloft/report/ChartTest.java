package io.hayloft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.methods.MethodInfo;
import io.hayloft.methods.registry.Methods;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What can be read off the plot of quality against bytes, in a browser. */
@Tag("browser")
class ChartTest {
    /** Mean score of methods, several at the axis, several at the dashed line of the full cache's score. */
    private static final Map<String, Double> SCORES = Map.of(
            "full", 1.0,
            "kivi:4bit", 1.0,
            "kivi-paper", 1.0,
            "snapkv:4x", 0.97,
            "tova:4x", 0.5,
            "h2o-paper:4x", 0.0,
            "streaming-paper:4x", 0.0,
            "random:4x", 0.0);

    /** The names at the ends of the curves that a line strikes through or another name covers; first how many there are. */
    private static final String STRUCK = """
        (() => {
          const top = $("pareto-chart").querySelector("svg").getBoundingClientRect().top;
          const legend = charts.get("pareto-chart").getWidth() > 760 ? 30 : -30;
          const pixel = (score) => top + charts.get("pareto-chart").convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [1, score])[1];
          const lines = [pixel(0), pixel(full.mean.mean)];
          const names = [...$("pareto-chart").querySelectorAll("text")].filter((e) => families.includes(e.textContent))
            .map((e) => ({ name: e.textContent, box: e.getBoundingClientRect() })).filter((one) => one.box.top > top + legend);
          const covers = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom - 2 && b.top + 2 < a.bottom - 2;
          return [String(names.length), ...names.filter((one) => one.box.bottom > lines[0] + 2
            || lines.some((line) => line > one.box.top + 2 && line < one.box.bottom - 2)
            || names.some((other) => other !== one && covers(one.box, other.box))).map((one) => one.name)];
        })()\
        """;

    @TempDir
    Path folder;

    private Path page() {
        assumeTrue(Browser.program().isPresent(), "no Chromium on the PATH");
        var records = new ArrayList<BenchRecord>();
        for (int i = 0; i < 100; i++) {
            for (var one : SCORES.entrySet()) {
                records.add(FakeRecords.record(one.getKey(), 0, i, 1024, i < 100 * one.getValue() ? 1 : 0, "x"));
            }
        }
        return Report.write(FakeRecords.run(folder, records));
    }

    @Test
    void noLineStrikesANameAtTheEndOfACurveThrough() throws Exception {
        var page = page();
        try (var browser = new Browser(folder.resolve("profile"))) {
            for (int width : new int[] {1400, 390}) {
                browser.emulate(width, false, false);
                browser.open(page);
                assertThat(browser.strings(STRUCK)).containsExactly(String.valueOf(SCORES.size()));
            }
            assertThat(browser.complaints).isEmpty();
        }
    }

    /** Of the methods there are, of combinations, and of methods of later versions. */
    @Test
    void noTwoFamiliesHaveTheSameColourAndSymbol() throws Exception {
        var page = page();
        var names = Methods.all().stream().map(MethodInfo::name).toList();
        var families = Stream.of(
                        names, List.of("snapkv + kivi", "h2o + kivi", "tova + flexgen"), List.of("a", "b", "later"))
                .flatMap(List::stream)
                .toList();
        try (var browser = new Browser(folder.resolve("profile"))) {
            browser.open(page);
            var list = JsonMapper.shared().writeValueAsString(families);
            var looks = browser.strings(list + ".map((family) => colour(family) + ' ' + symbol(family))");
            assertThat(looks).hasSameSizeAs(families);
            assertThat(new HashSet<>(looks)).as(looks.toString()).hasSameSizeAs(families);
        }
    }
}
