package io.hayloft.benchmarks.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToDoubleFunction;

/** Puts a model of random weights together: metadata, vocabulary, tensors. The same seed gives the same bytes. */
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
        addVocabulary(model.file, shape.vocabulary());
        model.addTensors();
        return model.file;
    }

    private void addMetadata() {
        var prefix = shape.architecture() + ".";
        file.text("general.architecture", shape.architecture())
                .text("general.name", "random " + shape.name() + " " + type)
                .whole("general.quantization_version", 2)
                .whole(prefix + "block_count", shape.layers())
                .whole(prefix + "context_length", shape.contextLength())
                .whole(prefix + "embedding_length", shape.hidden())
                .whole(prefix + "feed_forward_length", shape.feedForward())
                .whole(prefix + "attention.head_count", shape.queryHeads())
                .whole(prefix + "vocab_size", shape.vocabulary())
                .number(prefix + "rope.freq_base", shape.ropeTheta())
                .number(prefix + "attention.layer_norm_rms_epsilon", 1e-5);
        if (shape.queryHeads() > 0) {
            file.whole(prefix + "rope.dimension_count", shape.headDim());
        }
        if (shape.mixers() == null) {
            file.whole(prefix + "attention.head_count_kv", shape.kvHeads());
        } else {
            shape.mixers().addMetadata(file, shape);
        }
    }

    /** A vocabulary of this many tokens. */
    static void addVocabulary(GgufWriter file, int size) {
        var vocabulary = LetterVocabulary.of(size);
        var kinds = new int[size];
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
            addLayer(i, "blk." + i + ".");
        }
        norm("output_norm.weight");
        if (!shape.tied()) {
            matrix("output.weight", shape.vocabulary(), hidden);
        }
    }

    private void addLayer(int i, String layer) {
        int hidden = shape.hidden();
        var mixers = shape.mixers();
        norm(layer + "attn_norm.weight");
        if (mixers != null && mixers.hasMixer(i)) {
            mixers.addMixer(this, layer, hidden);
        }
        if (mixers == null || mixers.hasAttention(i)) {
            matrix(layer + "attn_q.weight", hidden, hidden);
            matrix(layer + "attn_k.weight", shape.kvWidth(), hidden);
            matrix(layer + "attn_v.weight", shape.kvWidth(), hidden);
            matrix(layer + "attn_output.weight", hidden, hidden);
        }
        if (mixers != null && !mixers.hasFeedForward()) {
            return;
        }
        // llama.cpp reads this name without its ending in one architecture.
        norm(layer + (shape.architecture().equals("falcon-h1") ? "ffn_norm" : "ffn_norm.weight"));
        if (mixers != null && mixers.hasExperts(i)) {
            mixers.addExperts(this, layer, hidden, shape.feedForward());
        } else {
            matrix(layer + "ffn_gate.weight", shape.feedForward(), hidden);
            matrix(layer + "ffn_up.weight", shape.feedForward(), hidden);
            matrix(layer + "ffn_down.weight", hidden, shape.feedForward());
        }
    }

    /** Weights of deviation 1 / sqrt(inputs) keep the size of what is multiplied. */
    void matrix(String name, long... sizes) {
        matrix(file, type, random, name, sizes);
    }

    static void matrix(GgufWriter file, WeightType type, SplittableRandom random, String name, long... sizes) {
        double deviation = 1 / Math.sqrt((double) sizes[sizes.length - 1]);
        file.tensor(name, type, out -> type.fill(out, random, deviation), sizes);
    }

    /** Random numbers of this deviation and mean 0. */
    IntToDoubleFunction random(double deviation) {
        return i -> random.nextGaussian() * deviation;
    }

    /** An F32 tensor, element by element. */
    void floats(String name, IntToDoubleFunction value, long... sizes) {
        floats(file, name, value, sizes);
    }

    static void floats(GgufWriter file, String name, IntToDoubleFunction value, long... sizes) {
        var next = new AtomicInteger(); // the content comes in pieces
        file.tensor(
                name,
                WeightType.F32,
                out -> {
                    while (out.hasRemaining()) {
                        out.putFloat((float) value.applyAsDouble(next.getAndIncrement()));
                    }
                },
                sizes);
    }

    private void norm(String name) {
        floats(name, i -> 1, shape.hidden());
    }

    private void vector(String name, List<Double> numbers) {
        floats(name, numbers::get, numbers.size());
    }
}
