package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.Protocol;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.generation.Generation;
import io.hayloft.engine.generation.GenerationListener;
import io.hayloft.engine.generation.GenerationOptions;
import io.hayloft.engine.generation.Sampling;
import io.hayloft.engine.generation.StopText;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.engine.model.PrefillOptions;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kernels.VectorWidth;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.Method;
import io.hayloft.methods.Methods;
import io.hayloft.methods.prompt.CompressedPrompt;
import io.hayloft.methods.prompt.CompressorKind;
import io.hayloft.methods.prompt.PromptCompressors;
import io.hayloft.methods.prompt.PromptStep;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Runs samples on the engine. */
final class EngineRunner implements SampleRunner {
    /** Caches may take this share of what weights and heap leave of the machine's memory; the rest is other programs'. */
    private static final double CACHE_SHARE = 0.7;

    private final LanguageModel model;
    private final KvCodec cacheType;
    private final PromptEncoder prompts;
    private final ModelFacts facts;
    private final PromptCompressors compressors;

    EngineRunner(BenchSpec spec, LanguageModel model) {
        this.model = model;
        this.cacheType = KvCodec.parse(spec.cacheType());
        this.prompts = new PromptEncoder(model.tokenizer(), model.chat());
        this.facts = facts(spec, model);
        this.compressors = new PromptCompressors(model);
    }

    private static ModelFacts facts(BenchSpec spec, LanguageModel model) {
        var config = model.config();
        return new ModelFacts(
                spec.model().name(),
                model.contentHash(),
                config.architecture(),
                spec.model().embedded(),
                config.contextLength(),
                model.chat().isPresent(),
                model.weightBytes(),
                linearWork(config),
                2.0 * config.layers() * config.queryHeads() * config.headDim(),
                model.pool().threads(),
                model.backend(),
                model.backendDetails(),
                VectorWidth.BITS,
                compressors(spec));
    }

    /** Hashes of what results depend on beside the model, of methods that can run. */
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
        double queries = (double) config.hidden() * config.queryHeads() * config.headDim();
        double keys = (double) config.hidden() * config.kvHeads() * config.headDim();
        double feedForward = (double) config.hidden() * config.feedForward();
        return config.layers() * (2 * queries + 2 * keys + 3 * feedForward);
    }

    @Override
    public ModelFacts model() {
        return facts;
    }

    @Override
    public Optional<String> refusal(Method method) {
        return lacking(method);
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
    public EncodedPrompt encode(Prompt prompt, Protocol protocol) {
        return prompts.encode(prompt, protocol);
    }

    @Override
    public OptionalInt repeatedStartToken() {
        return prompts.repeatedStartToken();
    }

    @Override
    public List<Answer> answer(EncodedPrompt prompt, List<Method> methods, AnswerRules rules) {
        var options = new GenerationOptions(
                rules.maxNewTokens(),
                rules.minNewTokens(),
                Sampling.GREEDY,
                Set.of(),
                rules.atNewline() ? StopText.newline(rules.minNewTokens()) : null,
                cacheType,
                PrefillOptions.DEFAULT_CHUNK,
                0,
                cacheMemory(facts.weightBytes()),
                rules.seed());
        return Generation.run(
                        model,
                        prompt.ids(),
                        prompt.compressAfter(),
                        List.copyOf(methods),
                        options,
                        GenerationListener.NONE)
                .stream()
                .map(EngineRunner::answer)
                .toList();
    }

    /** Bytes that the caches of a sample may take together; its methods run in waves that fit. */
    static long cacheMemory(long weightBytes) {
        return cacheMemory(Machines.memory(), weightBytes, Runtime.getRuntime().maxMemory());
    }

    /** The same for a machine with this memory; 0 if that is not known. */
    static long cacheMemory(long memory, long weightBytes, long heapBytes) {
        return memory == 0 ? Long.MAX_VALUE : Math.round(Math.max(0, memory - weightBytes - heapBytes) * CACHE_SHARE);
    }

    private static Answer answer(Completion done) {
        return new Answer(
                done.text(),
                done.stop().name().toLowerCase(Locale.ROOT),
                done.ids().length,
                done.freeTokens(),
                done.cacheBytes(),
                done.storedBytes(),
                done.fullCacheBytes(),
                done.prefillSeconds(),
                done.compressSeconds(),
                done.decodeSeconds(),
                done.decodeSteps());
    }

    @Override
    public CompressedPrompt compress(PromptStep step, String document) {
        return compressors.compress(step, document);
    }

    @Override
    public void close() {
        compressors.close();
    }

    @Override
    public long fullCacheBytes(int tokens) {
        return model.cacheShape().fullBytes(tokens, cacheType);
    }
}
