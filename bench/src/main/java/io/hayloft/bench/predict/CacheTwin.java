package io.hayloft.bench.predict;

import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.PrefillPattern;
import io.hayloft.engine.generation.Prefilled;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.SignalRequest;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.config.LayerConfig;
import io.hayloft.formats.config.Role;
import io.hayloft.formats.tensor.Tensor;
import io.hayloft.formats.tensor.TensorType;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.Method;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.LongUnaryOperator;

/**
 * One layer with the attention of a model and next to nothing around it. Methods build their caches from made-up
 * prompts there, and what these take is what the caches of all layers of the kind take, one by one.
 */
final class CacheTwin implements AutoCloseable {
    private static final int WIDTH = 32;

    /** Caches grow by so many tokens at a time. */
    private static final int BLOCK = 32;

    /** Tokens of all prompts that are held, unless one alone has more. */
    private static final int MOST_TOKENS = 50_000;

    private final LanguageModel model;
    private final LanguageModel agreeing; // the query heads of a group are equal

    /** Prompts that have been read, the one used last at the end: methods of the same pattern share them. */
    private final SequencedMap<Prompt, Prefilled> held = new LinkedHashMap<>();

    /** Everything that determines a prompt that has been read. */
    private record Prompt(
            PrefillPattern pattern, SignalRequest signals, KvCodec cacheType, int tokens, Content content) {}

    /**
     * The sizes of a cache with one content.
     *
     * @param channels see {@link Attended#channels}
     * @param form see {@link Attended#form}
     * @param lengths tokens that each KV head holds
     */
    record Sizes(long stored, long read, long prompt, double channels, String form, List<Integer> lengths) {}

    /** Builds the layer. */
    CacheTwin(DecoderConfig whole, AttentionConfig attention, int threads) {
        var tokens = new DecoderConfig.Tokens(WIDTH, -1, List.of(), 1, true, 0);
        var context = new DecoderConfig.Context(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
        var config = new DecoderConfig(
                whole.architecture(),
                WIDTH,
                context,
                tokens,
                new DecoderConfig.Norms(1e-6, false, false),
                List.of(new LayerConfig(bare(attention), new LayerConfig.None())));
        var types = WeightTypes.uniform(config, TensorType.F32);
        model = new TwinModel(config, types, (role, i) -> random(role, row -> row)).load(threads);
        try {
            agreeing = new TwinModel(config, types, (role, i) -> random(role, row -> firstOfGroup(config, role, row)))
                    .load(threads);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** The same attention without norms and biases, which change no sizes. */
    private static AttentionConfig bare(AttentionConfig attention) {
        return new AttentionConfig(
                attention.queryHeads(),
                attention.kvHeads(),
                attention.headDim(),
                attention.window(),
                attention.rope(),
                attention.scale(),
                attention.softCap(),
                AttentionConfig.HeadNorm.NONE,
                false,
                false,
                new AttentionConfig.Additions(
                        false, false, attention.additions().latent()));
    }

    private static long firstOfGroup(DecoderConfig config, Role role, long row) {
        var attention = config.attention(0);
        var latent = attention.additions().latent();
        if (role == Role.LATENT_QUERY && latent != null) {
            return row % latent.queryDim();
        }
        if (role != Role.QUERY) {
            return row;
        }
        long head = row / attention.headDim();
        return (head - head % attention.groupSize()) * attention.headDim() + row % attention.headDim();
    }

    private static Tensor.RowSource random(Role role, LongUnaryOperator seedOfRow) {
        return TwinModel.random(row -> role.name().hashCode() * 1_000_003L + seedOfRow.applyAsLong(row));
    }

    /**
     * The sizes after a prompt, and after the steps in which a method shrinks its cache.
     *
     * @param content what the prompt says
     */
    Sizes sizes(Method method, KvCodec cacheType, int tokens, Content content) {
        var read = prompt(method, cacheType, tokens, content);
        long bytes = read.cache().bytes();
        if (Generation.takesOver(method)) {
            return of(read.cache(), bytes);
        }
        try (var built = build(method, read)) {
            return of(built, bytes);
        }
    }

    /**
     * The most bytes after a prompt of any content: those of a plain one, and as many more blocks as it takes until the heads
     * hold, on average, as many tokens as they may.
     *
     * @param kept tokens that a head holds at most, on average
     */
    long most(Method method, KvCodec cacheType, int tokens, int kept) {
        var plain = sizes(method, cacheType, tokens, Content.PLAIN);
        if (!model.cacheShape().seesAll(0)) {
            return plain.stored();
        }
        double mean =
                plain.lengths().stream().mapToInt(Integer::intValue).average().orElse(0);
        int held = BLOCK * (int) (mean / BLOCK);
        int all = BLOCK * ((tokens + BLOCK - 1) / BLOCK);
        int most = Math.min(all, BLOCK * ((kept + BLOCK - 1) / BLOCK + 1));
        long blocks = model.cacheShape().fullBytes(most, cacheType)
                - model.cacheShape().fullBytes(held, cacheType);
        long positions = (long) Integer.BYTES * plain.lengths().size() * (most + BLOCK);
        return plain.stored() + Math.max(0, blocks) + positions;
    }

    private Prefilled prompt(Method method, KvCodec cacheType, int tokens, Content content) {
        var key = new Prompt(method.prefillPattern(), method.signals(), cacheType, tokens, content);
        var read = held.remove(key);
        if (read == null) {
            makeRoom(tokens);
            var prompt = new MadeUpPrompt(content.uneven() ? agreeing : model, content);
            read = prompt.read(key.pattern, key.signals, cacheType, tokens);
        }
        held.putLast(key, read);
        return read;
    }

    /** Drops prompts until there are few tokens beside the new ones, or none. */
    private void makeRoom(int tokens) {
        long sum = tokens;
        for (var prompt : held.keySet()) {
            sum += prompt.tokens;
        }
        while (!held.isEmpty() && sum > MOST_TOKENS) {
            var oldest = held.pollFirstEntry();
            sum -= oldest.getKey().tokens;
            oldest.getValue().close();
        }
    }

    private SequenceCache build(Method method, Prefilled read) {
        var cache = method.build(read);
        try {
            for (int step = 1; step < method.freeTokens(); step++) {
                read.model().decoder().step(new int[1], new SequenceCache[] {cache}, null);
            }
            return cache;
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }

    private Sizes of(SequenceCache cache, long prompt) {
        double channels = Attended.channels(cache, model.config());
        return new Sizes(
                cache.bytes(), cache.residentBytes(), prompt, channels, Attended.form(cache), Attended.lengths(cache));
    }

    @Override
    public void close() {
        held.values().forEach(Prefilled::close);
        try (model;
                agreeing) {
            // both, also if one fails
        }
    }
}
