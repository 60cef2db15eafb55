package io.hayloft.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Templates in the form of many model families render as the reference does. */
class JinjaTemplateTest {
    @TestFactory
    List<DynamicTest> templatesRenderAsTheReferenceDoes() throws IOException {
        var file = Shared.path("goldens/tokenizers/chat_templates/chat_templates.json");
        var golden = JsonMapper.shared().readTree(Files.readString(file));
        var tests = new ArrayList<DynamicTest>();
        for (var test : golden.path("cases")) {
            var template = golden.path("templates").path(test.path("template").asString());
            var name =
                    test.path("template").asString() + " " + test.path("case").asString();
            tests.add(DynamicTest.dynamicTest(name, () -> check(test, template)));
        }
        assertThat(tests).hasSize(372);
        return tests;
    }

    private static void check(JsonNode golden, JsonNode template) {
        var variables = new HashMap<String, Object>();
        variables.put("bos_token", template.path("bos_token").asString());
        variables.put("eos_token", template.path("eos_token").asString());
        variables.put("messages", plain(golden.path("messages")));
        variables.put(
                "add_generation_prompt", golden.path("add_generation_prompt").asBoolean());
        golden.path("extra_variables").propertyStream().forEach(e -> variables.put(e.getKey(), plain(e.getValue())));
        var jinja = new JinjaTemplate(template.path("template").asString(), Clock.systemUTC());
        if (golden.has("error")) {
            assertThatThrownBy(() -> jinja.render(variables))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining(golden.path("error").asString());
        } else {
            assertThat(jinja.render(variables))
                    .isEqualTo(golden.path("rendered").asString());
        }
    }

    private static Object plain(JsonNode node) {
        return JsonMapper.shared().treeToValue(node, Object.class);
    }
}
