package io.hayloft.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.plan.FittingMethods;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.LayerShape.KvShape;
import io.hayloft.kv.cache.LayerShape.RecurrentShape;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which methods a run keeps, by what its model remembers of a sequence. */
class FittingMethodsTest {
    private static final String NO_CACHE =
            "the model has no KV cache to compress, only a recurrent state of constant size";

    private final FakeRunner runner = new FakeRunner(4096, false);

    private static BenchSpec spec(String... methods) {
        return BenchSpec.builder(new ModelChoice("fake", Path.of("none"), false))
                .methods(List.of(methods))
                .tasks(List.of("mini-needle"))
                .build();
    }

    @Test
    void aModelWithoutCacheRunsWhatLeavesNoneBehind() {
        runner.shape = new CacheShape(List.of(new RecurrentShape(8), new RecurrentShape(8)));
        var asked = spec("full", "kivi:4bit", "snapkv:4x", "streaming-paper:4x", "infllm:4x", "selective:2x");
        assertThat(asked.methods()).contains("random:4x");
        var fitting = FittingMethods.of(asked, runner);
        assertThat(fitting.methods()).containsExactly("full", "truncation:2x", "selective:2x");
        assertThat(fitting.notes())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("left out ")
                .contains("kivi:4bit", "snapkv:4x", "streaming-paper:4x", "infllm:4x", "random:4x")
                .endsWith(": " + NO_CACHE);
    }

    /** The full model alone is what such a model is compared by. */
    @Test
    void aModelWithoutCacheRunsAlone() {
        runner.shape = new CacheShape(List.of(new RecurrentShape(8)));
        assertThat(FittingMethods.of(spec("full", "h2o:4x"), runner).methods()).containsExactly("full");
    }

    @Test
    void aHybridRunsAll() {
        runner.shape = new CacheShape(List.of(new RecurrentShape(8), new KvShape(1, 32, 0)));
        var asked = spec("full", "kivi:4bit", "snapkv:4x");
        assertThat(FittingMethods.of(asked, runner)).isSameAs(asked);
    }

    @Test
    void controlsAloneCompareNothing() {
        runner.lacks = "kivi";
        var one = FittingMethods.of(spec("full", "kivi:4bit", "flexgen:4bit"), runner);
        assertThat(one.methods()).contains("flexgen:4bit").doesNotContain("kivi:4bit");
        assertThat(one.notes()).containsExactly("left out kivi:4bit: no kivi");
        assertThatThrownBy(() -> FittingMethods.of(spec("full", "kivi:4bit"), runner))
                .isInstanceOf(UserError.class)
                .hasMessage("none of the methods can run: left out kivi:4bit: no kivi");
    }
}
