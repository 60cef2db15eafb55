package io.hayloft.tokenizer.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rendered text says which of it comes from contents of messages, whatever a template does to them. */
class ContentTest {
    /** Contents stand in brackets in the expected text. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
        <s>{{ c }}</s>                              => <s>[ One,<x> Two ]</s>
        {{ c|trim }}.                               => [One,<x> Two].
        {{ c.strip() ~ c[1:4] }}                    => [One,<x> TwoOne]
        {{ c.split(',')[-1].lstrip() }}             => [<x> Two ]
        {{ c.split(',')|join('; ') }}               => [ One]; [<x> Two ]
        {{ c|upper }}{{ c|lower }}{{ c|title }}     => [ ONE,<X> TWO  one,<x> two  One,<X> Two ]
        {{ c|replace('One', 'new') }}               => [ ]new[,<x> Two ]
        {{ c.replace('<x>', '<y>') }}               => [ One,]<y>[ Two ]
        {{ c|tojson }}                              => "[ One,<x> Two ]"
        {{ {'a': [c]}|tojson }}                     => {"a": ["[ One,<x> Two ]"]}
        {{ [c] }}                                   => ['[ One,<x> Two ]']
        {{ 'a%sb' % c }}{{ 'a%sb'|format(c) }}      => a[ One,<x> Two ]ba[ One,<x> Two ]b
        {{ 'a{}b'.format(c) }}                      => a[ One,<x> Two ]b
        {{ c|reverse|reverse }}                     => [ One,<x> Two ]
        {{ c|e }}                                   => [ One,&lt;x&gt; Two ]
        {{ c[::-1][::-1] }}                         => [ One,<x> Two ]
        {{ c|list|join }}                           => [ One,<x> Two ]
        {{ c.center(15, '*') }}                     => *[ One,<x> Two ]*
        {{ c.partition(',')|join('|') }}            => [ One]|,|[<x> Two ]
        {{ c|truncate(8, true, leeway=0) }}             => [ One,]...
        {{ (c ~ '\\n' ~ c)|indent(2) }}             => `[ One,<x> Two ]\n  [ One,<x> Two ]`
        {{ c * 2 }}                                 => [ One,<x> Two  One,<x> Two ]
        {% set x %}a{{ c }}{% endset %}{{ x }}      => a[ One,<x> Two ]
        {% filter upper %}a{{ c }}{% endfilter %}   => A[ ONE,<X> TWO ]
        {% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(c) }} => <[ One,<x> Two ]>
        {{ {c: 1}.items()|first|first }}            => [ One,<x> Two ]
        {{ [c, 'b']|sort|map('upper')|join('/') }}  => [ ONE,<X> TWO ]/B
        {{ c == ' One,<x> Two ' }}                  => True
        {{ c|length }}                              => 13
        """)
    void spans(String template, String expected) {
        var rendered = Template.parse(template).render(Map.of("c", new Content(" One,<x> Two ")), Clock.systemUTC());
        assertThat(bracketed(rendered)).isEqualTo(expected);
    }

    @Test
    void spansCountChars() {
        var rendered = Template.parse("😀{{ c }}é").render(Map.of("c", new Content("a😀")), Clock.systemUTC());
        assertThat(rendered.content()).containsExactly(new Rendered.Span(2, 5));
        assertThat(rendered.prefix(3).content()).containsExactly(new Rendered.Span(2, 3));
        assertThat(rendered.prefix(2).content()).isEmpty();
        assertThat(rendered.prefix(6)).isEqualTo(rendered);
    }

    @Test
    void textsAreNoContentUnlessToldSo() {
        var rendered = Template.parse("{{ m.role }}{{ m.content }}")
                .render(Map.of("m", Map.of("role", "user", "content", List.of(new Content("x")))), Clock.systemUTC());
        assertThat(bracketed(rendered)).isEqualTo("user['[x]']");
    }

    private static String bracketed(Rendered rendered) {
        var out = new StringBuilder(rendered.text());
        for (var span : rendered.content().reversed()) {
            out.insert(span.to(), ']').insert(span.from(), '[');
        }
        return out.toString();
    }
}
