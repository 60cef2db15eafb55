package io.hayloft.benchmarks.peers;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.CacheType;
import de.kherud.llama.args.LogFormat;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Times one case in {@code de.kherud:llama}. The library has no clock of its own, so reading lasts until the first token is
 * there, and generating from the first token to the last.
 *
 * <p>Arguments: model, prompt, generated, depth, cache type, flash attention, threads, repetitions. Prints JSON like
 * {@code llama-bench}.
 */
final class LlamaLibraryRun {
    private static final int SPARE_CONTEXT = 64;

    private LlamaLibraryRun() {}

    /** Runs the case. */
    public static void main(String[] args) {
        int prompt = Integer.parseInt(args[1]);
        int generated = Integer.parseInt(args[2]);
        int depth = Integer.parseInt(args[3]);
        var rates = new double[Integer.parseInt(args[7])];
        var out = System.out;
        System.setOut(System.err); // where the library tells what it unpacks
        LlamaModel.setLogger(LogFormat.TEXT, (level, text) -> {});
        int context = prompt + depth + generated + SPARE_CONTEXT;
        try (var model = new LlamaModel(parameters(args, context))) {
            var text = new Text(model);
            boolean reading = prompt > 0;
            int length = Math.max(1, reading ? prompt : depth);
            time(model, text.ofTokens(Math.min(length, 32)), 8, false);
            var same = text.ofTokens(length);
            for (int i = 0; i < rates.length; i++) {
                var asked = reading ? text.ofTokens(length) : same;
                var times = time(model, asked, reading ? 1 : generated, !reading);
                rates[i] = reading ? model.encode(asked).length / times.first : times.rest;
            }
        }
        out.println("[{\"samples_ts\": " + Arrays.toString(rates) + "}]");
    }

    private static ModelParameters parameters(String[] args, int context) {
        int threads = Integer.parseInt(args[6]);
        var type = CacheType.valueOf(args[4].toUpperCase(Locale.ROOT));
        var parameters = new ModelParameters()
                .setModel(args[0])
                .setCtxSize(context)
                .setThreads(threads)
                .setThreadsBatch(threads)
                .setBatchSize(2048)
                .setUbatchSize(512)
                .setGpuLayers(0)
                .setCacheTypeK(type)
                .setCacheTypeV(type);
        return Boolean.parseBoolean(args[5]) ? parameters.enableFlashAttn() : parameters;
    }

    /**
     * @param first seconds until the first token
     * @param rest tokens a second after it; 0 if there is none
     */
    private record Times(double first, double rest) {}

    private static Times time(LlamaModel model, String prompt, int tokens, boolean keepPrompt) {
        var wanted = new InferenceParameters(prompt)
                .setNPredict(tokens)
                .setIgnoreEos(true)
                .setTemperature(0)
                .setCachePrompt(keepPrompt);
        long start = System.nanoTime();
        long first = 0;
        long last = 0;
        int count = 0;
        for (var ignored : model.generate(wanted)) {
            last = System.nanoTime();
            first = count++ == 0 ? last : first;
        }
        double rest = count > 1 ? (count - 1) / ((last - first) * 1e-9) : 0;
        return new Times((first - start) * 1e-9, rest);
    }

    /** Makes up texts of about a number of tokens, no two alike. */
    private static final class Text {
        private final LlamaModel model;
        private final SplittableRandom random = new SplittableRandom(1);

        Text(LlamaModel model) {
            this.model = model;
        }

        String ofTokens(int count) {
            var text = new StringBuilder();
            int tokens = 0;
            while (tokens < count) {
                var word = new StringBuilder(text.isEmpty() ? "" : " ");
                for (int i = 0; i < 3; i++) {
                    word.append((char) random.nextInt('a', 'z' + 1));
                }
                tokens += model.encode(word.toString()).length;
                text.append(word);
            }
            return text.toString();
        }
    }
}
