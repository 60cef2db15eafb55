package io.hayloft.tasks.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class PythonTextTest {
    /** As {@code json.dumps} prints it. */
    @Test
    void writesJsonAsPython() {
        var map = new LinkedHashMap<String, Object>();
        map.put("index", 7);
        map.put("input", "a \"b\" \\ \n\r\t\b\f \u0001 \u007F é € \uD83D\uDE00 /");
        map.put("outputs", List.of("x", List.of(), true));
        assertThat(PythonJson.text(map))
                .isEqualTo(
                        "{\"index\": 7, \"input\": \"a \\\"b\\\" \\\\ \\n\\r\\t\\b\\f \\u0001 \\u007f \\u00e9 \\u20ac"
                                + " \\ud83d\\ude00 /\", \"outputs\": [\"x\", [], true]}");
    }

    /** Java alone would put the emoji, two surrogates, before the private-use character. */
    @Test
    void sortsByCodePoint() {
        assertThat(CodePointOrder.sortedSet(List.of("\uD83D\uDE00", "\uE000", "a", "B", "a-b", "ab", "a", "")))
                .containsExactly("", "B", "a", "a-b", "ab", "\uE000", "\uD83D\uDE00");
        assertThat(CodePointOrder.INSTANCE.compare("\uD83D\uDE00", "\uD83D\uDE01"))
                .isNegative();
    }
}
