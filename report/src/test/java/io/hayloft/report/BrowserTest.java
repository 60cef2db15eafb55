package io.hayloft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.Json;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The report as a browser shows it: a page of about 2,000 records with every section that records of one run can have. */
@Tag("browser")
class BrowserTest {
    /** Elements that reach beyond the window, but for what scrolls by itself. */
    private static final String BEYOND = """
        [...document.querySelectorAll("body *")].filter((e) => {
          const box = e.getBoundingClientRect();
          return box.width > 0 && box.right > innerWidth + 1 && !e.closest("svg") && !(e.closest(".scroll") && !matchMedia("print").matches);
        }).map((e) => e.tagName + "#" + e.id + "." + e.className)\
        """;

    /** Texts whose contrast with what is behind them is below 4.5, or 3 where they are large. */
    private static final String PALE = """
        (() => {
          const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          context.canvas.width = context.canvas.height = 1;
          const rgb = (colours) => {
            context.clearRect(0, 0, 1, 1);
            for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
            return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
          };
          const light = (colour) => colour.map((v) => v / 255).map((v) => (v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4))
            .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
          const pale = new Set();
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const e = node.parentElement;
            if (!node.data.trim() || !e.getClientRects().length || e.closest("script, style, select, option")) continue;
            const own = getComputedStyle(e);
            const behind = [];
            let opacity = 1;
            for (let up = e; up; up = up.parentElement) {
              behind.unshift(getComputedStyle(up).backgroundColor);
              opacity *= Number(getComputedStyle(up).opacity);
            }
            const back = rgb(["#fff", ...behind]);
            const svg = e.closest("svg");
            const ink = rgb(["#fff", ...behind, svg ? own.fill : own.color]).map((v, i) => v * opacity + back[i] * (1 - opacity));
            const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
            const size = parseFloat(own.fontSize);
            const large = size >= 24 || (size >= 18.66 && Number(own.fontWeight) >= 700);
            const ratio = (a + .05) / (b + .05);
            if (ratio < (large ? 3 : 4.5)) pale.add(ratio.toFixed(2) + " " + e.tagName + "." + e.className + " " + node.data.trim().slice(0, 30));
          }
          return [...pale];
        })()\
        """;

    private static final String NAMELESS = """
        [...document.querySelectorAll("section:not([hidden]) .chart, section:not([hidden]) select, input, button, nav, .scroll[tabindex]")].filter((e) =>
          !e.getAttribute("aria-label") && !e.textContent.trim() && !e.closest("label")).map((e) => e.tagName + "#" + e.id)\
        """;

    @TempDir
    Path folder;

    private Path page;

    @BeforeEach
    void write() throws Exception {
        assumeTrue(Browser.program().isPresent(), "no Chromium on the PATH");
        var records = new ArrayList<BenchRecord>(FakeRecords.mini(10, 7)); // 2,100 records
        var run = Files.createDirectory(folder.resolve("run"));
        writeKept(run);
        page = Report.write(FakeRecords.run(run, records));
        assertThat(records).hasSizeGreaterThan(2000);
        assertThat(Files.size(page)).isLessThan(5_000_000);
    }

    /** What methods kept of a prompt, in the form of the file beside the records. */
    private static void writeKept(Path run) throws Exception {
        var words = IntStream.range(0, 400)
                .mapToObj(i -> i % 9 == 8 ? "word" + i + ".\n" : "word" + i + " ")
                .toList();
        var methods = new ArrayList<Map<String, Object>>();
        for (var method : FakeRecords.METHODS) {
            var kept = new BitSet();
            IntStream.range(0, 380)
                    .filter(i -> (i * 7919 + method.hashCode()) % 4 == 0)
                    .forEach(kept::set);
            var one = new HashMap<String, Object>();
            one.put("method", method);
            one.put("source", "CACHE");
            one.put("layers", method.equals("full") ? null : List.of(List.of(ranges(kept), "0-99"), List.of("", "5")));
            one.put("reason", null);
            methods.add(one);
        }
        var prompt = Map.of(
                "task",
                "mini-needle",
                "sample",
                "1024-0",
                "length",
                1024,
                "protocol",
                "question-aware",
                "compress_after",
                380,
                "tokens",
                words,
                "parts",
                List.of(
                        Map.of("name", "document", "from", 0, "to", 370),
                        Map.of("name", "question", "from", 370, "to", 400)),
                "methods",
                methods);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(run.resolve("kept.json.gz")))) {
            out.write(Json.line(Map.of("format", "hayloft-kept/1", "prompts", List.of(prompt)))
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String ranges(BitSet set) {
        return set.stream()
                .mapToObj(String::valueOf)
                .reduce((a, b) -> a + " " + b)
                .orElse("");
    }

    @ParameterizedTest
    @CsvSource({"1400, false", "1400, true", "390, false", "390, true"})
    void itOpensFastAndEverythingIsInSightAndReadable(int width, boolean dark) throws Exception {
        try (var browser = new Browser(folder.resolve("profile"))) {
            browser.emulate(width, dark, false);
            browser.open(page); // the first page also waits for the browser's own processes
            double milliseconds = Math.min(browser.open(page), browser.open(page));
            browser.evaluate("new Promise((done) => setTimeout(done, 300))"); // the kept tokens are unpacked meanwhile
            browser.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })");
            browser.evaluate("new Promise((done) => setTimeout(done, 100))");
            assertThat(browser.complaints).isEmpty();
            assertThat(browser.strings(BEYOND)).isEmpty();
            assertThat(browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
                            .asBoolean())
                    .isTrue();
            assertThat(browser.strings(PALE)).isEmpty();
            assertThat(browser.strings(NAMELESS)).isEmpty();
            assertThat(browser.strings("[...document.querySelectorAll('section[hidden]')].map((e) => e.id)"))
                    .containsExactlyInAnyOrder("longbench", "protocols", "published", "fidelity");
            assertThat(browser.evaluate("document.querySelectorAll('#kept-text span').length")
                            .asInt())
                    .isGreaterThan(100);
            assertThat(browser.evaluate("document.querySelectorAll('#contents a').length")
                            .asInt())
                    .isGreaterThan(8);
            assertThat(milliseconds).isLessThan(2000);
        }
    }

    @Test
    void onPaperAllColumnsAreThere() throws Exception {
        try (var browser = new Browser(folder.resolve("profile"))) {
            browser.emulate(703, false, true); // A4 less its margins, at 96 pixels an inch
            browser.open(page);
            browser.evaluate("dispatchEvent(new Event('beforeprint'))");
            assertThat(browser.strings(BEYOND)).isEmpty();
            assertThat(browser.strings(PALE)).isEmpty();
            var pdf = Base64.getDecoder().decode(browser.pdf());
            assertThat(new String(pdf, 0, 5, StandardCharsets.ISO_8859_1)).isEqualTo("%PDF-");
            assertThat(browser.complaints).isEmpty();
        }
    }

    @Test
    void choicesChangeWhatIsShownAndTablesAreSaved() throws Exception {
        try (var browser = new Browser(folder.resolve("profile"))) {
            browser.emulate(1400, false, false);
            browser.open(page);
            browser.evaluate("new Promise((done) => setTimeout(done, 300))");
            browser.evaluate("""
                for (const [id, value] of [["kept-method", "snapkv:4x"], ["kept-layer", "1"], ["kept-head", "1"]]) {
                  $(id).value = value;
                  $(id).dispatchEvent(new Event("change"));
                }
                new Promise((done) => setTimeout(done, 100))\
                """);
            assertThat(browser.evaluate("$('kept-note').textContent").asString())
                    .startsWith("snapkv:4x keeps 0 % of 380 tokens");
            assertThat(browser.evaluate("document.querySelectorAll('#kept-text span:not(.gone):not(.later)').length")
                            .asInt())
                    .isEqualTo(1); // head 1 of layer 1 keeps token 5 alone
            var flips = browser.evaluate("data.samples.map(flips)");
            int most = 0;
            for (var one : flips) {
                most = Math.max(most, one.asInt());
            }
            assertThat(browser.evaluate("document.querySelector('#samples .meta').textContent")
                            .asString())
                    .contains(most + " flips");
            assertThat(browser.evaluate("methodRows().length").asInt()).isEqualTo(FakeRecords.METHODS.size() + 1);
            assertThat(browser.evaluate("charts.get('pareto-chart').getSvgDataURL().startsWith('data:image/svg+xml')")
                            .asBoolean())
                    .isTrue();
            assertThat(browser.evaluate(
                                    "difference('a b c', 'a x c').map((e) => e.tagName + e.textContent.trim()).join('"
                                            + " ')")
                            .asString())
                    .isEqualTo("SPANa INSb DELx SPANc");
            assertThat(browser.complaints).isEmpty();
        }
    }
}
