package io.hayloft.engine.model;

import io.hayloft.kernels.VectorWidth;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/**
 * Prints a hash of the bits of a model's logits, a line for each codec, after a line with the vector width of this process.
 * {@link VectorWidthModelTest} compares what processes of different widths print.
 */
final class ModelBits {
    private static final KvCodec[] CODECS = {
        new KvCodec.F16(),
        new KvCodec.F32(),
        new KvCodec.Q8(),
        new KvCodec.FlexGen(4, 64, false),
        new KvCodec.FlexGen(2, 32, true),
        new KvCodec.Grouped(4, 4, 32, 128),
        new KvCodec.Grouped(2, 2, 32, 64),
        new KvCodec.Grouped(16, 2, 32, 32),
        new KvCodec.Grouped(4, 16, 32, 96)
    };
    private static final int PROMPT = 200;
    private static final int STEPS = 20;

    private ModelBits() {}

    /** Takes the folder of a model; with a second argument, only the f32 cache is used. */
    public static void main(String[] args) {
        System.out.println(VectorWidth.BITS);
        try (var model = LanguageModel.load(Path.of(args[0]), LoadOptions.withThreads(1))) {
            int vocabulary = model.config().vocabulary();
            var random = new Random(7);
            var tokens = random.ints(PROMPT + STEPS, 0, vocabulary).toArray();
            for (var codec : args.length > 1 ? new KvCodec[] {new KvCodec.F32()} : CODECS) {
                System.out.println(codec + ": " + hash(model, tokens, codec));
            }
        }
    }

    /** Reads the first tokens as a prompt, decodes the others one by one. */
    private static String hash(LanguageModel model, int[] tokens, KvCodec codec) {
        try (var cache = new SequenceCache(model.cacheShape(), codec, 0)) {
            int hash = Arrays.hashCode(Runs.prefill(model, Arrays.copyOf(tokens, PROMPT), cache, 128));
            var logits = new float[model.config().vocabulary()];
            for (int i = PROMPT; i < tokens.length; i++) {
                model.decoder().step(new int[] {tokens[i]}, new SequenceCache[] {cache}, logits);
                hash = 31 * hash + Arrays.hashCode(logits);
            }
            return Integer.toHexString(hash);
        }
    }
}
