package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.GriffinConfig;
import io.hayloft.formats.config.LayerConfig.Activation;
import io.hayloft.formats.config.LayerConfig.FeedForward;
import io.hayloft.formats.config.RwkvConfig;
import io.hayloft.testing.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What config.json says of RecurrentGemma and RWKV-5. */
class LinearTimeConfigTest {
    /** As published for the model of two billion weights, with fewer layers. */
    private static final String GRIFFIN = """
        {"architectures": ["RecurrentGemmaForCausalLM"], "attention_bias": false, "attention_window_size": 2048,
         "block_types": ["recurrent", "recurrent", "attention"], "bos_token_id": 2, "conv1d_width": 4,
         "embeddings_scale_by_sqrt_dim": true, "eos_token_id": 1, "head_dim": 256,
         "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 2560, "intermediate_size": 15360,
         "logits_soft_cap": 30.0, "lru_width": 2560, "model_type": "recurrent_gemma", "num_attention_heads": 10,
         "num_hidden_layers": 5, "num_key_value_heads": 1, "partial_rotary_factor": 0.5, "rms_norm_eps": 1e-06,
         "rope_theta": 10000.0, "vocab_size": 256000, "w_init_variance_scale": 0.01}
        """;

    /** As the port to transformers writes it. */
    private static final String RWKV = """
        {"architectures": ["Rwkv5ForCausalLM"], "auto_map": {"AutoConfig": "configuration_rwkv5.Rwkv5Config"},
         "attention_hidden_size": 2048, "bos_token_id": 0, "context_length": 4096, "eos_token_id": 0, "head_size": 64,
         "hidden_size": 2048, "intermediate_size": null, "layer_norm_epsilon": 1e-05, "model_type": "rwkv5",
         "num_hidden_layers": 24, "rescale_every": 6, "tie_word_embeddings": false, "use_cache": true,
         "vocab_size": 65536}
        """;

    private static DecoderConfig parse(String json) {
        return HuggingFaceConfig.parse("config.json", json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void recurrentGemma() {
        var config = parse(GRIFFIN);
        assertThat(config.architecture()).isEqualTo("recurrent_gemma");
        assertThat(config.layers()).isEqualTo(5);
        for (int layer : new int[] {0, 1, 3, 4}) {
            assertThat(config.stack().get(layer).mixer()).isEqualTo(new GriffinConfig(2560, 10, 4));
        }
        var attention = (AttentionConfig) config.stack().get(2).mixer();
        assertThat(attention.window()).isEqualTo(2048);
        assertThat(attention.headDim()).isEqualTo(256);
        assertThat(attention.kvHeads()).isEqualTo(1);
        assertThat(attention.rope()).isNotNull();
        assertThat(attention.rope().rotaryDims()).isEqualTo(128);
        assertThat(config.feedForward(2)).isEqualTo(new FeedForward(7680, Activation.GELU_TANH, true, true));
        // sqrt(2560) = 50.596 in bfloat16
        assertThat(config.tokens().embeddingScale()).isEqualTo(50.5);
        assertThat(config.tokens().softCap()).isEqualTo(30);
        assertThat(config.tokens().tiedOutput()).isTrue();
        assertThat(config.norms().plusOne()).isTrue();
        assertThat(config.contextLength()).isGreaterThan(1_000_000);
        var shorter = GRIFFIN.replace("\"partial_rotary_factor\": 0.5, ", "").replace("\"lru_width\": 2560, ", "");
        assertThat(parse(shorter)).isEqualTo(config);
    }

    @Test
    void rwkv() {
        var config = parse(RWKV);
        assertThat(config.architecture()).isEqualTo("rwkv5");
        assertThat(config.layers()).isEqualTo(24);
        var mix = new RwkvConfig(2048, 32, 64, 1e-5 * 64);
        assertThat(config.stack().getFirst().mixer()).isEqualTo(mix);
        assertThat(mix.stateFloats()).isEqualTo(2048 + 32 * 64 * 64);
        assertThat(config.feedForward(0)).isEqualTo(new RwkvConfig.ChannelMix(2048, 7168));
        assertThat(config.eosIds()).containsExactly(0);
        assertThat(parse(RWKV.replace("null", "7168").replace("\"head_size\": 64,", "\"num_attention_heads\": 64,")))
                .isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        gelu_pytorch_tanh|silu|field 'hidden_activation' is 'silu'
        "attention_bias": false|"attention_bias": true|field 'attention_bias' is true
        "embeddings_scale_by_sqrt_dim": true|"embeddings_scale_by_sqrt_dim": false|embeddings_scale_by_sqrt_dim
        "recurrent", "attention"|"recurrent", "mamba"|block type 'mamba' is not supported
        15360|15361|field 'intermediate_size' is 15361
        "num_attention_heads": 10|"num_attention_heads": 7|2560 recurrent channels do not fall into 7 equal blocks
        ["recurrent", "recurrent", "attention"]|[]|field 'block_types' is empty
        "lru_width"|"lru_depth"|field 'lru_depth' is not known
        """)
    void recurrentGemmasThatWouldComputeSomethingElseAreRefused(String from, String to, String message) {
        refuse(GRIFFIN, from, to, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        "model_type"|"version": "5.1", "model_type"|field 'version' is '5.1', but of RWKV-5 only 5.2 is supported
        "head_size": 64|"head_size": 60|field 'head_size' is 60, which does not divide 2048 channels
        "rwkv5"|"rwkv6"|architecture 'rwkv6' is not supported
        "rescale_every"|"rescale_each"|field 'rescale_each' is not known
        """)
    void rwkvModelsThatWouldComputeSomethingElseAreRefused(String from, String to, String message) {
        refuse(RWKV, from, to, message);
    }

    private static void refuse(String config, String from, String to, String message) {
        assertThat(config).contains(from);
        assertThatThrownBy(() -> parse(config.replace(from, to)))
                .isInstanceOfSatisfying(UserError.class, e -> Refusal.check(e, "config.json"))
                .hasMessageContaining(message);
    }

    @Test
    void picklesOfRwkvAreRefusedByName(@TempDir Path folder) throws IOException {
        var file = folder.resolve("RWKV-5-World-0.4B-v2-20231113-ctx4096.pth");
        Files.writeString(file, "PK\u0003\u0004");
        for (var path : new Path[] {file, folder}) {
            assertThatThrownBy(() -> Checkpoint.open(path))
                    .isInstanceOfSatisfying(UserError.class, e -> Refusal.check(e, file.toString()))
                    .hasMessageContaining("PyTorch pickle of RWKV")
                    .hasMessageContaining("model.safetensors");
        }
        // Beside safetensors such a file is of no matter.
        TinyFolder.single(folder);
        Checkpoint.open(folder).close();
    }
}
