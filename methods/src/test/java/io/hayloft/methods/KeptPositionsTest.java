package io.hayloft.methods;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.SharedContext;
import io.hayloft.kv.cache.KeptPositions;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.registry.Methods;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The positions of a prompt that caches say they keep, as a listener hears of them while a generation runs. */
class KeptPositionsTest extends MethodRuns {
    /** Takes the positions whenever a cache is measured. */
    private static final class Heard implements GenerationListener {
        final List<List<KeptPositions>> ofSequence = new ArrayList<>();

        Heard(int sequences) {
            for (int i = 0; i < sequences; i++) {
                ofSequence.add(new ArrayList<>());
            }
        }

        @Override
        public void measured(int sequence, SequenceCache cache) {
            ofSequence.get(sequence).add(KeptPositions.of(cache, PROMPT));
        }
    }

    private static List<KeptPositions> heard(String expression) {
        var heard = new Heard(1);
        var method = List.<CompressionMethod>of(Methods.parse(expression));
        Generation.run(model, prompt(PROMPT, 6), PROMPT, method, GenerationOptions.greedy(4), heard);
        return heard.ofSequence.getFirst();
    }

    private static void assertEachHead(KeptPositions kept, BitSet expected) {
        assertThat(kept.layers()).hasSize(model.config().layers());
        assertThat(kept.layers())
                .allSatisfy(heads -> assertThat(heads).hasSize(2).containsOnly(expected));
    }

    private static BitSet ranges(int... bounds) {
        var positions = new BitSet();
        for (int i = 0; i < bounds.length; i += 2) {
            positions.set(bounds[i], bounds[i + 1]);
        }
        return positions;
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "kivi:2bit", "flexgen:4bit", "snapkv:1x"})
    void methodsThatDropNothingKeepAll(String expression) {
        var kept = heard(expression).getLast();
        assertThat(kept.keepsAll()).isTrue();
        assertEachHead(kept, ranges(0, PROMPT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"snapkv:4x", "knorm:4x", "random:4x", "snapkv:4x + kivi:2bit"})
    void evictionsKeepTheirBudgetInEachHead(String expression) {
        var kept = heard(expression);
        assertThat(kept).hasSize(1);
        assertThat(kept.getFirst().keepsAll()).isFalse();
        assertThat(kept.getFirst().layers())
                .allSatisfy(heads -> assertThat(heads)
                        .allMatch(positions -> positions.cardinality() == PROMPT / 4 && positions.length() <= PROMPT));
    }

    @Test
    void tokensOutsideTheWindowAreKeptToo() {
        assertEachHead(heard("streaming:4x").getLast(), ranges(0, 4, PROMPT - 71, PROMPT));
        assertEachHead(heard("streaming:4x,positions=clamped").getLast(), ranges(0, 4, PROMPT - 71, PROMPT));
        assertThat(heard("infllm:4x,block=16,local=32,rows=32").getLast().keepsAll())
                .isTrue();
    }

    /** These shrink their caches in the first step after the prompt. */
    @ParameterizedTest
    @ValueSource(strings = {"h2o:4x,heads=query", "tova:4x"})
    void cachesThatShrinkInTheFirstStepAreSeenAfterIt(String expression) {
        var kept = heard(expression);
        assertThat(kept).hasSize(Methods.parse(expression).freeTokens());
        assertThat(kept.getLast().keepsAll()).isFalse();
        assertThat(kept.getFirst().keepsAll()).isEqualTo(kept.size() > 1);
    }

    @Test
    void theCachesOfASharedContextAreHeardOf() {
        var methods = List.<CompressionMethod>of(Methods.parse("full"), Methods.parse("streaming:4x"));
        var prompt = prompt(PROMPT + 8, 6);
        var options = GenerationOptions.greedy(4);
        var heard = new Heard(2);
        try (var context = SharedContext.compress(model, prompt(PROMPT, 6), methods, options)) {
            context.ask(prompt, List.of(), options, heard);
        }
        assertThat(heard.ofSequence.getFirst().getLast().keepsAll()).isTrue();
        assertEachHead(heard.ofSequence.getLast().getLast(), ranges(0, 4, PROMPT - 71, PROMPT));
    }
}
