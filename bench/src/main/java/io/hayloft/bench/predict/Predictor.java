package io.hayloft.bench.predict;

import io.hayloft.base.UserError;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;

/** Predicts what methods cost with a model, from its shape alone. */
public final class Predictor implements AutoCloseable {
    private final ModelShape shape;
    private final KvCodec cacheType;
    private final CachePredictor caches;
    private final MemoryNeed memory;

    /**
     * A predictor for a model.
     *
     * @param cacheType how the full cache is stored
     * @param threads that predict
     */
    public Predictor(ModelShape shape, KvCodec cacheType, int threads) {
        this.shape = shape;
        this.cacheType = cacheType;
        this.caches = new CachePredictor(shape.config(), threads);
        this.memory = MemoryNeed.of(shape);
    }

    /**
     * Predicts one method with one length of prompts.
     *
     * @throws UserError if the model takes no prompt of this length
     */
    public Prediction predict(Method method, int context) {
        check(context);
        int read = tokensRead(method, context);
        var sizes = caches.sizes(method, cacheType, read);
        return new Prediction(
                method.name(),
                context,
                sizes.stored(),
                sizes.exact() && read == context,
                sizes.low(),
                sizes.high(),
                sizes.read(),
                memory.peak(method, sizes, read, 1),
                null,
                null,
                null);
    }

    private void check(int context) {
        int limit = shape.config().contextLength();
        if (context > limit) {
            throw new UserError("a context of " + context + " tokens is beyond the " + limit + " that " + shape.name()
                    + " was made for: give --context up to " + limit);
        }
    }

    /** Tokens that the model reads of a prompt, which a method may shorten before. */
    private static int tokensRead(Method method, int context) {
        return method.prompt()
                .map(step -> step.budget().keptTokens(context))
                .orElse(context);
    }

    @Override
    public void close() {
        caches.close();
    }
}
