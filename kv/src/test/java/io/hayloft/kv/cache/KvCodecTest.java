package io.hayloft.kv.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.hayloft.base.UserError;
import io.hayloft.kernels.WorkerPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KvCodecTest {
    private static final WorkerPool POOL = new WorkerPool(1);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f32",
                "f16",
                "q8",
                "flexgen(bits=4,group=64)",
                "flexgen(bits=8,group=32,scales=f32)",
                "kivi(k=2,v=2,group=32,residual=128)",
                "kivi(k=4,v=2,group=64,residual=64)",
                "kivi(k=16,v=4,group=32,residual=32,scales=f32)"
            })
    void textRoundTrips(String text) {
        assertThat(KvCodec.parse(text).text()).isEqualTo(text);
    }

    @Test
    void whatIsLeftOutHasTheUsualValue() {
        assertThat(KvCodec.parse("kivi")).isEqualTo(new KvCodec.Grouped(2, 2, 32, 128));
        assertThat(KvCodec.parse("flexgen")).isEqualTo(new KvCodec.FlexGen(4, 64, false));
        assertThat(KvCodec.parse(" kivi( v=4 , k=8) ")).isEqualTo(new KvCodec.Grouped(8, 4, 32, 128));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f61 | did you mean",
                "kivi(k=3) | k=3 bits",
                "kivi(k=two) | not a whole number",
                "kivi(k=2 | parenthesis",
                "kivi(k) | not name=value",
                "kivi(k=2,k=4) | given twice",
                "kivi(grup=32) | group",
                "kivi(group=48) | multiple of 32",
                "kivi(residual=100) | multiple of the group",
                "kivi(residual=0) | multiple of the group",
                "kivi(scales=f8) | neither f16 nor f32",
                "flexgen(bits=16) | use 2, 4 or 8",
                "flexgen(group=48) | multiple of 32",
                "flexgen(k=2) | unknown parameter",
                "f16(k=2) | f16 has no parameters"
            })
    void mistakesAreExplained(String text, String expected) {
        assertThatThrownBy(() -> KvCodec.parse(text))
                .isInstanceOf(UserError.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "f32, 32",
        "f16, 16",
        "q8, 8.5",
        "flexgen, 4.5",
        "'flexgen(group=32)', 5",
        "'flexgen(group=32,scales=f32)', 6",
        "'kivi(k=2,v=2)', 3",
        "'kivi(k=4,v=4)', 5",
        "'kivi(k=4,v=4,group=64)', 4.5"
    })
    void bitsOfAnElement(String codec, double bits) {
        int tokens = 1 << 20;
        double stored = KvCodec.parse(codec).bytes(3, 64, tokens) * 8.0 / (3.0 * 64 * 2 * tokens);
        assertThat(stored).isCloseTo(bits, within(0.002 * bits));
    }

    @ParameterizedTest
    @CsvSource({"2, 5.05", "4, 3.11"})
    void ratioOfKiviAtTenThousandTokens(int bits, double expected) {
        var shape = CacheShape.full(2, 3, 64);
        int tokens = 10_000;
        try (var full = filled(shape, tokens);
                var packed = Compaction.select(full, null, new KvCodec.Grouped(bits, bits, 32, 128), 100, null, POOL)) {
            double ratio = (double) shape.fullBytes(tokens, new KvCodec.F16()) / packed.bytes();
            assertThat(ratio).isCloseTo(expected, within(0.03 * expected));
        }
    }

    private static SequenceCache filled(CacheShape shape, int tokens) {
        var cache = new SequenceCache(shape, new KvCodec.F16(), tokens);
        var row = new float[shape.kvHeads() * shape.headDim()];
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int token = 0; token < tokens; token++) {
                row[token % row.length] = token % 7 - 3;
                cache.layer(layer).append(row, 0, row, 0, 1, row.length, token);
            }
        }
        cache.advance(tokens);
        return cache;
    }
}
