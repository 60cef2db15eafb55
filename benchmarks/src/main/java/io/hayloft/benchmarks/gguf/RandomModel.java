package io.hayloft.benchmarks.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Puts a llama model of random weights together: metadata, vocabulary, tensors. The same seed gives the same bytes. */
final class RandomModel {
    private static final int CONTROL_TOKEN = 3;

    private final ModelShape shape;
    private final WeightType type;
    private final SplittableRandom random;
    private final GgufWriter file = new GgufWriter();

    private RandomModel(ModelShape shape, WeightType type, long seed) {
        this.shape = shape;
        this.type = type;
        this.random = new SplittableRandom(seed);
    }

    /** A file of this shape, ready to be written; all matrices have the type, norms are F32. */
    static GgufWriter plan(ModelShape shape, WeightType type, long seed) {
        var model = new RandomModel(shape, type, seed);
        model.addMetadata();
        model.addVocabulary();
        model.addTensors();
        return model.file;
    }

    private void addMetadata() {
        file.text("general.architecture", "llama")
                .text("general.name", "random " + shape.name() + " " + type)
                .whole("general.quantization_version", 2)
                .whole("llama.block_count", shape.layers())
                .whole("llama.context_length", shape.contextLength())
                .whole("llama.embedding_length", shape.hidden())
                .whole("llama.feed_forward_length", shape.feedForward())
                .whole("llama.attention.head_count", shape.queryHeads())
                .whole("llama.attention.head_count_kv", shape.kvHeads())
                .whole("llama.rope.dimension_count", shape.headDim())
                .whole("llama.vocab_size", shape.vocabulary())
                .number("llama.rope.freq_base", shape.ropeTheta())
                .number("llama.attention.layer_norm_rms_epsilon", 1e-5);
    }

    private void addVocabulary() {
        var vocabulary = LetterVocabulary.of(shape.vocabulary());
        var kinds = new int[shape.vocabulary()];
        Arrays.fill(kinds, 1);
        kinds[vocabulary.endId()] = CONTROL_TOKEN;
        file.text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "gpt-2")
                .texts("tokenizer.ggml.tokens", vocabulary.tokens())
                .wholes("tokenizer.ggml.token_type", kinds)
                .texts("tokenizer.ggml.merges", vocabulary.merges())
                .whole("tokenizer.ggml.bos_token_id", vocabulary.endId())
                .whole("tokenizer.ggml.eos_token_id", vocabulary.endId())
                .flag("tokenizer.ggml.add_bos_token", false);
    }

    private void addTensors() {
        int hidden = shape.hidden();
        matrix("token_embd.weight", shape.vocabulary(), hidden);
        if (!shape.ropeFactors().isEmpty()) {
            vector("rope_freqs.weight", shape.ropeFactors());
        }
        for (int i = 0; i < shape.layers(); i++) {
            var layer = "blk." + i + ".";
            norm(layer + "attn_norm.weight");
            matrix(layer + "attn_q.weight", hidden, hidden);
            matrix(layer + "attn_k.weight", shape.kvWidth(), hidden);
            matrix(layer + "attn_v.weight", shape.kvWidth(), hidden);
            matrix(layer + "attn_output.weight", hidden, hidden);
            norm(layer + "ffn_norm.weight");
            matrix(layer + "ffn_gate.weight", shape.feedForward(), hidden);
            matrix(layer + "ffn_up.weight", shape.feedForward(), hidden);
            matrix(layer + "ffn_down.weight", hidden, shape.feedForward());
        }
        norm("output_norm.weight");
    }

    /** Weights of deviation 1 / sqrt(inputs) keep the size of what is multiplied. */
    private void matrix(String name, int outputs, int inputs) {
        double deviation = 1 / Math.sqrt(inputs);
        file.tensor(name, type, out -> type.fill(out, random, deviation), outputs, inputs);
    }

    private void norm(String name) {
        file.tensor(
                name,
                WeightType.F32,
                out -> {
                    while (out.hasRemaining()) {
                        out.putFloat(1);
                    }
                },
                shape.hidden());
    }

    private void vector(String name, List<Double> numbers) {
        file.tensor(
                name,
                WeightType.F32,
                out -> {
                    for (double number : numbers) {
                        out.putFloat((float) number);
                    }
                },
                numbers.size());
    }
}
