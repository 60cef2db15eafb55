package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.Machines;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.plan.AnswerRules;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.bench.predict.ModelShape;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.Sampling;
import io.hayloft.engine.generation.SharedContext;
import io.hayloft.engine.generation.Thinking;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.engine.model.Shapes;
import io.hayloft.formats.config.AttentionConfig;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.kv.cache.SequenceCache;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.CompressorKind;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import io.hayloft.methods.prompt.PromptCompressors;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tokenizer.ChatArguments;
import io.hayloft.tokenizer.ChatFormat;
import io.hayloft.tokenizer.ThinkTags;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Runs samples on the engine. */
final class EngineRunner implements SampleRunner {
    private final LanguageModel model;
    private final KvCodec cacheType;
    private final PromptEncoder prompts;
    private final Optional<ThinkTags> tags;
    private final ModelFacts facts;
    private final PromptCompressors compressors;
    private @Nullable SharedContext held; // the context of the last question, if others about it may follow
    private long heldSeed;

    EngineRunner(BenchSpec spec, LanguageModel model) {
        this.model = model;
        this.cacheType = KvCodec.parse(spec.cacheType());
        var wishes =
                new ChatArguments(spec.chat().templateArguments(), spec.chat().think());
        this.prompts = new PromptEncoder(model.tokenizer(), chat(model, wishes));
        this.tags = model.thinkTags();
        this.facts = facts(spec, model, prompts, tags);
        this.compressors = new PromptCompressors(model);
    }

    /** The chat format with the user's values for its template. */
    private static Optional<ChatFormat> chat(LanguageModel model, ChatArguments wishes) {
        if (model.chat().isEmpty() && !wishes.isEmpty()) {
            throw new UserError(
                    model.name() + " has no chat template: leave out --template-arg, --think and --no-think");
        }
        return model.chat().map(format -> format.with(wishes));
    }

    private static ModelFacts facts(
            BenchSpec spec, LanguageModel model, PromptEncoder prompts, Optional<ThinkTags> tags) {
        var config = model.config();
        return new ModelFacts(
                spec.model().name(),
                model.contentHash(),
                config.architecture(),
                spec.model().embedded(),
                config.contextLength(),
                model.chat().isPresent(),
                prompts.hasInstructionTags(),
                tags.filter(prompts::leavesRoomFor).isPresent(),
                model.weightBytes(),
                linearWork(config),
                attentionWork(config),
                model.pool().threads(),
                model.backend(),
                model.backendDetails(),
                compressors(spec));
    }

    /** Hashes of the weights that methods shorten prompts with, of those that can run. */
    private static Map<String, String> compressors(BenchSpec spec) {
        var known = new HashMap<CompressorKind, String>();
        var hashes = new LinkedHashMap<String, String>();
        for (var name : spec.methods()) {
            var method = Methods.parse(name);
            method.prompt()
                    .filter(step -> !step.keepsAll() && lacking(method).isEmpty())
                    .map(PromptStep::compressor)
                    .ifPresent(kind -> hashes.put(name, known.computeIfAbsent(kind, CompressorKind::contentHash)));
        }
        return hashes;
    }

    private static double linearWork(DecoderConfig config) {
        return Shapes.layerWeights(config);
    }

    private static double attentionWork(DecoderConfig config) {
        double work = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            work += 2.0
                    * config.findAttention(layer)
                            .map(AttentionConfig::queryWidth)
                            .orElse(0);
        }
        return work;
    }

    @Override
    public Optional<ModelShape> shape() {
        boolean own = model.backend().equals(PrefillBackends.JAVA); // others are not measured
        return own ? Optional.of(ModelShape.of(facts.name(), model.checkpoint(), "its files")) : Optional.empty();
    }

    @Override
    public ModelFacts model() {
        return facts;
    }

    @Override
    public Optional<String> refusal(Method method) {
        return lacking(method).or(() -> Generation.refusal(model.cacheShape(), method));
    }

    @Override
    public boolean hasCache() {
        return model.cacheShape().hasKv();
    }

    private static Optional<String> lacking(Method method) {
        var step = method.prompt().filter(prompt -> !prompt.keepsAll());
        try {
            step.ifPresent(prompt -> prompt.compressor().check());
        } catch (UserError e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    @Override
    public TokenCounter tokens() {
        return prompts;
    }

    @Override
    public List<String> pieces(int[] ids) {
        return prompts.pieces(ids);
    }

    @Override
    public void renderAt(Clock clock) {
        prompts.renderAt(clock);
    }

    @Override
    public EncodedPrompt encode(Prompt prompt, Protocol protocol) {
        return prompts.encode(prompt, protocol);
    }

    @Override
    public String chatText(Prompt prompt) {
        return prompts.chatText(prompt);
    }

    @Override
    public OptionalInt repeatedBos() {
        return prompts.repeatedBos();
    }

    @Override
    public List<Completion> answer(EncodedPrompt prompt, List<Method> methods, AnswerRules rules) {
        return answer(prompt, methods, rules, GenerationListener.NONE);
    }

    @Override
    public List<Completion> answer(
            EncodedPrompt prompt, List<Method> methods, AnswerRules rules, GenerationListener listener) {
        boolean shared = prompt.shared() || !prompt.turns().isEmpty();
        long memory = Machines.cacheMemory(facts.weightBytes()) - (shared ? 0 : bytesBeside());
        var options = new GenerationOptions(
                rules.maxNewTokens(),
                rules.minNewTokens(),
                Sampling.GREEDY,
                rules.atNewline() ? Set.of(prompts.newlineToken()) : Set.of(),
                null,
                cacheType,
                PrefillOptions.DEFAULT_CHUNK,
                0,
                memory,
                rules.seed());
        int thoughts = rules.maxThinkingTokens();
        if (thoughts != AnswerRules.NO_THOUGHTS && tags.isPresent()) {
            options = options.with(new Thinking(tags.get(), thoughts));
        }
        if (shared) {
            return answerShared(prompt, methods, rules, options, listener);
        }
        return Generation.run(model, prompt.ids(), prompt.compressAfter(), List.copyOf(methods), options, listener);
    }

    /** Asks on forks of the compressed context, which is kept for the next question if all caches fit the memory. */
    private List<Completion> answerShared(
            EncodedPrompt prompt,
            List<Method> methods,
            AnswerRules rules,
            GenerationOptions options,
            GenerationListener listener) {
        var context = prompt.context();
        long bytes = model.cacheShape().fullBytes(prompt.longest(rules.allNewTokens()), cacheType);
        int together = Math.clamp(options.cacheMemory() / bytes - 1, 1, methods.size());
        if (held == null || heldSeed != options.seed() || !held.isOf(context, methods)) {
            forget();
        }
        var completions = new ArrayList<Completion>();
        for (int first = 0; first < methods.size(); first += together) {
            var some = methods.subList(first, Math.min(methods.size(), first + together));
            if (held == null) {
                held = SharedContext.compress(model, context, List.copyOf(some), options);
                heldSeed = options.seed();
            }
            int before = first;
            completions.addAll(held.ask(prompt.ids(), prompt.turns(), options, new GenerationListener() {
                @Override
                public void measured(int sequence, SequenceCache cache) {
                    listener.measured(before + sequence, cache);
                }
            }));
            if (some.size() < methods.size()) {
                forget();
            }
        }
        return completions;
    }

    /** Bytes of a context that is kept while prompts without it are answered; one that takes much memory is not. */
    private long bytesBeside() {
        if (held != null && held.bytes() > Machines.cacheMemory(facts.weightBytes()) / 2) {
            forget();
        }
        return held == null ? 0 : held.bytes();
    }

    private void forget() {
        if (held != null) {
            held.close();
            held = null;
        }
    }

    @Override
    public CompressedPrompt compress(PromptStep step, String document) {
        return compressors.compress(step, document);
    }

    @Override
    public void close() {
        forget();
        compressors.close();
    }

    @Override
    public long fullCacheBytes(int tokens) {
        return model.cacheShape().fullBytes(tokens, cacheType);
    }
}
