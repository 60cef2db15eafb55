package io.hayloft.methods.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.methods.MethodInfo.Parameter;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Name and version of a method identify its results, and the name has no parameter that is left at its default. So a
 * default may change only together with the version: both stand here.
 */
class VersionsTest {
    private static final String EXPECTED = """
        full 1
        random 1 seed=0 allocator=uniform
        kivi 1 k=bits v=bits group=32 residual=128
        kivi-paper 1
        flexgen 1 group=64
        flexgen-paper 1 group=32
        streaming 1 sinks=4 decode=slide prefill=dense positions=original allocator=uniform
        streaming-paper 1
        infllm 1 block=128 representatives=4 local=512 rows=512
        h2o 1 heads=kv allocator=uniform
        h2o-paper 1
        snapkv 1 window=32 kernel=5 allocator=uniform
        knorm 2 allocator=uniform
        tova 2 allocator=uniform
        tova-prompt 1 allocator=uniform
        observed 1 allocator=uniform
        llmlingua2 1 rate=target model=HAYLOFT_LLMLINGUA2
        selective 1
        truncation 1
        """;

    @Test
    void aDefaultChangesOnlyWithTheVersion() {
        var lines = Methods.all().stream()
                .map(info -> info.name() + " " + info.version()
                        + info.parameters().stream()
                                .map(parameter -> " " + parameter.name() + "=" + parameter.standard())
                                .collect(Collectors.joining()))
                .toList();
        assertThat(String.join("\n", lines) + "\n").isEqualTo(EXPECTED);
    }

    /** The documented default is the one that is used: giving it changes nothing, not even the name. */
    @Test
    void documentedDefaultsAreTheRealOnes() {
        for (var info : Methods.all()) {
            var plain = Methods.parse(info.example());
            for (var parameter : info.parameters()) {
                if (!isNoValue(parameter)) {
                    var text = info.example() + "," + parameter.name() + "=" + parameter.standard();
                    assertThat(Methods.parse(text).name()).as(text).isEqualTo(plain.name());
                }
            }
        }
    }

    /** Defaults that say where the value comes from. */
    private static boolean isNoValue(Parameter parameter) {
        return parameter.standard().equals("bits") || parameter.standard().startsWith("HAYLOFT_");
    }

    @Test
    void aSumHasTheVersionsOfAllParts() {
        assertThat(Methods.parse("snapkv:4x").version()).isEqualTo(1);
        assertThat(Methods.parse("knorm:4x").version()).isEqualTo(2);
        assertThat(Methods.parse("knorm:4x + kivi:4bit").version()).isEqualTo(3);
        assertThat(Methods.parse("selective:2x + knorm:4x + kivi:4bit").version())
                .isEqualTo(4);
        assertThat(Methods.parse("selective:2x + infllm:4x").version()).isEqualTo(2);
    }
}
