package io.hayloft.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hayloft.engine.model.Layer.Sublayer;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WeightPacker;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kv.attention.StepTimes;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.LayerShape;
import io.hayloft.kv.cache.LayerShape.RecurrentShape;
import io.hayloft.kv.cache.RecurrentState;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.testing.Goldens;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A layer with a constant state among the attention layers of a real model: the seam for recurrent architectures. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecurrentLayerTest {
    private static final int TOKENS = 150;
    private static final KvCodec F32 = new KvCodec.F32();

    private Checkpoint checkpoint;
    private NativeMemory memory;
    private WorkerPool pool;
    private DecoderUnderTest last; // the recurrent layer is the last one
    private DecoderUnderTest first; // the first one, attention behind it
    private LanguageModel plain;

    /** A decoder and the shape of its caches. */
    private record DecoderUnderTest(Decoder decoder, CacheShape shape) {
        SequenceCache cache() {
            return new SequenceCache(shape, F32, 0);
        }
    }

    /** A decaying sum of the rows so far: s = s / 2 + x, out = s. Both sublayers of a layer have a part of its state. */
    private record DecayingSum(int layer, int at, int hidden) implements Layer.Update {
        @Override
        public boolean rowwise() {
            return false;
        }

        @Override
        public void apply(float[] x, Batch batch, float[] out, Activations buffers) {
            for (int row = 0; row < batch.rows(); row++) {
                var state = ((RecurrentState) batch.cache(row).state(layer)).values();
                for (int i = 0; i < hidden; i++) {
                    state[at + i] = state[at + i] / 2 + x[row * hidden + i];
                    out[row * hidden + i] = state[at + i];
                }
            }
        }
    }

    @BeforeAll
    void build() {
        checkpoint = Checkpoint.open(Goldens.tinyModel());
        memory = new NativeMemory("a test");
        pool = new WorkerPool(2);
        plain = LanguageModel.load(Goldens.tinyModel(), LoadOptions.withThreads(2));
        first = decoder(0);
        last = decoder(checkpoint.config().layers());
    }

    @AfterAll
    void close() {
        plain.close();
        pool.close();
        memory.close();
        checkpoint.close();
    }

    /** The model with one more layer at a place, which has a state in its mixer and in its feed-forward part. */
    private DecoderUnderTest decoder(int place) {
        var config = checkpoint.config();
        var weights = checkpoint.weights();
        int hidden = config.hidden();
        var loader = new DecoderLoader(config, weights, memory, pool, new WeightPacker(memory, pool, null, null));
        var layers = new ArrayList<Layer>();
        var shapes = new ArrayList<LayerShape>(Shapes.cache(config).shapes());
        shapes.add(place, new RecurrentShape(2 * hidden));
        for (int layer = 0; layer <= config.layers(); layer++) {
            if (layer == place) {
                var norm = new RmsNorm(weights.get(Role.ATTENTION_NORM, 0), config);
                layers.add(new Layer(List.of(
                        new Sublayer(norm, new DecayingSum(layer, 0, hidden), null, hidden, pool),
                        new Sublayer(norm, new DecayingSum(layer, hidden, hidden), null, hidden, pool))));
            }
            if (layer < config.layers()) {
                layers.add(moved(loader.layer(layer), layers.size()));
            }
        }
        var output =
                Linear.pack(weights.get(config.tokens().tiedOutput() ? Role.EMBEDDING : Role.OUTPUT, -1), memory, pool);
        var norm = new RmsNorm(weights.get(Role.FINAL_NORM, -1), config);
        var embeddings = new Decoder.Embeddings(weights.get(Role.EMBEDDING, -1), null, null, null);
        var decoder = new Decoder(config, embeddings, layers, new Decoder.Head(norm, new Dense(output, null)), pool);
        return new DecoderUnderTest(decoder, new CacheShape(shapes));
    }

    /** The layer with its keys and values in another place of the cache. */
    private Layer moved(Layer layer, int to) {
        var sublayer = (Sublayer) layer.steps().getFirst();
        var mixer = (AttentionMixer) sublayer.update();
        var core = mixer.core();
        var same = new AttentionMixer(
                new AttentionCore(to, true, core.shape(), core.rope(), core.pool()),
                mixer.query(),
                mixer.key(),
                mixer.value(),
                mixer.gate(),
                mixer.output(),
                mixer.pool());
        var attention = new Sublayer(
                Objects.requireNonNull(sublayer.norm()), same, sublayer.postNorm(), sublayer.hidden(), pool);
        return new Layer(List.of(attention, layer.steps().getLast()));
    }

    private List<DecoderUnderTest> both() {
        return List.of(first, last);
    }

    private int[] tokens(long seed) {
        return new Random(seed)
                .ints(TOKENS, 3, checkpoint.config().vocabulary())
                .toArray();
    }

    /** Reads tokens from where the cache is; logits after the last one. */
    private float[] read(DecoderUnderTest model, int[] tokens, int to, SequenceCache cache, int chunk) {
        var logits = new float[checkpoint.config().vocabulary()];
        var options = new PrefillOptions(chunk, null, LogitsSink.of(to - 1, logits), ProgressListener.NONE);
        model.decoder().prefill(tokens, cache.nextPosition(), to, cache, options);
        return logits;
    }

    private static float[] state(DecoderUnderTest model, SequenceCache cache) {
        for (int layer = 0; layer < model.shape().layers(); layer++) {
            if (cache.state(layer) instanceof RecurrentState state) {
                return state.values();
            }
        }
        throw new AssertionError("no recurrent layer");
    }

    /** Rows without logits still reach a state behind the last attention. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, Integer.MAX_VALUE})
    void chunksDoNotMatter(int chunk) {
        for (var model : both()) {
            try (var whole = model.cache();
                    var cut = model.cache()) {
                var expected = read(model, tokens(1), TOKENS, whole, TOKENS);
                assertThat(read(model, tokens(1), TOKENS, cut, chunk)).isEqualTo(expected);
                assertThat(state(model, cut)).isEqualTo(state(model, whole));
            }
        }
    }

    @Test
    void theStateIsTheSumOfAllRows() {
        try (var cache = first.cache()) {
            read(first, tokens(2), 1, cache, 64);
            var afterOne = state(first, cache).clone();
            read(first, tokens(2), 2, cache, 64);
            assertThat(state(first, cache))
                    .isNotEqualTo(afterOne)
                    .hasSize(2 * checkpoint.config().hidden());
        }
    }

    @Test
    void lockstepEqualsSolo() {
        for (var model : both()) {
            try (var a = model.cache();
                    var b = model.cache()) {
                read(model, tokens(3), TOKENS, a, 64);
                read(model, tokens(4), 40, b, 64);
                try (var soloA = a.fork();
                        var soloB = b.fork()) {
                    int vocabulary = checkpoint.config().vocabulary();
                    var together = new float[2 * vocabulary];
                    var alone = new float[vocabulary];
                    for (int step = 0; step < 5; step++) {
                        var rows = DecodeRows.of(new int[] {10 + step, 20 + step}, a, b);
                        model.decoder().step(rows, together, StepTimes.NONE);
                        model.decoder().step(new int[] {10 + step}, new SequenceCache[] {soloA}, alone);
                        assertThat(Runs.slice(together, 0, vocabulary)).isEqualTo(alone);
                        model.decoder().step(new int[] {20 + step}, new SequenceCache[] {soloB}, alone);
                        assertThat(Runs.slice(together, vocabulary, vocabulary)).isEqualTo(alone);
                    }
                }
            }
        }
    }

    @Test
    void forksGoTheirOwnWays() {
        try (var cache = last.cache()) {
            read(last, tokens(5), 30, cache, 64);
            var before = state(last, cache).clone();
            try (var fork = cache.fork()) {
                var logits = new float[checkpoint.config().vocabulary()];
                last.decoder().step(new int[] {7}, new SequenceCache[] {fork}, logits);
                assertThat(state(last, fork)).isNotEqualTo(before);
                assertThat(state(last, cache)).isEqualTo(before);
            }
        }
    }

    @Test
    void theStateTakesTheSameBytesWhateverItHasSeen() {
        var attention = Shapes.cache(checkpoint.config());
        long constant = 4L * 2 * checkpoint.config().hidden();
        assertThat(last.shape().fullBytes(0, F32)).isEqualTo(constant);
        assertThat(last.shape().fullBytes(TOKENS, F32)).isEqualTo(attention.fullBytes(TOKENS, F32) + constant);
        try (var cache = last.cache();
                var none = new SequenceCache(attention, F32, 0)) {
            read(last, tokens(6), TOKENS, cache, 64);
            plain.decoder().prefill(tokens(6), 0, TOKENS, none, PrefillOptions.logits(LogitsSink.NONE));
            assertThat(cache.state(checkpoint.config().layers()).bytes()).isEqualTo(constant);
            assertThat(cache.bytes()).isBetween(none.bytes() + constant, none.bytes() + constant + (1 << 20));
        }
    }

    @Test
    void aRecurrentLayerCannotGoBack() {
        try (var cache = last.cache()) {
            read(last, tokens(7), 20, cache, 64);
            assertThatThrownBy(() -> cache.truncate(10))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("recurrent");
            assertThat(cache.nextPosition()).isEqualTo(20);
            assertThatThrownBy(() -> cache.layer(checkpoint.config().layers()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
