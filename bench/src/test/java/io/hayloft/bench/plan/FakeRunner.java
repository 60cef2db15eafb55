package io.hayloft.bench.run;

import io.hayloft.bench.Protocol;
import io.hayloft.methods.Method;
import io.hayloft.methods.prompt.CompressedPrompt;
import io.hayloft.methods.prompt.PromptStep;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A model that knows words by number and answers with the end of the prompt; it can die on purpose. */
final class FakeRunner implements SampleRunner {
    private final int contextLength;
    private final boolean chat;
    private final List<String> words = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();

    /** Methods of each call, the calls that measure left out. */
    final List<List<String>> calls = new ArrayList<>();

    /** Seeds of those calls. */
    final List<Long> seeds = new ArrayList<>();

    /** Hashes of what methods read beside the model. */
    Map<String, String> compressors = Map.of();

    /** What it says to multiply matrices with. */
    String backend = "java";

    /** And of which version. */
    String backendDetails = "";

    /** Fails once this many samples have been answered. */
    int diesAfter = Integer.MAX_VALUE;

    FakeRunner(int contextLength, boolean chat) {
        this.contextLength = contextLength;
        this.chat = chat;
    }

    @Override
    public ModelFacts model() {
        return new ModelFacts(
                "fake model",
                "ab".repeat(32),
                "llama",
                false,
                contextLength,
                chat,
                1000,
                2e6,
                1e3,
                2,
                backend,
                backendDetails,
                256,
                compressors);
    }

    @Override
    public TokenCounter tokens() {
        return new TokenCounter() {
            @Override
            public int[] encode(String text) {
                return text.isBlank()
                        ? new int[0]
                        : List.of(text.strip().split("\\s+")).stream()
                                .mapToInt(FakeRunner.this::id)
                                .toArray();
            }

            @Override
            public String decode(int[] tokens) {
                var text = new ArrayList<String>();
                for (int token : tokens) {
                    text.add(words.get(token));
                }
                return String.join(" ", text);
            }
        };
    }

    private int id(String word) {
        return ids.computeIfAbsent(word, any -> {
            words.add(word);
            return words.size() - 1;
        });
    }

    @Override
    public EncodedPrompt encode(Prompt prompt, Protocol protocol) {
        var all = tokens().encode(prompt.text());
        int context = tokens().encode(prompt.context()).length;
        return new EncodedPrompt(all, protocol == Protocol.QUESTION_AWARE ? all.length : context);
    }

    @Override
    public List<Answer> answer(EncodedPrompt prompt, List<Method> methods, AnswerRules rules) {
        boolean measuring = rules.minNewTokens() > 0 && rules.minNewTokens() == rules.maxNewTokens();
        if (!measuring) {
            if (calls.size() == diesAfter) {
                throw new IllegalStateException("killed");
            }
            seeds.add(rules.seed());
            calls.add(methods.stream().map(Method::name).toList());
        }
        var answers = new ArrayList<Answer>();
        for (var method : methods) {
            double ratio = method.requestedRatio();
            long full = fullCacheBytes(prompt.ids().length);
            long bytes = ratio > 1 ? Math.round(full / ratio) : full;
            answers.add(new Answer(method.name() + "!", "eos", 3, 1, bytes, bytes + 8, full, 0.02, 0.001, 0.003, 2));
        }
        return answers;
    }

    /** Keeps the first words. */
    @Override
    public CompressedPrompt compress(PromptStep step, String context) {
        var all = tokens().encode(context);
        int kept = step.budget().keptTokens(all.length);
        return new CompressedPrompt(tokens().decode(Arrays.copyOf(all, kept)), all.length, kept, List.of(), 0.5);
    }

    @Override
    public long fullCacheBytes(int tokens) {
        return 512L * tokens;
    }
}
