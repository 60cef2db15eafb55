package io.hayloft.formats.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.formats.quantised.QuantisedFormat;
import io.hayloft.formats.quantised.QuantisedTensors;
import io.hayloft.formats.quantised.RawTensor;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantised matrices against weights that another program computed, written from the descriptions of the formats. */
class QuantisedTensorsTest {
    private static final SafetensorsFile CASES = open();

    private static SafetensorsFile open() {
        var name = "/io/hayloft/formats/quantised/cases.safetensors";
        try (var stream = Objects.requireNonNull(QuantisedTensorsTest.class.getResourceAsStream(name))) {
            return SafetensorsFile.read(name, MemorySegment.ofArray(stream.readAllBytes()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Iterable<String> cases() {
        return CASES.metadata().keySet();
    }

    private static Map<String, RawTensor> tensors(String name) {
        var tensors = new LinkedHashMap<String, RawTensor>();
        CASES.entries().forEach((own, tensor) -> {
            if (own.startsWith(name + ".m.")) {
                var local = own.substring(name.length() + 1);
                tensors.put(local, new RawTensor(local, tensor.dtype(), tensor.shape(), tensor.data()));
            }
        });
        return tensors;
    }

    private static Map<String, Tensor> read(String name, Map<String, RawTensor> tensors) {
        var config = "{\"quantization_config\": " + CASES.metadata().get(name) + "}";
        var format = QuantisationConfig.read(Json.object(name, config.getBytes(StandardCharsets.UTF_8)));
        return QuantisedTensors.of(name, format.orElse(null), tensors);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightsAreThoseOfTheFormat(String name) {
        var matrices = read(name, tensors(name));
        assertThat(matrices).containsOnlyKeys("m.weight");
        var weight = Objects.requireNonNull(matrices.get("m.weight"));
        assertThat(weight.shape()).containsExactly(CASES.shape(name + ".expected"));
        assertThat(weight.toFloats()).containsExactly(CASES.readFloats(name + ".expected"));
    }

    @Test
    void numbersStayNumbersWhereABlockHasOneScale() {
        assertThat(typeOf("gptq4")).isEqualTo(TensorType.INT4);
        assertThat(typeOf("gptq3")).isEqualTo(TensorType.INT4);
        assertThat(typeOf("gptq8")).isEqualTo(TensorType.INT8);
        assertThat(typeOf("gptq4-one-group")).isEqualTo(TensorType.INT4);
        assertThat(typeOf("awq")).isEqualTo(TensorType.INT4);
        assertThat(typeOf("packed4-zeros")).isEqualTo(TensorType.INT4);
        assertThat(typeOf("int8-channel")).isEqualTo(TensorType.INT8);
        assertThat(typeOf("gptq4-order")).isEqualTo(TensorType.F32);
        assertThat(typeOf("gptq4-small-groups")).isEqualTo(TensorType.F32);
        assertThat(typeOf("gptq4-long-scales")).isEqualTo(TensorType.F32);
    }

    private static TensorType typeOf(String name) {
        return Objects.requireNonNull(read(name, tensors(name)).get("m.weight")).type();
    }

    /** Every tensor in turn is missing, of another type, or of another shape: an error that names a tensor, or no effect. */
    @ParameterizedTest
    @MethodSource("cases")
    void damageIsRefused(String name) {
        var whole = tensors(name);
        for (var part : whole.values()) {
            for (var damaged : Arrays.asList(
                    null,
                    new RawTensor(part.name(), "U8", part.shape(), part.data()),
                    new RawTensor(part.name(), part.dtype(), new long[] {3, 5}, part.data()),
                    new RawTensor(part.name(), part.dtype(), new long[] {0, 0}, part.data()),
                    new RawTensor(part.name(), part.dtype(), new long[] {1, 2, 3}, part.data()))) {
                var tensors = new HashMap<>(whole);
                if (damaged == null) {
                    tensors.remove(part.name());
                } else {
                    tensors.put(part.name(), damaged);
                }
                try {
                    read(name, tensors).values().forEach(Tensor::toFloats);
                } catch (UserError e) {
                    assertThat(e.getMessage()).startsWith(name + ": ").contains("tensor 'm.");
                }
            }
        }
    }

    @Test
    void namesTheTensorThatIsMissing() {
        var tensors = tensors("gptq4");
        tensors.remove("m.scales");
        assertThatThrownBy(() -> read("gptq4", tensors))
                .isInstanceOf(UserError.class)
                .hasMessage("gptq4: tensor 'm.scales' is missing, which 'm.qweight' needs");
        var float8 = tensors("e4m3-blocks");
        float8.remove("m.weight_scale_inv");
        assertThatThrownBy(() -> read("e4m3-blocks", float8)).hasMessageContaining("'m.weight_scale' is missing");
    }

    /** Blocks of 32 floats of 4 bits, of which neighbours share a byte: the first has the low bits. */
    @Test
    void readsFloatsOfFourBits() {
        var bytes = new byte[] {0x10, 0x32, 0x54, 0x76, (byte) 0x98, (byte) 0xBA, (byte) 0xDC, (byte) 0xFE};
        var blocks = MemorySegment.ofArray(Arrays.copyOf(bytes, 16));
        var raw = new LinkedHashMap<String, RawTensor>();
        raw.put("m_blocks", new RawTensor("m_blocks", "U8", new long[] {1, 1, 16}, blocks));
        assertThatThrownBy(() -> QuantisedTensors.of("f", new QuantisedFormat.Mxfp4(), raw))
                .isInstanceOf(UserError.class)
                .hasMessage("f: tensor 'm_scales' is missing, which 'm_blocks' needs");
        raw.put("m_scales", new RawTensor("m_scales", "U8", new long[] {1, 1}, MemorySegment.ofArray(new byte[] {126
        })));
        var matrix = Objects.requireNonNull(
                QuantisedTensors.of("f", new QuantisedFormat.Mxfp4(), raw).get("m"));
        assertThat(matrix.shape()).containsExactly(1, 32);
        assertThat(Arrays.copyOf(matrix.toFloats(), 18))
                .containsExactly(
                        0, 0.25f, 0.5f, 0.75f, 1, 1.5f, 2, 3, 0, -0.25f, -0.5f, -0.75f, -1, -1.5f, -2, -3, 0, 0);
        raw.put("m_scales", new RawTensor("m_scales", "U8", new long[] {2}, MemorySegment.ofArray(new byte[2])));
        assertThatThrownBy(() -> QuantisedTensors.of("f", new QuantisedFormat.Mxfp4(), raw))
                .hasMessage("f: tensor 'm_scales' has another number of scales than 'm_blocks' has blocks");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}|use the full-precision checkpoint or a GGUF file",
                "{\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true}|of the format 'bitsandbytes' with 4 bits",
                "{\"quant_method\": \"hqq\"}|'hqq'",
                "{\"quant_method\": \"exl2\", \"bits\": 4.5}|'exl2'",
                "{\"quant_method\": \"aqlm\"}|'aqlm'",
                "{\"quant_method\": \"torchao\"}|'torchao'",
                "{\"quant_method\": \"modelopt\", \"quant_algo\": \"NVFP4\"}|'modelopt' NVFP4",
                "{\"quant_method\": \"awq\", \"version\": \"gemv\"}|'awq' of version 'gemv'",
                "{\"quant_method\": \"awq\", \"bits\": 3}|'awq' with 3 bits",
                "{\"quant_method\": \"gptq\", \"bits\": 5}|'gptq' with 5 bits",
                "{\"quant_method\": \"gptq\", \"bits\": 4, \"checkpoint_format\": \"marlin\"}|'marlin'",
                "{\"quant_method\": \"compressed-tensors\", \"format\": \"nvfp4-pack-quantized\","
                        + " \"config_groups\": {\"a\": {\"weights\": {\"num_bits\": 4}}}}"
                        + "|'compressed-tensors' nvfp4-pack-quantized",
                "{\"quant_method\": \"compressed-tensors\", \"format\": \"pack-quantized\","
                        + " \"config_groups\": {\"a\": {\"weights\": {\"num_bits\": 3}}}}|pack-quantized with 3 bits",
                "{\"quant_method\": \"compressed-tensors\", \"sparsity_config\": {\"format\":"
                        + " \"sparse-24-bitmask\"}}|sparse-24-bitmask",
                "{\"quant_method\": \"fp8\", \"weight_block_size\": [128]}|must be a list of rows and columns",
                "{\"quant_method\": \"gptq\", \"group_size\": 0.5}|must be a whole number or -1"
            })
    void namesFormatsThatAreNotSupported(String configAndMessage) {
        var parts = configAndMessage.split("\\|", 2);
        var config = "{\"quantization_config\": " + parts[0] + "}";
        assertThatThrownBy(() ->
                        QuantisationConfig.read(Json.object("config.json", config.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(UserError.class)
                .hasMessageStartingWith("config.json: ")
                .hasMessageContaining(parts[1]);
    }
}
