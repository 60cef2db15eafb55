package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.Mamba2Config;
import io.hayloft.formats.config.MambaConfig;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.testing.Refusal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What config.json says of Jamba, and sizes of state space models that no array can hold. */
class StateSpaceConfigTest {
    /** In the form of the first release of the family. */
    private static final String JAMBA = """
        {"architectures": ["JambaForCausalLM"], "attn_layer_offset": 4, "attn_layer_period": 8, "bos_token_id": 1,
         "calc_logits_for_entire_prompt": false, "eos_token_id": 2, "expert_layer_offset": 1, "expert_layer_period": 2,
         "hidden_act": "silu", "hidden_size": 64, "intermediate_size": 128, "mamba_conv_bias": true, "mamba_d_conv": 4,
         "mamba_d_state": 16, "mamba_dt_rank": 8, "mamba_expand": 2, "mamba_inner_layernorms": true,
         "mamba_proj_bias": false, "model_type": "jamba", "n_ctx": 262144, "num_attention_heads": 4, "num_experts": 4,
         "num_experts_per_tok": 2, "num_hidden_layers": 8, "num_key_value_heads": 2, "rms_norm_eps": 1e-06,
         "vocab_size": 256}
        """;

    private static DecoderConfig parse(String json) {
        return HuggingFaceConfig.parse("config.json", json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFirstFormOfJambaIsRead(boolean norms) {
        var config = parse(JAMBA.replace("layernorms\": true", "layernorms\": " + norms));
        assertThat(config.stack().getFirst().mixer()).isEqualTo(new MambaConfig(128, 16, 4, 8, norms, true));
    }

    @Test
    void jambaHasInnerNormsUnlessItsFileSaysOtherwise() {
        var config = parse(JAMBA.replace(" \"mamba_inner_layernorms\": true,", ""));
        assertThat(config).isEqualTo(parse(JAMBA));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "model_type": "mamba", "intermediate_size": 1048576, "state_size": 4096
        "model_type": "mamba", "expand": 2147483647
        "model_type": "mamba2", "expand": 2147483647, "num_heads": 1, "head_dim": 126
        "model_type": "mamba2", "expand": 16, "num_heads": 1024, "head_dim": 1024, "state_size": 4096
        "model_type": "mamba2", "expand": 1, "num_heads": 65536, "head_dim": 65536
        "model_type": "jamba", "mamba_expand": 2147483647
        "model_type": "falcon_h1", "mamba_expand": 2147483647
        """)
    void sizesThatNoArrayHoldsAreRefused(String fields) {
        int hidden = fields.contains("1024") ? 65_536 : 64;
        var json = "{\"hidden_size\": " + hidden + ", \"num_hidden_layers\": 1, \"vocab_size\": 256, " + fields + "}";
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(UserError.class, e -> Refusal.check(e, "config.json"));
    }

    @Test
    void statesThatNoArrayHoldsAreRefused() {
        assertThatThrownBy(() -> new MambaConfig(1 << 20, 4096, 4, 1, false, true))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("numbers of a layer's state");
        assertThatThrownBy(() -> mamba2(1024, 1024, 1, 4096))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("numbers of a layer's state");
        assertThat(new MambaConfig(1 << 20, 2000, 4, 1, false, true).stateFloats())
                .isEqualTo(2003 << 20);
        assertThat(mamba2(1024, 1024, 1, 2000).stateFloats()).isPositive();
        // heads * head size is at most 2^20 and the head size 1024: their product fits
        assertThat(new RwkvConfig(1 << 20, 1 << 10, 1 << 10, 1e-5).stateFloats())
                .isEqualTo((1 << 30) + (1 << 20));
    }

    private static Mamba2Config mamba2(int heads, int headDim, int groups, int stateSize) {
        var gate = Mamba2Config.Gate.PLAIN;
        return new Mamba2Config(
                heads, headDim, groups, stateSize, 4, true, gate, Mamba2Config.NO_LIMITS, Mamba2Config.NO_FACTORS);
    }
}
