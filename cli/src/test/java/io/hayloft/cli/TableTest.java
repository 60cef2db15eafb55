package io.hayloft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
    private static Table table() {
        return new Table()
                .text("method")
                .number("first category")
                .priority(10)
                .number("second category")
                .priority(10)
                .number("mean")
                .number("tok/s")
                .priority(1)
                .row(List.of("snapkv:4x", "20/20", "0.98 ±0.01", "0.97 [0.95, 1.00]", "1,234"))
                .row(List.of("full", "20/20", "1.00", "1.00 [0.98, 1.00]", "77"));
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 50, 60, 70, 80, 100, 200})
    void noLineIsWiderThanTheTerminal(int width) {
        assertThat(table().render(width).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
    }

    @Test
    void theLeastImportantColumnsGoFirstAndAreNamed() {
        assertThat(table().render(200)).contains("tok/s", "1,234").doesNotContain("left out");
        var narrower = table().render(70);
        assertThat(narrower)
                .contains("second category", "left out at this width: tok/s")
                .doesNotContain("1,234");
        var narrow = table().render(58);
        assertThat(narrow)
                .contains("first category", "left out at this width: second category, tok/s")
                .doesNotContain("±0.01");
        assertThat(table().render(40))
                .contains("snapkv:4x", "0.97 [0.95, 1.00]", "left out at this width: first category,");
    }

    @Test
    void whatIsNeverLeftOutIsFoldedWhereItMustBe() {
        var wide = new Table()
                .text("method")
                .number("n")
                .row(List.of("snapkv:4x,window=64,kernel=7 + kivi:4bit,group=64", "3"));
        assertThat(wide.render(40).lines())
                .hasSizeGreaterThan(3)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(40));
    }

    @Test
    void helpFitsNarrowTerminals() {
        assertThat(Terminal.wrapped("- ", "  ", "some words that go on and on", 12)
                        .lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(12));
    }
}
