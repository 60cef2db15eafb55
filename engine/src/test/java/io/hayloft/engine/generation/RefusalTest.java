package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerShape.KvShape;
import io.hayloft.kv.cache.LayerShape.RecurrentShape;
import io.hayloft.testing.Shared;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Methods that change a cache, and models that have none. */
class RefusalTest {
    private static final List<CompressionMethod> FOR_A_CACHE = List.of(
            TestMethods.everyNth(2),
            TestMethods.stored(new KvCodec.Q8()),
            TestMethods.readAs(new KvCodec.FlexGen(2, 32, false)));

    @Test
    void methodsForACacheAreRefusedWhereThereIsNone() {
        var none = new CacheShape(List.of(new RecurrentShape(4), new RecurrentShape(4)));
        var hybrid = new CacheShape(List.of(new RecurrentShape(4), new KvShape(1, 8, 0)));
        for (var method : FOR_A_CACHE) {
            assertThat(Generation.refusal(hybrid, method)).as(method.name()).isEmpty();
            assertThat(Generation.refusal(none, method))
                    .as(method.name())
                    .contains("the model has no KV cache to compress, only a recurrent state of constant size");
        }
        assertThat(Generation.refusal(none, CompressionMethod.full())).isEmpty();
    }

    @Test
    void aRunNamesTheMethodThatIsRefused() {
        try (var model = LanguageModel.load(Shared.golden("architectures/mamba"), LoadOptions.withThreads(1))) {
            for (var method : FOR_A_CACHE) {
                assertThatThrownBy(() -> run(model, CompressionMethod.full(), method))
                        .isInstanceOf(UserError.class)
                        .hasMessageStartingWith(method.name() + ": the model has no KV cache to compress");
            }
            var bytes = run(model, CompressionMethod.full()).getFirst().bytes();
            assertThat(bytes.state()).isEqualTo(model.cacheShape().stateBytes()).isPositive();
            assertThat(bytes.stored()).isEqualTo(bytes.state());
            assertThat(bytes.full()).isEqualTo(bytes.state());
        }
    }

    private static List<Completion> run(LanguageModel model, CompressionMethod... methods) {
        var prompt = new int[] {5, 6, 7, 8};
        var greedy = GenerationOptions.greedy(3);
        return Generation.run(model, prompt, 4, List.of(methods), greedy, GenerationListener.NONE);
    }
}
