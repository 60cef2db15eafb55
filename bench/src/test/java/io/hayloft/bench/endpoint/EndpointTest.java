package io.hayloft.bench.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.endpoint.Endpoint.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    private static Endpoint of(String url, String model, @Nullable String label) {
        return Endpoint.of(url, model, label, Api.AUTO, 4, Limits.STANDARD);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8000, http://localhost:8000/v1",
        "http://localhost:8000/, http://localhost:8000/v1",
        "https://host/v1/, https://host/v1",
        "http://[::1]:8080/api/openai, http://[::1]:8080/api/openai",
        "http://localhost:8000/v1/chat/completions, http://localhost:8000/v1",
        "http://localhost:8000/v1/completions, http://localhost:8000/v1",
    })
    void anAddressIsTheOneBeforeTheInterfaces(String url, String base) {
        assertThat(of(url, "m", null).base()).hasToString(base);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8000", "ftp://host/v1", "http://", "no address", "http://host/v1?key=1", "/v1"})
    void whatIsNoAddressIsRefused(String url) {
        assertThatThrownBy(() -> of(url, "m", null))
                .isInstanceOf(UserError.class)
                .hasMessage("--endpoint '" + url + "' is not a web address such as http://localhost:8000/v1");
    }

    @Test
    void aPasswordInTheAddressIsRefusedAndNotRepeated() {
        assertThatThrownBy(() -> of("http://me:secret@host/v1", "m", null))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("HAYLOFT_API_KEY")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aRowIsNamedAfterTheModelUnlessItHasALabel() {
        assertThat(of("http://h", "meta-llama/Llama-3.1-8B", null).label()).isEqualTo("meta-llama/Llama-3.1-8B");
        assertThat(of("http://h", "llama3:8b", null).label()).isEqualTo("llama3:8b");
        assertThat(of("http://h", "/models/my model, new.gguf", null).label()).isEqualTo("models/my-model-new.gguf");
        assertThat(of("http://h", "m", "vllm-fp8kv").label()).isEqualTo("vllm-fp8kv");
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "snapkv", "snapkv:4x", "random:2x", "", "a b", "a,b", "a+b"})
    void aRowCannotBeNamedLikeAMethodOrBreakAList(String label) {
        assertThatThrownBy(() -> of("http://h", "m", label))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("--label");
    }

    @Test
    void aModelCalledLikeAMethodNeedsALabel() {
        assertThatThrownBy(() -> of("http://h", "full", null))
                .isInstanceOf(UserError.class)
                .hasMessage("'full' is the name of a method: give the server's row another with --label");
    }

    @Test
    void numbersOutOfRangeAndAMissingModelAreRefused() {
        assertThatThrownBy(() -> of("http://h", " ", null)).hasMessageContaining("--api-model");
        assertThatThrownBy(() -> Endpoint.of("http://h", "m", null, Api.AUTO, 0, Limits.STANDARD))
                .hasMessageContaining("--concurrency");
        assertThatThrownBy(() ->
                        Endpoint.of("http://h", "m", null, Api.AUTO, 1, Limits.STANDARD.withTimeout(Duration.ZERO)))
                .hasMessageContaining("--timeout");
        assertThatThrownBy(() -> Api.parse("chta"))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("'chat'");
    }
}
