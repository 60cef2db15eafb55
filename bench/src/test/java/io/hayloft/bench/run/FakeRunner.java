package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.plan.AnswerRules;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.engine.generation.CacheBytes;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.StopReason;
import io.hayloft.engine.generation.Times;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tokenizer.ThinkTags;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model that knows words by number and answers with the end of the prompt; it can die on purpose. */
final class FakeRunner implements SampleRunner {
    private final int contextLength;
    private final boolean chat;
    private final Map<Integer, String> words = new HashMap<>();

    /** Methods of each call, the calls that measure left out. */
    final List<List<String>> calls = new ArrayList<>();

    /** Seeds of those calls. */
    final List<Long> seeds = new ArrayList<>();

    /** Hashes of the weights of compressors. */
    Map<String, String> compressors = Map.of();

    /** Whether it may think before it answers. */
    boolean thinks;

    /** Name of its backend. */
    String backend = "java";

    /** And of which version. */
    String backendDetails = "";

    /** Is killed once this many samples have been answered. */
    int diesAfter = Integer.MAX_VALUE;

    /** Fails on prompts with this text; none if empty. */
    String failsOn = "";

    /** Whether its chat format begins with the date. */
    boolean dated;

    /** Sizes of what it remembers of a sequence. */
    CacheShape shape = CacheShape.full(1, 1, 32);

    /** Family of methods that it lacks something for; none if empty. */
    String lacks = "";

    private Clock clock = Clock.systemUTC();

    /** Samples that were encoded. */
    int encoded;

    /** The kill of a process: nothing may catch it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super("killed");
        }
    }

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
                false,
                thinks,
                1000,
                2e6,
                1e3,
                2,
                backend,
                backendDetails,
                compressors);
    }

    @Override
    public Optional<ThinkTags> thinkTags() {
        return thinks ? Optional.of(new ThinkTags("<think>", "</think>")) : Optional.empty();
    }

    @Override
    public Optional<String> refusal(Method method) {
        return method.family().equals(lacks) ? Optional.of("no " + lacks) : Generation.refusal(shape, method);
    }

    @Override
    public boolean hasCache() {
        return shape.hasKv();
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
                    text.add(words.getOrDefault(token, "?"));
                }
                return String.join(" ", text);
            }
        };
    }

    private int id(String word) {
        int id = word.hashCode() & Integer.MAX_VALUE; // the same for every runner, as of a tokenizer
        words.put(id, word);
        return id;
    }

    @Override
    public void renderAt(Clock time) {
        clock = time;
    }

    @Override
    public EncodedPrompt encode(Prompt prompt, Protocol protocol) {
        encoded++;
        var date = dated ? LocalDate.now(clock) + " " : "";
        var all = tokens().encode(date + prompt.text());
        int context = tokens().encode(date + prompt.context()).length;
        return new EncodedPrompt(all, protocol == Protocol.QUESTION_AWARE ? all.length : context);
    }

    @Override
    public List<Completion> answer(EncodedPrompt prompt, List<Method> methods, AnswerRules rules) {
        boolean measuring = rules.minNewTokens() > 0 && rules.minNewTokens() == rules.maxNewTokens();
        if (!measuring) {
            if (calls.size() == diesAfter) {
                throw new Killed();
            }
            if (!failsOn.isEmpty() && tokens().decode(prompt.ids()).contains(failsOn)) {
                throw new UserError("no memory for\nthis prompt");
            }
            seeds.add(rules.seed());
            calls.add(methods.stream().map(Method::name).toList());
        }
        var answers = new ArrayList<Completion>();
        for (var method : methods) {
            double ratio = method.requestedRatio();
            long full = fullCacheBytes(prompt.ids().length);
            long bytes = ratio > 1 ? Math.round(full / ratio) : full;
            answers.add(new Completion(
                    method.name(),
                    new int[] {1, 2, 3},
                    method.name() + "!",
                    StopReason.EOS,
                    prompt.ids().length,
                    1,
                    new CacheBytes(bytes, bytes - 8, full),
                    new Times(0.02, 0.001, 0.002, 0.003, 2, 3),
                    List.of()));
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
