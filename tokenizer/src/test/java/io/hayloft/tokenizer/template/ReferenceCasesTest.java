package io.hayloft.tokenizer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Templates give the text that Jinja2 gives, or fail where it fails. The cases come from {@code
 * testing/templates/make_cases.py}: templates in the style of 20 model families, each with conversations, and every filter,
 * test, statement and method with its arguments.
 */
class ReferenceCasesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-02-05T09:08:07.654321Z"), ZoneOffset.UTC);

    @TestFactory
    List<DynamicTest> everyCase() throws IOException {
        var cases = cases();
        var tests = new ArrayList<DynamicTest>();
        for (var test : cases.path("chats")) {
            var family = test.path("family").asString();
            var template = cases.path("families").path(family).path("template").asString();
            var variables = new LinkedHashMap<String, Object>();
            variables.putAll(plain(cases.path("families").path(family).path("variables")));
            variables.putAll(plain(
                    cases.path("conversations").path(test.path("conversation").asString())));
            variables.putAll(plain(test.path("options")));
            tests.add(DynamicTest.dynamicTest(name(test), () -> check(test, template, variables)));
        }
        var shared = plain(cases.path("variables"));
        for (var test : cases.path("features")) {
            var template = test.path("template").asString();
            tests.add(DynamicTest.dynamicTest(template, () -> check(test, template, shared)));
        }
        return tests;
    }

    @Test
    void thereAreEnoughOfThem() throws IOException {
        var cases = cases();
        assertThat(cases.path("families").size()).isGreaterThanOrEqualTo(20);
        assertThat(cases.path("chats").size()).isGreaterThanOrEqualTo(300);
        assertThat(cases.path("features").size()).isGreaterThanOrEqualTo(900);
    }

    private static String name(JsonNode test) {
        return test.path("family").asString() + " " + test.path("conversation").asString() + " " + test.path("options");
    }

    private static void check(JsonNode test, String template, Map<String, Object> variables) {
        if (test.has("text")) {
            assertThat(render(template, variables)).isEqualTo(test.path("text").asString());
            return;
        }
        assertThatThrownBy(() -> render(template, variables))
                .isInstanceOf(UserError.class)
                .message()
                .doesNotContain("\n")
                .endsWith(test.path("refusal").asString("").strip().replaceAll("\\s+", " "));
    }

    private static String render(String template, Map<String, Object> variables) {
        return Template.parse(template).render(variables, CLOCK).text();
    }

    private static JsonNode cases() throws IOException {
        try (var file = Objects.requireNonNull(ReferenceCasesTest.class.getResourceAsStream("cases.json"))) {
            return JsonMapper.shared().readTree(file);
        }
    }

    private static Map<String, Object> plain(JsonNode node) {
        var map = new LinkedHashMap<String, Object>();
        node.propertyStream()
                .forEach(e -> map.put(e.getKey(), JsonMapper.shared().treeToValue(e.getValue(), Object.class)));
        return map;
    }
}
