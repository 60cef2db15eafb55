package io.hayloft.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.engine.model.LogitsSink;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences of several prompts that decode together. */
class DecodeBatchTest {
    private static final KvCodec F16 = new KvCodec.F16();

    private static GenerationOptions options(int newTokens) {
        return new GenerationOptions(
                newTokens, newTokens, new Sampling(1.1, 0.95, 5), Set.of(), null, F16, 64, 3, Long.MAX_VALUE, 0);
    }

    private static int[] prompt(LanguageModel model, int tokens, long seed) {
        return new Random(seed).ints(tokens, 3, model.config().vocabulary()).toArray();
    }

    /** A sequence that has read all of its prompt but the last {@code unread} tokens. */
    private static Sequence sequence(LanguageModel model, int[] prompt, int unread, GenerationOptions how) {
        int read = prompt.length - unread;
        var cache = new SequenceCache(model.cacheShape(), F16, read);
        var logits = new float[model.config().vocabulary()];
        model.decoder().prefill(prompt, 0, read, cache, PrefillOptions.logits(LogitsSink.of(read - 1, logits)));
        var sequence = new Sequence(model, cache, prompt, how, Sequence.Listener.NONE);
        if (unread == 0) {
            sequence.choose(logits, 0);
        }
        return sequence;
    }

    private static void runToItsEnd(LanguageModel model, Sequence sequence) {
        var batch = new DecodeBatch(model);
        batch.join(sequence);
        while (batch.rows() > 0) {
            batch.step();
        }
    }

    private static void assertSame(Sequence actual, Sequence expected) {
        assertThat(actual.ids()).isEqualTo(expected.ids());
        assertThat(actual.top()).isEqualTo(expected.top());
        assertThat(actual.text()).isEqualTo(expected.text());
        assertThat(actual.stop()).isEqualTo(expected.stop());
    }

    /** Sequences join, leave and come back at random; prompt lengths choose different rotary frequencies. */
    private static void joinAndLeaveAtRandom(LanguageModel model, long seed) {
        var random = new Random(seed);
        var alone = new ArrayList<Sequence>();
        var together = new ArrayList<Sequence>();
        for (int i = 0; i < 6; i++) {
            var prompt = prompt(model, 5 + random.nextInt(60), seed + i);
            int unread = random.nextInt(3) == 0 ? 2 : 0;
            var how = options(3 + random.nextInt(12));
            alone.add(sequence(model, prompt, unread, how));
            together.add(sequence(model, prompt, unread, how));
        }
        alone.forEach(sequence -> runToItsEnd(model, sequence));
        var batch = new DecodeBatch(model);
        var inside = new ArrayList<Sequence>();
        var outside = new ArrayList<>(together);
        int most = 0;
        while (!inside.isEmpty() || !outside.isEmpty()) {
            if (!outside.isEmpty() && (inside.isEmpty() || random.nextInt(2) == 0)) {
                var joining = outside.remove(random.nextInt(outside.size()));
                batch.join(joining);
                inside.add(joining);
            }
            if (inside.size() > 1 && random.nextInt(4) == 0) {
                var leaving = inside.remove(random.nextInt(inside.size()));
                batch.leave(leaving);
                outside.add(leaving);
            }
            most = Math.max(most, batch.rows());
            inside.removeAll(batch.step());
            assertThat(batch.rows()).isEqualTo(inside.size());
        }
        assertThat(most).isGreaterThan(1);
        for (int i = 0; i < together.size(); i++) {
            assertSame(together.get(i), alone.get(i));
            together.get(i).close();
            alone.get(i).close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void sequencesJoinAndLeaveAtAnyStep(long seed) {
        try (var model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(2))) {
            joinAndLeaveAtRandom(model, seed);
        }
    }

    /** Each prompt longer than the original 16 tokens has frequencies of its own. */
    @ParameterizedTest
    @ValueSource(longs = {5, 6, 7})
    void eachSequenceRotatesByTheLengthOfItsOwnPrompt(long seed, @TempDir Path folder) throws IOException {
        var source = Goldens.tinyModel();
        for (var name : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(source.resolve(name), folder.resolve(name));
        }
        var config = Files.readString(source.resolve("config.json"))
                .replaceAll("\"rope_scaling\"\\s*:\\s*null,?", "")
                .replaceFirst("\"max_position_embeddings\"\\s*:\\s*\\d+", "\"max_position_embeddings\": 16")
                .replaceFirst("\\{", "{\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 4.0},");
        Files.writeString(folder.resolve("config.json"), config);
        var options = new ReadOptions(1024, false);
        try (var model = LanguageModel.load(Checkpoint.open(folder, options), LoadOptions.withThreads(2))) {
            assertThat(String.valueOf(model.config().attention(0).rope())).contains("Dynamic", "16");
            joinAndLeaveAtRandom(model, seed);
        }
    }

    @Test
    void cancelledSequencesEndAtTheNextStep() {
        try (var model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(2));
                var stays = sequence(model, prompt(model, 20, 8), 0, options(10));
                var goes = sequence(model, prompt(model, 30, 9), 0, options(10))) {
            var batch = new DecodeBatch(model);
            batch.join(stays);
            batch.join(goes);
            assertThat(batch.step()).isEmpty();
            goes.cancel();
            assertThat(goes.stop()).isNull();
            assertThat(batch.step()).containsExactly(goes);
            assertThat(goes.stop()).isEqualTo(StopReason.CANCELLED);
            assertThat(goes.ids()).hasSize(2);
            assertThat(goes.cache().nextPosition()).isEqualTo(31);
            assertThat(stays.ids()).hasSize(3);
            assertThat(batch.rows()).isEqualTo(1);
        }
    }

    /** A sequence that goes back and on again writes the same. */
    @Test
    void cachesOfSequencesForkAndTruncate() {
        try (var model = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(2));
                var sequence = sequence(model, prompt(model, 40, 10), 0, options(6))) {
            int first = sequence.ids()[0];
            runToItsEnd(model, sequence);
            int vocabulary = model.config().vocabulary();
            var expected = new float[vocabulary];
            var again = new float[vocabulary];
            try (var fork = sequence.cache().fork()) {
                fork.truncate(40);
                model.decoder().step(new int[] {first}, new SequenceCache[] {fork}, expected);
                fork.truncate(40);
                model.decoder().step(new int[] {first}, new SequenceCache[] {fork}, again);
                assertThat(again).isEqualTo(expected);
                assertThat(fork.nextPosition()).isEqualTo(41);
            }
            assertThat(sequence.cache().nextPosition()).isEqualTo(45);
        }
    }
}
