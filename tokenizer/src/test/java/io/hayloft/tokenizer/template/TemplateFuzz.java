package io.hayloft.tokenizer.template;

import io.hayloft.base.UserError;
import io.hayloft.testing.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** Any bytes as a chat template: reads it, renders a conversation with it. */
public final class TemplateFuzz {
    private static final Map<String, Object> VARIABLES = Map.of(
            "messages",
            List.of(
                    Map.of("role", "system", "content", new Content("Be brief.")),
                    Map.of("role", "user", "content", new Content(" <b>Hi</b> \u00df\ud83d\ude00\n"))),
            "add_generation_prompt",
            true,
            "tools",
            List.of(Map.of("name", "f", "parameters", Map.of("x", 1, "y", List.of(1.5, "z")))),
            "bos_token",
            "<s>");

    private TemplateFuzz() {}

    /** Templates that use most of the language. */
    public static List<byte[]> seeds() {
        return List.of(
                        "{{ bos_token }}{% for m in messages %}{{ '<|' + m.role + '|>\\n"
                                + "' + m.content | trim }}{% endfor %}",
                        "{%- set ns = namespace(a=0) -%}{% for m in messages if m.role != 'x' %}{% set ns.a = ns.a + 1"
                                + " %}{{ loop.index0 }}{{ loop.cycle('a', 'b') }}{% if loop.last %}{% break %}{% endif"
                                + " %}{% else %}none{% endfor %}{{ ns.a }}",
                        "{% macro m(a, b=2) -%}{{ a }}{{ varargs }}{{ kwargs }}{{ caller() }}{%- endmacro %}{% call(x)"
                                + " m(1, 3, c=4) %}{{ x }}{% endcall %}{% filter upper | trim %} a {% endfilter %}",
                        "{{ tools | tojson(indent=2) }}{{ tools | map(attribute='name') | join(', ') }}"
                                + "{% for k, v in tools[0].parameters | dictsort %}{{ k ~ v }}{% endfor %}",
                        "{{ '%s %5.2f %x' % ('a', 1.5, 255) }}{{ '{:>5}{!r}'.format('a', 'b') }}{{ 'abc'[::-1] }}"
                                + "{{ 7 // 2 ** 3 % 5 }}{{ 1 < 2 <= 3 and not 4 in [5] }}",
                        "{% with a = 1, b = (2, 3) %}{% set c %}{{ a }}{% endset %}{{ c ~ b }}{% endwith %}{# c #}"
                                + "{% raw %}{{ x }}{% endraw %}{{ strftime_now('%Y-%m-%d') }}",
                        "{% for x in [1, [2, [3]]] recursive %}{{ loop(x) if x is iterable else x }}{% endfor %}"
                                + "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}",
                        "{{ raise_exception('no') if messages | length > 5 }}{{ messages[0]['content'].split('b')[-1]"
                                + " }}{% generation %}{{ 'a\\u00e9\\x41' | title }}{% endgeneration %}")
                .stream()
                .map(template -> template.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) {
        try {
            var rendered = Template.parse(new String(data, StandardCharsets.UTF_8))
                    .render(VARIABLES, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
            int end = 0;
            for (var span : rendered.content()) {
                if (span.from() < end
                        || span.to() <= span.from()
                        || span.to() > rendered.text().length()) {
                    throw new AssertionError("spans of content out of order: " + rendered.content());
                }
                end = span.to();
            }
        } catch (UserError e) {
            Refusal.check(e, "the chat template");
        }
    }
}
