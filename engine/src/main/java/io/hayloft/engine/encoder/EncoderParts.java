package io.hayloft.engine.encoder;

import io.hayloft.formats.checkpoint.EncoderCheckpoint;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.formats.tensor.WeightRows;
import io.hayloft.kernels.Linear;
import io.hayloft.kernels.WorkerPool;

/** Builds the parts of an encoder from its tensors. */
record EncoderParts(EncoderCheckpoint checkpoint, NativeMemory memory, WorkerPool pool) {
    Embeddings embeddings() {
        var config = checkpoint.config();
        int hidden = config.hidden();
        return new Embeddings(
                config,
                checkpoint.tensor("embeddings.word_embeddings.weight", config.vocabulary(), hidden),
                checkpoint
                        .tensor("embeddings.position_embeddings.weight", config.positions(), hidden)
                        .toFloats(),
                checkpoint
                        .tensor("embeddings.token_type_embeddings.weight", config.types(), hidden)
                        .toFloats(),
                norm("embeddings.LayerNorm"));
    }

    EncoderLayer layer(int index) {
        var config = checkpoint.config();
        int hidden = config.hidden();
        int inner = config.feedForward();
        var name = "encoder.layer." + index + ".";
        return new EncoderLayer(
                affine(name + "attention.self.query", hidden, hidden),
                affine(name + "attention.self.key", hidden, hidden),
                affine(name + "attention.self.value", hidden, hidden),
                new SelfAttention(config),
                affine(name + "attention.output.dense", hidden, hidden),
                norm(name + "attention.output.LayerNorm"),
                affine(name + "intermediate.dense", inner, hidden),
                affine(name + "output.dense", hidden, inner),
                norm(name + "output.LayerNorm"));
    }

    Affine classifier() {
        var weight = checkpoint.head(
                "classifier.weight", EncoderCheckpoint.ANY, checkpoint.config().hidden());
        var bias = checkpoint.head("classifier.bias", weight.rows());
        return new Affine(Linear.pack(WeightRows.all(weight), memory, pool), bias.toFloats());
    }

    private Affine affine(String name, int outputs, int inputs) {
        var weight = checkpoint.tensor(name + ".weight", outputs, inputs);
        var bias = checkpoint.tensor(name + ".bias", outputs);
        return new Affine(Linear.pack(WeightRows.all(weight), memory, pool), bias.toFloats());
    }

    private LayerNorm norm(String name) {
        int hidden = checkpoint.config().hidden();
        return new LayerNorm(
                checkpoint.tensor(name + ".weight", hidden).toFloats(),
                checkpoint.tensor(name + ".bias", hidden).toFloats(),
                checkpoint.config().normEpsilon());
    }
}
