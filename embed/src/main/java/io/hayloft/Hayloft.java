package io.hayloft;

import io.hayloft.base.UserError;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.CompressionMethod;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.Thinking;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.LoadOptions;
import io.hayloft.hub.Catalogue;
import io.hayloft.hub.ModelStore;
import io.hayloft.hub.PullListener;
import io.hayloft.methods.Method;
import io.hayloft.methods.prompt.PromptCompressors;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tokenizer.PromptForm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A language model for a Java program, with any method of Hayloft to shrink its KV cache.
 *
 * {@snippet lang = java :
 * import io.hayloft.GenerateOptions;
 * import io.hayloft.Hayloft;
 * import java.util.List;
 *
 * public class Example {
 *     public static void main(String[] args) {
 *         var prompt = "the pass key is 4 8 1 5 1 6 2 . " + "the barn is red . ".repeat(40) + "the pass key is";
 *         try (var hayloft = Hayloft.embedded()) {
 *             var options = GenerateOptions.upTo(8).withRawPrompt();
 *             var streamed = hayloft.generate(prompt, "kivi:4bit", options, System.out::print);
 *             System.out.println(" <- " + streamed.times().decodeSteps() + " decode steps");
 *
 *             for (var answer : hayloft.generateAll(prompt, List.of("full", "kivi:4bit", "snapkv:4x"), options)) {
 *                 System.out.printf(
 *                         "%-10s stores %,9d bytes, reads %,9d bytes a step: %s%n",
 *                         answer.method(), answer.bytes().stored(), answer.bytes().read(), answer.text());
 *             }
 *         }
 *     }
 * }
 * }
 *
 * <p>The JVM needs {@code --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED}. Weights and caches lie
 * outside the Java heap until {@link #close}. Any thread may call; calls run one after the other.
 */
public final class Hayloft implements AutoCloseable {
    private final LanguageModel model;
    private final PromptCompressors compressors;
    private final ReentrantLock one = new ReentrantLock(); // the forward pass serves one caller at a time

    private Hayloft(LanguageModel model) {
        this.model = model;
        this.compressors = new PromptCompressors(model);
    }

    /** The small model that comes with Hayloft: an instrument for cache methods, not a model to talk to. */
    public static Hayloft embedded() {
        return load(Catalogue.EMBEDDED);
    }

    /**
     * Loads a model on all cores.
     *
     * @param nameOrPath a name of the catalogue, a GGUF file or a Hugging Face folder
     * @throws UserError if there is no such model here, or its files are broken or of an unsupported kind
     */
    public static Hayloft load(String nameOrPath) {
        return load(ModelStore.open().resolve(nameOrPath).path());
    }

    /** The same for a GGUF file or a Hugging Face folder. */
    public static Hayloft load(Path path) {
        return load(path, LoadOptions.withThreads(Runtime.getRuntime().availableProcessors()));
    }

    /** The same with other worker threads, backend or progress. */
    public static Hayloft load(Path path, LoadOptions options) {
        return new Hayloft(LanguageModel.load(path, options));
    }

    /**
     * Downloads a model of the catalogue unless it is here, and loads it.
     *
     * @throws UserError if the name is unknown or no source delivers its files
     */
    public static Hayloft pull(String name) {
        return load(ModelStore.open().pull(name, PullListener.SILENT).path());
    }

    /** Completes a prompt with one method, such as {@code full}, {@code kivi:4bit} or {@code snapkv:4x + kivi:4bit}. */
    public Completion generate(String prompt, String method, GenerateOptions options) {
        return generate(prompt, method, options, text -> {});
    }

    /**
     * The same, text by text as it is written.
     *
     * @param onText gets the next part of the answer, on the calling thread; the parts together are the answer's text
     * @throws UserError if the method is unknown, or the prompt is empty or longer than the model's context
     */
    public Completion generate(String prompt, String method, GenerateOptions options, Consumer<String> onText) {
        var parsed = Methods.parse(method);
        return locked(() -> complete(prompt, List.of(parsed), options, onText)).getFirst();
    }

    /**
     * Completes a prompt once with each method. Methods that leave the text of the prompt alone read it once together
     * and decode as one batch; each result is the same, to the bit, as running its method alone.
     *
     * @return completions in the order of the methods
     */
    public List<Completion> generateAll(String prompt, List<String> methods, GenerateOptions options) {
        var parsed = methods.stream().map(Methods::parse).toList();
        return locked(() -> complete(prompt, parsed, options, text -> {}));
    }

    private List<Completion> locked(Supplier<List<Completion>> work) {
        one.lock();
        try {
            return work.get();
        } finally {
            one.unlock();
        }
    }

    private List<Completion> complete(
            String prompt, List<Method> methods, GenerateOptions options, Consumer<String> onText) {
        var byText = new LinkedHashMap<String, List<Integer>>();
        for (int i = 0; i < methods.size(); i++) {
            byText.computeIfAbsent(shortened(prompt, methods.get(i)), text -> new ArrayList<>())
                    .add(i);
        }
        var completions = new Completion[methods.size()];
        byText.forEach((text, indexes) -> {
            var group = indexes.stream().<CompressionMethod>map(methods::get).toList();
            var form = new PromptForm(options.raw(), false, false, options.chat());
            var ids = form.encode(text, model.tokenizer(), model.chat()).ids();
            var printer = new Printer(onText);
            var done = Generation.run(model, ids, ids.length, group, forEngine(options), printer);
            for (int i = 0; i < done.size(); i++) {
                completions[indexes.get(i)] = done.get(i);
            }
            printer.finish(done.getFirst().text());
        });
        return Arrays.asList(completions);
    }

    private String shortened(String prompt, Method method) {
        var step = method.prompt();
        return step.isEmpty()
                ? prompt
                : compressors.compress(step.get(), prompt).text();
    }

    private GenerationOptions forEngine(GenerateOptions options) {
        var limit = options.maxThinkingTokens();
        int budget =
                limit != null ? limit : Thinking.defaultTokens(model.config().contextLength());
        return options.forEngine()
                .with(model.thinkTags().map(tags -> new Thinking(tags, budget)).orElse(null));
    }

    /** Hands on the text of a single method. */
    private static final class Printer implements GenerationListener {
        private final Consumer<String> onText;
        private int printed;

        Printer(Consumer<String> onText) {
            this.onText = onText;
        }

        @Override
        public void token(int sequence, int id, String text) {
            if (!text.isEmpty()) {
                onText.accept(text);
                printed += text.length();
            }
        }

        /** Hands on what was held back until the end. */
        void finish(String text) {
            if (printed < text.length()) {
                onText.accept(text.substring(printed));
            }
        }
    }

    /** The model itself: its shape, tokenizer and chat format, and the door to the rooms below. */
    public LanguageModel model() {
        return model;
    }

    /** Frees weights, threads and tokenizer. */
    @Override
    public void close() {
        one.lock();
        try (model;
                compressors) {
            // both close themselves
        } finally {
            one.unlock();
        }
    }
}
