package io.hayloft.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expressions and blocks print what Python's Jinja prints; the expected texts are its own. */
class PythonExpressionsTest {
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
        s[1:]                             => bcdef
        s[:-1]                            => abcde
        s[::-2]                           => fdb
        s[4:2]                            => ``
        s[-1]                             => f
        items[::-1]                       => ['z', 'y', 'x']
        items[-1]                         => z
        items[items|length - 2]           => y
        n / 2                             => 3.5
        n // 2                            => 3
        2 ** 3                            => 8
        3 * 4.0                           => 12.0
        1e20                              => 1e+20
        t                                 => True
        not t                             => False
        'a' ~ 1 ~ t ~ f                   => a1True2.5
        mixed                             => [1, 'a', True, None, 2.0, {'k': 'v'}]
        ["it's", '"']                     => ["it's", '"']
        nope                              => ``
        nope is defined                   => False
        not nope is defined               => True
        not t is defined                  => False
        s is iterable                     => True
        s and 'last'                      => last
        '' and 'never'                    => ``
        zero or 'fb'                      => fb
        'y' if nope else 'n'              => n
        'y' if nope                       => ``
        d.get('missing', 'x')             => x
        'hELLO wORLD'.title()             => Hello World
        'hELLO wORLD'|capitalize          => Hello world
        'xxaxx'.strip('x')                => a
        'a-b-c'.split('-', 1)             => ['a', 'b-c']
        'a-b-c'.rsplit('-', 1)            => ['a-b', 'c']
        ' a  b '.split()                  => ['a', 'b']
        'abc'.endswith(('x', 'bc'))       => True
        'aaa'.replace('a', 'b', 2)        => bba
        'abcabc'.count('bc')              => 2
        'abc'.find('z')                   => -1
        'a,b'.split(',')[-1].upper()      => B
        mixed|join('-')                   => 1-a-True-None-2.0-{'k': 'v'}
        [3, 1, 2]|max                     => 3
        '😀é'|length                       => 2
        t|string                          => True
        t|tojson                          => true
        mixed|tojson                      => [1, "a", true, null, 2.0, {"k": "v"}]
        'é"<b>&'|tojson                   => "é\\"<b>&"
        namespace(a=n - 1).a              => 6
        """)
    void expressions(String expression, String expected) {
        assertThat(render("{{ " + expression + " }}")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
        {% for i in items if i != 'y' %}{{ loop.index }}{{ i }}{{ loop.last }} {% endfor %}. => 1xFalse 2zTrue .
        {% for i in [] %}a{% else %}b{% endfor %}                                             => b
        {% for k, v in d.items() %}{{ k }}={{ v }},{% endfor %}                               => b=2,a=1,
        {% for k in d %}{{ k }}{% endfor %}                                                   => ba
        {% for c in s %}{{ c }}-{% endfor %}                                                  => a-b-c-d-e-f-
        {% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }};{% endfor %}                         => 12;34;
        {% set x = 1 %}{% for i in items %}{% set x = i %}{% endfor %}{{ x }}                 => 1
        {% for i in items %}{{ loop.previtem }}{{ i }}{{ loop.nextitem }} {% endfor %}.       => xy xyz yz .
        {% for i in items %}{% for j in items %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %} => 123112321233
        a {% if t %}b{% endif %} c                                                            => a b c
        {% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(3) }} => 321
        """)
    void blocks(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @Test
    void blanksAroundBlocksVanishAsInPython() {
        assertThat(render("  {% if t %}\n  x\n  {% endif %}\ny\n")).isEqualTo("  x\ny");
        assertThat(render("a\r\n  {%- if t %}\n  x\n  {%- endif %}\ny")).isEqualTo("a  xy");
        assertThat(render("{# one #}\n  {# two #}  a")).isEqualTo("  a");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
        {{ s.explode() }}           => no method 'explode'
        {{ s[::0] }}                => slice step
        {{ n[1:] }}                 => only text and lists can be sliced
        {{ nonsense(1) }}           => nonsense
        {{ s|nonsense }}            => nonsense
        {% nonsense %}              => nonsense
        {% for i in items %}        => endfor
        """)
    void whatCannotBeRenderedIsAUserErrorInOneLine(String template, String part) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(part)
                .message()
                .doesNotContain("\n");
    }

    private static String render(String template) {
        var d = new LinkedHashMap<String, Object>();
        d.put("b", 2);
        d.put("a", 1);
        var variables = new LinkedHashMap<String, Object>();
        variables.put("s", "abcdef");
        variables.put("items", List.of("x", "y", "z"));
        variables.put("n", 7);
        variables.put("zero", 0);
        variables.put("f", 2.5);
        variables.put("t", true);
        variables.put("d", d);
        variables.put("mixed", Arrays.asList(1, "a", true, null, 2.0, Map.of("k", "v")));
        return new JinjaTemplate(template, Clock.systemUTC()).render(variables);
    }
}
