package io.hayloft.bench.predict;

import io.hayloft.engine.model.Shapes;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * Predicts the bytes of caches by building them: the real methods on {@linkplain CacheTwin one layer of each kind}. So what
 * is added to a codec, a method or a cache is in the prediction, too.
 *
 * <p>Recurrent states, whatever their layers look like, have a constant size, which methods do not change.
 *
 * <p>Prompts of several contents show whether bytes depend on what a prompt says, as they do where heads share a budget by
 * their scores.
 */
public final class CachePredictor implements AutoCloseable {
    /** If a head keeps fewer tokens, chance decides more, such as whether they are neighbours: more contents are compared. */
    private static final int FEW = 32;

    private static final int CONTENTS_OF_FEW = 8;

    /** Tokens of a prompt on which contents are compared first. */
    private static final int ENOUGH = 1000;

    private final LayerKinds kinds;
    private final int group; // query heads that share a KV head
    private final long states; // bytes of the recurrent states
    private final List<CacheTwin> twins = new ArrayList<>();

    /**
     * A predictor for a model.
     *
     * @param threads that build caches
     */
    public CachePredictor(DecoderConfig config, int threads) {
        kinds = LayerKinds.byAttention(config);
        group = config.firstAttention().map(AttentionConfig::groupSize).orElse(1);
        states = Shapes.cache(config).stateBytes();
        try {
            for (var attention : kinds.attentions(config)) {
                twins.add(new CacheTwin(config, attention, threads));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * The sizes of a cache.
     *
     * @param tokens of the prompt, as the model reads it
     */
    public CacheSizes sizes(Method method, KvCodec cacheType, int tokens) {
        var plain = sizes(method, cacheType, tokens, Content.PLAIN);
        long low = plain.stored();
        long high = plain.stored();
        boolean exact = true;
        boolean vary = false; // whether contents leave other numbers of tokens
        if (mayDependOnContent(method, cacheType, tokens)) {
            for (var content : contents(method, tokens)) {
                var other = sizes(method, cacheType, tokens, content);
                low = Math.min(low, other.stored());
                high = Math.max(high, other.stored());
                exact &= same(plain, other);
                vary |= !other.lengths().equals(plain.lengths());
            }
        }
        if (vary) {
            high = Math.max(high, most(method, cacheType, tokens));
        }
        return of(plain, low, high, exact);
    }

    private static CacheSizes of(CacheTwin.Sizes plain, long low, long high, boolean exact) {
        return new CacheSizes(
                plain.stored(), plain.read(), low, high, exact, plain.prompt(), plain.channels(), plain.form());
    }

    /** The most bytes that any content can leave. */
    private long most(Method method, KvCodec cacheType, int tokens) {
        long most = states;
        int kept = Math.min(tokens, method.keptTokens(tokens, group));
        for (int i = 0; i < twins.size(); i++) {
            most += (long) kinds.kinds().get(i).count() * twins.get(i).most(method, cacheType, tokens, kept);
        }
        return most;
    }

    /** Heads may share a budget in another way and take as many blocks by chance. */
    private static boolean same(CacheTwin.Sizes a, CacheTwin.Sizes b) {
        return a.stored() == b.stored() && a.lengths().equals(b.lengths());
    }

    /** The sizes with a plain content only. */
    CacheSizes plain(Method method, KvCodec cacheType, int tokens) {
        var one = sizes(method, cacheType, tokens, Content.PLAIN);
        return of(one, one.stored(), one.stored(), true);
    }

    /** Whether contents may differ in their sizes; a short prompt shows it as well as a long one. */
    private boolean mayDependOnContent(Method method, KvCodec cacheType, int tokens) {
        if (method.keepsAll() || twins.isEmpty()) {
            return false;
        }
        if (tokens <= ENOUGH || method.keptTokens(tokens, group) < FEW) {
            return true;
        }
        return !same(sizes(method, cacheType, ENOUGH, Content.PLAIN), sizes(method, cacheType, ENOUGH, Content.UNEVEN));
    }

    /** The contents beside the plain one. */
    private List<Content> contents(Method method, int tokens) {
        var contents = new ArrayList<>(List.of(Content.UNEVEN));
        if (method.keptTokens(tokens, group) < FEW) {
            contents.add(Content.RECENT);
            for (int seed = 1; seed <= CONTENTS_OF_FEW; seed++) {
                contents.add(Content.plain(seed));
            }
        }
        return contents;
    }

    private CacheTwin.Sizes sizes(Method method, KvCodec cacheType, int tokens, Content content) {
        long stored = states;
        long read = states;
        long prompt = states;
        double channels = 0;
        var form = "";
        var lengths = new ArrayList<Integer>();
        for (int i = 0; i < twins.size(); i++) {
            long count = kinds.kinds().get(i).count();
            var one = twins.get(i).sizes(method, cacheType, tokens, content);
            stored += count * one.stored();
            read += count * one.read();
            prompt += count * one.prompt();
            form = one.form(); // the same in all layers
            channels += count * one.channels();
            lengths.addAll(one.lengths());
        }
        return new CacheTwin.Sizes(stored, read, prompt, channels, form, lengths);
    }

    @Override
    public void close() {
        twins.forEach(CacheTwin::close);
    }
}
