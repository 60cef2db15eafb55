package io.hayloft.bench.predict;

import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.Shapes;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.methods.Method;

/**
 * The resident memory of a process at its worst moment: weights, caches, what is recorded of a prompt, the activations of a
 * chunk, and Java itself.
 *
 * @param weights bytes of the packed matrices
 */
record MemoryNeed(DecoderConfig config, long weights) {
    /** The Java machine with the classes of the program, compiled code and a small heap, without a model. */
    static final long JAVA = 250_000_000;

    static MemoryNeed of(ModelShape shape) {
        return new MemoryNeed(shape.config(), shape.weightBytes());
    }

    /** What is needed whatever the prompt: weights, activations of a chunk, Java. */
    long fixed() {
        return weights + activations() + JAVA;
    }

    /**
     * The worst moment of sequences that are read one after the other and decode together.
     *
     * @param sizes of one of their caches
     */
    long peak(Method method, CacheSizes sizes, int tokens, int batch) {
        return fixed() + prompt(method, sizes, tokens) + batch * sequence(sizes);
    }

    /** The largest batch whose worst moment a memory has room for. */
    int batch(Method method, CacheSizes sizes, int tokens, long bytes) {
        long room = bytes - fixed() - prompt(method, sizes, tokens);
        return (int) Math.clamp(room / sequence(sizes), 0, Integer.MAX_VALUE);
    }

    /** A sequence that decodes: its cache and its logits. */
    private long sequence(CacheSizes sizes) {
        return sizes.stored() + (long) Float.BYTES * config.vocabulary();
    }

    /** The cache of the prompt that is read last, unless it becomes a sequence's own, and what is recorded of it. */
    private long prompt(Method method, CacheSizes sizes, int tokens) {
        return method.signals().heapBytes(config, tokens) + (method.keepsAll() ? 0 : sizes.prompt());
    }

    /** Floats of the rows of a chunk on their way through the layers, and their copies in the order of the kernels. */
    private long activations() {
        long widest = 0;
        long inner = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            var attention = Shapes.attention(config, layer);
            long rows = attention.queryHeads() + attention.kvHeads();
            widest = Math.max(widest, 2 * rows * attention.headDim());
            inner = Math.max(inner, config.feedForward(layer).width());
        }
        long columns = 3L * config.hidden() + widest + 2 * inner + Math.max(inner, config.hidden());
        return Float.BYTES * columns * PrefillOptions.DEFAULT_CHUNK;
    }
}
