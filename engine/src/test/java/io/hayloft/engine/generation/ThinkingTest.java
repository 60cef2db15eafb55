package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.base.UserError;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Shared;
import io.hayloft.tokenizer.ThinkTags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sequences of a model whose tokens are bytes, with logits that choose a given text; 257 is its EOS token. */
class ThinkingTest {
    private static final ThinkTags TAGS = new ThinkTags("<think>", "</think>");
    private static final int EOS = 257;
    private LanguageModel model;

    @BeforeEach
    void load() {
        model = LanguageModel.load(Shared.path("compat/thinking"), LoadOptions.withThreads(1));
    }

    @AfterEach
    void close() {
        if (model != null) {
            model.close();
        }
    }

    /** A sequence that wants to write a text; where it must not, it gets a token of the rule and goes on later. */
    private final class Script implements AutoCloseable, Sequence.Listener {
        final StringBuilder thoughts = new StringBuilder();
        final StringBuilder answer = new StringBuilder();
        final List<Integer> heard = new ArrayList<>();
        final Sequence sequence;

        Script(String prompt, GenerationOptions options) {
            var ids = model.tokenizer().encode(prompt, false, true);
            var cache = new SequenceCache(model.cacheShape(), options.cacheType(), ids.length);
            sequence = new Sequence(model, cache, ids, options, this);
        }

        /** Offers the bytes of a text one by one until the sequence ends. */
        Script write(String text) {
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                offer(b & 0xFF);
            }
            return this;
        }

        void offer(int id) {
            if (sequence.stop() == null) {
                var logits = new float[model.config().vocabulary()];
                logits[id] = 2;
                logits['x'] += 1;
                sequence.choose(logits, 0);
            }
        }

        @Override
        public void token(int id, String text) {
            heard.add(id);
            answer.append(text);
        }

        @Override
        public void thought(String text) {
            thoughts.append(text);
        }

        @Override
        public void cancelled(String text) {
            answer.append(text);
        }

        @Override
        public void close() {
            sequence.close();
        }
    }

    private static GenerationOptions options(
            int answer, int least, Set<Integer> stops, @Nullable StopText text, int most) {
        return new GenerationOptions(
                        answer, least, Sampling.GREEDY, stops, text, new KvCodec.F16(), 64, 0, Long.MAX_VALUE, 0)
                .with(new Thinking(TAGS, most));
    }

    private static GenerationOptions options(int answer, int most) {
        return options(answer, 0, Set.of(), null, most);
    }

    @Test
    void thoughtsAreKeptApartFromTheAnswerAndItsBudget() {
        try (var script = new Script("Hi", options(3, 100)).write("<think>\nwell <b>\n</think>\n\nyes, no")) {
            assertThat(script.sequence.thoughts()).isEqualTo("well <b>");
            assertThat(script.sequence.stop()).isEqualTo(StopReason.LENGTH);
            assertThat(script.sequence.text()).isEqualTo("y").hasToString(script.answer.toString());
            assertThat(script.sequence.thinkingTokens()).isEqualTo("<think>\nwell <b>\n</think>".length());
            assertThat(script.thoughts.toString().strip()).isEqualTo("well <b>");
            assertThat(script.heard).hasSize(script.sequence.ids().length);
        }
    }

    /** Templates such as R1's and QwQ's open the block themselves. */
    @Test
    void aPromptThatOpensTheBlockBeginsWithThoughts() {
        try (var script = new Script("Hi<think>\n", options(20, 100)).write("aha</think>4")) {
            assertThat(script.sequence.thoughts()).isEqualTo("aha");
            assertThat(script.sequence.text()).isEqualTo("4");
            assertThat(script.sequence.thinkingTokens()).isEqualTo("aha</think>".length());
        }
    }

    @Test
    void aPromptThatClosesTheBlockLeavesNone() {
        try (var script = new Script("Hi<think>\n\n</think>\n\n", options(30, 100)).write("<think>4</think>")) {
            assertThat(script.sequence.thoughts()).isNull();
            assertThat(script.sequence.text()).isEqualTo("<think>4</think>");
        }
    }

    /** The opening tag may stand behind a few blanks only; what begins like it is text of the answer. */
    @ParameterizedTest
    @CsvSource({"4", "<b>4", "<thin", "' 4'", "'         <think>4'"})
    void answersWithoutThoughtsStayAsTheyAre(String text) {
        try (var script = new Script("Hi", options(text.length(), 100)).write(text)) {
            assertThat(script.sequence.thoughts()).isNull();
            assertThat(script.sequence.thinkingTokens()).isZero();
            script.offer(EOS);
            assertThat(script.sequence.text()).isEqualTo(text);
            assertThat(script.answer).hasToString(text);
        }
    }

    @Test
    void anAnswerIsNoLongerThanItsLimitAlsoIfItBeganLikeATag() {
        try (var script = new Script("Hi", options(2, 100)).write("<thorn")) {
            assertThat(script.sequence.stop()).isEqualTo(StopReason.LENGTH);
            assertThat(script.sequence.text()).isEqualTo("<t");
            assertThat(script.sequence.ids()).containsExactly('<', 't');
        }
    }

    /** The budget counts the opening tag; the closing one follows by force, and the answer has its own limit. */
    @ParameterizedTest
    @CsvSource({
        "'Hi',12,'<think>abcdefgh',abcde",
        "'Hi<think>',5,abcdefgh,abcde",
        "'Hi<think>',0,abc,''",
        "Hi,0,'<think>abc',''"
    })
    void aUsedUpBudgetClosesTheBlock(String prompt, int most, String wanted, String thoughts) {
        try (var script = new Script(prompt, options(4, most))) {
            script.write(wanted).write("-".repeat(20));
            assertThat(script.sequence.thoughts()).isEqualTo(thoughts);
            assertThat(script.sequence.stop()).isEqualTo(StopReason.LENGTH);
            assertThat(script.sequence.text()).hasSize(4);
            var all = model.tokenizer().decode(script.sequence.ids(), false);
            assertThat(all).endsWith(thoughts + "</think>" + script.sequence.text());
        }
    }

    @Test
    void onlyTheEosTokenEndsThoughts() {
        var rule = options(20, 0, Set.of((int) '\n'), new StopText("b", 0), 100);
        try (var script = new Script("Hi<think>", rule).write("a\nb</think>\n\nc\nd")) {
            assertThat(script.sequence.thoughts()).isEqualTo("a\nb");
            assertThat(script.sequence.text()).isEqualTo("c");
            assertThat(script.sequence.stop()).isEqualTo(StopReason.EOS);
        }
        try (var script = new Script("Hi<think>", rule).write("abc")) {
            script.offer(EOS);
            assertThat(script.sequence.thoughts()).isEqualTo("abc");
            assertThat(script.sequence.text()).isEmpty();
            assertThat(script.sequence.stop()).isEqualTo(StopReason.EOS);
        }
    }

    @Test
    void theLeastLengthIsThatOfTheAnswer() {
        try (var script = new Script("Hi<think>", options(20, 2, Set.of(), null, 100)).write("ab</think>c")) {
            script.offer(EOS); // becomes an x
            script.offer(EOS);
            assertThat(script.sequence.text()).isEqualTo("cx");
        }
    }

    @Test
    void aCancelledSequenceHandsOutWhatItHeldBack() {
        try (var script = new Script("Hi", options(20, 0, Set.of(), new StopText("STOP", 0), 100)).write("<aST")) {
            assertThat(script.answer).hasToString("<a");
            script.sequence.cancel();
            assertThat(script.sequence.endIfCancelled()).isTrue();
            assertThat(script.answer).hasToString("<aST").hasToString(script.sequence.text());
        }
        try (var script = new Script("Hi<think>", options(20, 100)).write("ab</th")) {
            script.sequence.cancel();
            assertThat(script.sequence.endIfCancelled()).isTrue();
            assertThat(script.thoughts).hasToString("ab</th");
            assertThat(script.sequence.text()).isEmpty();
        }
    }

    @Test
    void theDefaultBudgetFitsTheContext() {
        assertThat(Thinking.defaultTokens(32768)).isEqualTo(1024);
        assertThat(Thinking.defaultTokens(1024)).isEqualTo(256);
        assertThatThrownBy(() -> new Thinking(TAGS, -1)).isInstanceOf(UserError.class);
    }
}
