package io.hayloft.tokenizer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates are untrusted: what takes too much is an error in one line, soon and without harm. */
@Timeout(60)
class TemplateLimitsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'x' * 100000000 }}",
                "{{ 'x' * 9223372036854775808 }}",
                "{{ [0] * 100000000 }}",
                "{{ 10 ** (10 ** 10) }}",
                "{{ 2 ** 1000000 }}",
                "{{ '%999999999d' % 1 }}",
                "{{ '%.999999999f' % 1 }}",
                "{{ '{:999999999}'.format(1) }}",
                "{{ 'x'.ljust(999999999) }}",
                "{{ 'x'.zfill(999999999) }}",
                "{{ 'x'|center(999999999) }}",
                "{{ 'x\\ny'|indent(999999999) }}",
                "{{ '\\t'.expandtabs(999999999) }}",
                "{{ [[]]|tojson(indent=999999999) }}",
                "{{ [1]|batch(999999999, 0)|list }}",
                "{{ [1]|slice(999999999)|list }}",
                "{{ range(1000000) }}",
                "{{ ('a' * 3000).replace('', 'b' * 5000) }}",
                "{{ (('a' * 5000 ~ ',') * 5000).replace(',', 'b' * 5000) }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m() %}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% set ns = namespace(x=[]) %}{% for i in range(1000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{"
                        + " ns.x == ns.x }}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x|map('abs') %}{% endfor %}{{"
                        + " ns.x|list }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
                "{% set ns = namespace(x=3) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
                "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
                "{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}",
                "{% set t = 'x' * 9000000 %}{% for i in range(100000) %}{% set u = t.find('y') %}{% set v = t ~ 'z'"
                        + " %}{% endfor %}"
            })
    void whatTakesTooMuchIsRefused(String template) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(UserError.class)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void deepNestingIsRefused() {
        for (var nested : new String[][] {
            {"(", "1", ")"},
            {"[", "", "]"},
            {"{1:", "2", "}"},
            {"-", "1", ""},
            {"not ", "1", ""},
            {"1 if 1 else ", "2", ""},
            {"'a'.upper(", "", ")"}
        }) {
            var expression = nested[0].repeat(20_000) + nested[1] + nested[2].repeat(20_000);
            assertThatThrownBy(() -> render("{{ " + expression + " }}"))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("deep");
        }
        assertThatThrownBy(() -> render("{% if 1 %}".repeat(5000) + "{% endif %}".repeat(5000)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("deep");
        assertThatThrownBy(() -> render("{{ x" + "|upper".repeat(20_000) + " }}"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("deep");
        assertThatThrownBy(() -> render("{{ 1" + " + 1".repeat(20_000) + " }}"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("deep");
    }

    @Test
    void searchingIsNeverSlow() {
        var template = "{% set a = 'a' * 2000000 %}{{ (a ~ a).find(a ~ 'b') }} {{ (a ~ a).rfind('b' ~ a) }} "
                + "{{ (a ~ a).count(a) }} {{ (a ~ 'b') in a ~ a }}";
        assertThat(render(template)).isEqualTo("-1 -1 2 False");
    }

    @Test
    void longPromptsAreNoProblem() {
        var text = "word ".repeat(400_000);
        var template =
                Template.parse("{% for m in messages %}[{{ m.content | trim | replace('word', 'Wort') }}]{% endfor %}");
        var rendered =
                template.render(Map.of("messages", List.of(Map.of("content", new Content(text)))), Clock.systemUTC());
        assertThat(rendered.text())
                .hasSize(text.length() + 1)
                .startsWith("[Wort Wort")
                .endsWith("Wort]");
    }

    private static String render(String template) {
        return Template.parse(template)
                .render(Map.of("x", "y"), Clock.systemUTC())
                .text();
    }
}
