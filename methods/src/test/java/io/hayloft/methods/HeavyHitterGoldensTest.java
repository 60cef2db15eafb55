package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.formats.checkpoint.SafetensorsFile;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.policy.QueryHeadEviction;
import io.hayloft.methods.registry.Methods;
import io.hayloft.testing.Goldens;
import io.hayloft.testing.Shared;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** H2O against the code of arXiv 2407.01527: which tokens each query head sees at each of 31 steps, and what follows. */
class HeavyHitterGoldensTest {
    private static final int PROMPT = 160;
    private static final int GROUP = 2;
    private static final int COLUMNS = 192;

    /** The scores of the first steps are recorded. */
    private static final int SCORED_STEPS = 6;

    @ParameterizedTest(name = "{1} {0}")
    @CsvSource({
        "0.5, paper_decode_only, h2o-paper:2x",
        "0.25, paper_decode_only, h2o-paper:4x",
        "0.125, paper_decode_only, h2o-paper:8x",
        "0.5, eager_prefill_and_decode, 'h2o:2x,heads=query'",
        "0.25, eager_prefill_and_decode, 'h2o:4x,heads=query'",
        "0.125, eager_prefill_and_decode, 'h2o:8x,heads=query'"
    })
    void seesTheSameTokensAndSaysTheSame(String keep, String counted, String expression) {
        var golden = Shared.golden("compression/h2o/llama_" + counted + "_keep" + keep + ".safetensors");
        var method = Methods.parse(expression);
        try (var model = LanguageModel.load(Goldens.path("architectures/llama"), LoadOptions.withThreads(2));
                var expected = SafetensorsFile.open(golden);
                var run = new GoldenRun(model, method, GoldenRun.ids(expected, "input_ids"), 64);
                var cache = method.build(run.prefill())) {
            var greedy = GoldenRun.ids(expected, "greedy_ids");
            var logits = expected.readFloats("greedy_logits");
            var step = run.promptLogits();
            for (int t = 0; t < greedy.length; t++) {
                GoldenRun.assertClose(step, logits, t, 2e-4f);
                if (t < greedy.length - 1) {
                    model.decoder().step(new int[] {greedy[t]}, new SequenceCache[] {cache}, step);
                    compareMasks(cache, expected, t);
                    compareScores(cache, expected, t);
                }
            }
        }
    }

    /** Attention that each query head gave to each token so far; tokens that it does not see, held or not, have none. */
    private static void compareScores(SequenceCache cache, SafetensorsFile expected, int step) {
        if (step >= SCORED_STEPS || !(cache.policy() instanceof QueryHeadEviction policy)) {
            assertThat(step).isGreaterThanOrEqualTo(SCORED_STEPS);
            return;
        }
        int columns = PROMPT + SCORED_STEPS;
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            var wanted = expected.readFloats("scores_after_step.layer" + layer);
            var slots = cache.layer(layer);
            int queryHeads = slots.kvHeads() * GROUP;
            for (int queryHead = 0; queryHead < queryHeads; queryHead++) {
                int head = queryHead / GROUP;
                var scores = new float[columns];
                for (int slot = 0; slot < slots.length(head); slot++) {
                    scores[slots.position(head, slot)] = policy.score(layer, queryHead, GROUP, slot);
                }
                int from = (step * queryHeads + queryHead) * columns;
                for (int position = 0; position < columns; position++) {
                    float score = wanted[from + position];
                    assertThat(scores[position])
                            .as("step %d, layer %d, query head %d, position %d", step, layer, queryHead, position)
                            .isBetween(score - 1e-6f - 1e-4f * score, score + 1e-6f + 1e-4f * score);
                }
            }
        }
    }

    /** Tokens in sight of each query head; what nobody sees must be gone. */
    private static void compareMasks(SequenceCache cache, SafetensorsFile expected, int step) {
        int tokens = PROMPT + step + 1;
        for (int layer = 0; layer < cache.shape().layers(); layer++) {
            var mask = expected.readBytes("mask_after_step.layer" + layer);
            var slots = cache.layer(layer);
            var policy = cache.policy();
            var seen = policy == null ? null : policy.mask(layer);
            assertThat(seen).isNotNull();
            for (int queryHead = 0; queryHead < slots.kvHeads() * GROUP; queryHead++) {
                int head = queryHead / GROUP;
                var scores = new float[slots.length(head)];
                seen.hide(queryHead, 0, scores.length, scores, 0);
                var visible = new byte[tokens];
                for (int slot = 0; slot < scores.length; slot++) {
                    visible[slots.position(head, slot)] = (byte) (scores[slot] == 0 ? 1 : 0);
                }
                for (int slot = 0; slot < scores.length; slot++) {
                    boolean wanted = false;
                    for (int other = head * GROUP; other < (head + 1) * GROUP; other++) {
                        wanted |= mask[(step * slots.kvHeads() * GROUP + other) * COLUMNS + slots.position(head, slot)]
                                != 0;
                    }
                    assertThat(wanted).isTrue();
                }
                int from = ((step * slots.kvHeads() * GROUP) + queryHead) * COLUMNS;
                assertThat(visible)
                        .as("step %d, layer %d, query head %d", step, layer, queryHead)
                        .isEqualTo(java.util.Arrays.copyOfRange(mask, from, from + tokens));
            }
        }
    }
}
