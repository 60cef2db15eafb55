package io.hayloft.methods.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.methods.MethodInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MethodsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "full | full",
                " SnapKV:4X | snapkv:4x",
                "snapkv:4.0x,kernel=5 | snapkv:4x",
                "snapkv:2.5x,window=64,kernel=7 | snapkv:2.5x,window=64,kernel=7",
                "streaming:512 | streaming:512",
                "streaming:1k,decode=grow | streaming:1024,decode=grow",
                "kivi:2bit | kivi:2bit",
                "kivi:k=4,v=2 | kivi:k=4,v=2",
                "kivi:4bit,residual=32 | kivi:4bit,residual=32",
                "kivi-paper:2BIT | kivi-paper:2bit",
                "flexgen:4bit,group=64 | flexgen:4bit",
                "flexgen-paper:4BIT,group=64 | flexgen-paper:4bit,group=64",
                "h2o:4x + flexgen:4bit | h2o:4x + flexgen:4bit",
                "selective:2x + flexgen-paper:4bit | selective:2x + flexgen-paper:4bit",
                "random:8x,seed=7 | random:8x,seed=7",
                "snapkv:4x+kivi:4bit | snapkv:4x + kivi:4bit",
                "Selective:2x+KIVI:4bit | selective:2x + kivi:4bit",
                "selective:2x + snapkv:2x + kivi:4bit | selective:2x + snapkv:2x + kivi:4bit",
                "llmlingua2:4x,rate=GPT,model=/data/Some Folder | llmlingua2:4x,rate=gpt,model=/data/Some Folder",
                "h2o:4x,heads=kv | h2o:4x",
                "h2o:4x,heads=query | h2o:4x,heads=query",
                "h2o-paper:4x | h2o-paper:4x",
                "streaming-paper:4x | streaming-paper:4x",
                "infllm:4x,block=128 | infllm:4x",
                "infllm:8x,local=1024 | infllm:8x,local=1024",
                "streaming:4x,positions=clamped,prefill=windowed | streaming:4x,prefill=windowed,positions=clamped",
                "selective:2x+infllm:4x | selective:2x + infllm:4x"
            })
    void expressionsHaveOneCanonicalForm(String text, String canonical) {
        assertThat(Methods.parse(text).name()).isEqualTo(canonical);
        assertThat(Methods.parse(canonical).name()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "snapvk:4x | unknown method 'snapvk': did you mean 'snapkv'?",
                "gzip | unknown method 'gzip': known are: full, random",
                "snapkv | needs an amount: write for example snapkv:4x",
                "snapkv:0.5x | a ratio of 0.5x is out of range",
                "snapkv:0x | a ratio of 0x is out of range",
                "snapkv:NaNx | is not a ratio",
                "snapkv:0 | a budget of 0 tokens keeps nothing",
                "snapkv:-3 | is not a budget",
                "snapkv:0.5 | is not a budget: write a ratio such as 4x or a number of tokens such as 512 (kvpress's"
                        + " compression_ratio, the share that is left out, 0.5 is 2x here)",
                "h2o:.75 | .75 is 4x here",
                "streaming:0.3 | 0.3 is 1.43x here",
                "snapkv:fourx | is not a ratio",
                "snapkv:4x,windwo=3 | did you mean 'window'?",
                "snapkv:4x,window=0 | must be from 1 to 4096",
                "snapkv:4x,kernel=4 | must be odd",
                "snapkv:4x,window=many | must be a whole number",
                "snapkv:4x,window=3,window=4 | gives window twice",
                "streaming:4x,decode=hop | streaming: decode 'hop' is not known",
                "kivi | needs its bits",
                "kivi-paper | write for example kivi-paper:2bit",
                "kivi-paper:2bit,group=64 | method 'kivi-paper' has no options",
                "flexgen | needs an amount: write for example flexgen:4bit",
                "flexgen:3bit | not a width of flexgen",
                "flexgen-paper:4bit,group=48 | flexgen-paper's group must be a multiple of 32",
                "flexgen:4bit,residual=128 | unknown option of flexgen",
                "snapkv:4x + flexgen-paper:4bit | compared alone",
                "kivi:3bit | write 2bit, 4bit or 8bit",
                "kivi:k=3,v=2 | must be 2, 4 or 8 bits",
                "kivi:2bit,group=64,residual=96 | a multiple of the group, not 64 and 96",
                "full:4x | takes no amount",
                "full:a=b | has no options",
                "snapkv:4x, | is not a method",
                "'' | is not a method",
                "full + kivi:2bit | does not go together: full keeps everything",
                "snapkv:4x + tova:2x | two methods that choose tokens",
                "kivi:2bit + snapkv:4x | put it first",
                "kivi:2bit + kivi:4bit | in one way only",
                "h2o:4x + kivi:4bit | packed groups do not allow",
                "selective:2x + h2o:4x + kivi:4bit | h2o evicts single tokens",
                "snapkv:2x + selective:2x | selective works before the model reads the prompt: put it first",
                "kivi:4bit + llmlingua2:2x | put it first",
                "selective:2x + llmlingua2:2x | shortened once",
                "selective | needs an amount",
                "llmlingua2:4x,rate=words | llmlingua2: rate 'words' is not known",
                "streaming:4x,prefill=windowed,decode=grow | leave out prefill=windowed",
                "streaming:4x,positions=clamped,decode=grow | leave out positions=clamped",
                "streaming:4x,positions=slot + kivi:4bit | has a cache of its own form",
                "h2o-paper:4x + kivi:4bit | has a cache of its own form",
                "snapkv:4x + h2o-paper:4x | has a cache of its own form"
            })
    void mistakesAreNamed(String text, String message) {
        assertThatThrownBy(() -> Methods.parse(text))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @MethodSource("io.hayloft.methods.registry.Methods#all")
    void everyMethodIsDescribed(MethodInfo info) {
        var method = Methods.parse(info.example());
        assertThat(method.family()).isEqualTo(info.name());
        assertThat(method.category()).isEqualTo(info.category());
        assertThat(info.idea()).endsWith(".");
        assertThat(info.source()).isNotBlank();
        assertThat(info.composesWith()).isNotBlank();
    }

    @ParameterizedTest
    @MethodSource("io.hayloft.methods.registry.Methods#all")
    void documentedOptionsAreUnderstood(MethodInfo info) {
        for (var parameter : info.parameters()) {
            var text = info.example() + "," + parameter.name() + "="
                    + (parameter.standard().equals("bits") ? "4" : parameter.standard());
            assertThat(Methods.parse(text).family()).isEqualTo(info.name());
        }
    }

    @Test
    void theDefaultGridStartsWithTheBaseline() {
        assertThat(Methods.defaultGrid()).startsWith("full").contains("random:4x", "snapkv:8x", "kivi:2bit");
        assertThat(Methods.defaultGrid())
                .allSatisfy(name -> assertThat(Methods.parse(name).name()).isEqualTo(name));
    }

    @Test
    void ratiosAreKnownBeforeTheRun() {
        assertThat(Methods.parse("full").requestedRatio()).isEqualTo(1);
        assertThat(Methods.parse("snapkv:4x").requestedRatio()).isEqualTo(4);
        assertThat(Methods.parse("snapkv:512").requestedRatio()).isNaN();
        assertThat(Methods.parse("kivi:2bit").requestedRatio()).isNaN();
        assertThat(Methods.parse("selective:2x + snapkv:4x").requestedRatio()).isEqualTo(8);
        assertThat(Methods.parse("selective:2x + kivi:2bit").requestedRatio()).isEqualTo(2);
        assertThat(Methods.parse("selective:100 + snapkv:4x").requestedRatio()).isNaN();
    }
}
