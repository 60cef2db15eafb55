package io.hayloft.engine.encoder;

import io.hayloft.formats.checkpoint.EncoderCheckpoint;
import io.hayloft.formats.config.EncoderConfig;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.VectorOps;
import io.hayloft.kernels.WorkerPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A BERT or XLM-RoBERTa model that gives every token of a sequence a label.
 *
 * <p>Sequences run one at a time at their own length, which is what a padded batch with a mask computes. One caller at a
 * time.
 */
public final class TokenClassifier implements AutoCloseable {
    private final EncoderCheckpoint checkpoint;
    private final NativeMemory memory;
    private final WorkerPool pool;
    private final EncoderConfig config;
    private final Embeddings embeddings;
    private final List<EncoderLayer> layers = new ArrayList<>();
    private final Affine classifier;

    private TokenClassifier(EncoderCheckpoint checkpoint, NativeMemory memory, WorkerPool pool) {
        this.checkpoint = checkpoint;
        this.memory = memory;
        this.pool = pool;
        this.config = checkpoint.config();
        var parts = new EncoderParts(checkpoint, memory, pool);
        embeddings = parts.embeddings();
        for (int i = 0; i < config.layers(); i++) {
            layers.add(parts.layer(i));
        }
        classifier = parts.classifier();
    }

    /**
     * Loads a Hugging Face folder with config.json and safetensors.
     *
     * @param pool does the work; it stays the caller's
     * @throws io.hayloft.base.UserError if the folder holds something else or something in it is wrong
     */
    public static TokenClassifier load(Path folder, WorkerPool pool) {
        var checkpoint = EncoderCheckpoint.open(folder);
        var memory = new NativeMemory("the weights of " + folder.getFileName());
        try {
            return new TokenClassifier(checkpoint, memory, pool);
        } catch (RuntimeException | Error e) {
            memory.close();
            checkpoint.close();
            throw e;
        }
    }

    /** Sizes of the model. */
    public EncoderConfig config() {
        return config;
    }

    /** Number of labels. */
    public int labels() {
        return classifier.bias().length;
    }

    /**
     * The logits of a sequence.
     *
     * @param ids 1 to {@code config().maxTokens()} tokens, start and end token included
     * @return {@code [tokens][labels]}
     */
    public float[] logits(int[] ids) {
        if (ids.length < 1 || ids.length > config.maxTokens()) {
            throw new IllegalArgumentException(ids.length + " tokens for an encoder of at most " + config.maxTokens());
        }
        for (int id : ids) {
            if (id < 0 || id >= config.vocabulary()) {
                throw new IllegalArgumentException("token " + id + " is outside the vocabulary");
            }
        }
        var scratch = new Scratch(config, ids.length);
        embeddings.apply(ids, scratch, pool);
        for (var layer : layers) {
            layer.apply(scratch, pool);
        }
        var logits = new float[ids.length * labels()];
        classifier.apply(scratch.x, ids.length, logits, pool);
        return logits;
    }

    /** The probabilities of the labels of a sequence, {@code [tokens][labels]}; see {@link #logits}. */
    public float[] probabilities(int[] ids) {
        var values = logits(ids);
        for (int row = 0; row < ids.length; row++) {
            VectorOps.softmax(values, row * labels(), labels());
        }
        return values;
    }

    @Override
    public void close() {
        memory.close();
        checkpoint.close();
    }
}
