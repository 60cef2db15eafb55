package io.hayloft.bench.run;

import io.hayloft.base.FileError;
import io.hayloft.base.UserError;
import io.hayloft.bench.ChatChoice;
import io.hayloft.bench.ModelChoice;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.plan.AnswerRules;
import io.hayloft.bench.plan.EncodedPrompt;
import io.hayloft.bench.plan.SampleRunner;
import io.hayloft.engine.generation.Completion;
import io.hayloft.engine.model.CheckpointText;
import io.hayloft.engine.model.Shapes;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.checkpoint.ReadOptions;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.kv.cache.KvCodec;
import io.hayloft.methods.CompressedPrompt;
import io.hayloft.methods.Method;
import io.hayloft.methods.PromptStep;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tokenizer.ChatArguments;
import io.hayloft.tokenizer.ChatFormat;
import io.hayloft.tokenizer.ThinkTags;
import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer, chat format and limits of a model that a server runs: they make the prompts. No weights are loaded, and a
 * folder needs none.
 */
public final class TextRunner implements SampleRunner {
    private static final List<String> TEXT_FILES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "chat_template.json");

    private final Tokenizer tokenizer;
    private final PromptEncoder prompts;
    private final Optional<ThinkTags> tags;
    private final ModelFacts facts;
    private final @Nullable Checkpoint checkpoint;
    private final KvCodec cacheType;

    /**
     * The settings of a run that its other rows were made with, which the folder has to agree on.
     *
     * @param cacheType how their full cache is stored
     * @param backend what multiplies matrices in their prefills
     * @param backendDetails its version and instruction set; empty for Java
     * @param threads worker threads
     */
    public record Engine(String cacheType, String backend, String backendDetails, int threads) {}

    /**
     * Opens what a model's files say about text.
     *
     * @param options how the config is read; of a folder without weights only the context counts
     * @param wishes of these, what reaches the chat template
     * @throws UserError if the files bring no tokenizer, or a broken one
     */
    public static TextRunner open(ModelChoice model, ReadOptions options, Engine engine, ChatChoice wishes) {
        if (!hasWeights(model.path())) {
            var text = new Text(Tokenizers.fromFolder(model.path()), with(wishes, ChatFormat.fromFolder(model.path())));
            return new TextRunner(model, text, null, options, engine);
        }
        var checkpoint = Checkpoint.open(model.path(), options);
        try {
            var text = new Text(CheckpointText.tokenizer(checkpoint), with(wishes, CheckpointText.chat(checkpoint)));
            return new TextRunner(model, text, checkpoint, options, engine);
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    /** The tokenizer and chat format that turn prompts into text and tokens. */
    private record Text(Tokenizer tokenizer, Optional<ChatFormat> chat) {}

    private static Optional<ChatFormat> with(ChatChoice wishes, Optional<ChatFormat> chat) {
        return chat.map(format -> format.with(new ChatArguments(wishes.templateArguments(), wishes.think())));
    }

    private static boolean hasWeights(Path path) {
        if (!Files.isDirectory(path)) {
            return true;
        }
        try (var files = Files.newDirectoryStream(path, "*.safetensors")) {
            return files.iterator().hasNext();
        } catch (IOException e) {
            throw new UserError("cannot read the folder " + path + ": " + FileError.reason(e), e);
        }
    }

    private TextRunner(
            ModelChoice model, Text text, @Nullable Checkpoint checkpoint, ReadOptions options, Engine engine) {
        this.tokenizer = text.tokenizer();
        this.prompts = new PromptEncoder(tokenizer, text.chat());
        this.tags = text.chat().flatMap(format -> ThinkTags.of(format, tokenizer));
        this.checkpoint = checkpoint;
        this.cacheType = KvCodec.parse(engine.cacheType());
        this.facts = new ModelFacts(
                model.name(),
                checkpoint == null ? hash(model.path()) : checkpoint.contentHash(),
                checkpoint == null ? "tokenizer" : checkpoint.config().architecture(),
                model.embedded(),
                context(model, checkpoint, options),
                text.chat().isPresent(),
                prompts.hasInstructionTags(),
                tags.filter(prompts::leavesRoomFor).isPresent(),
                0,
                0,
                0,
                engine.threads(),
                engine.backend(),
                engine.backendDetails(),
                Map.of());
    }

    /**
     * The context, which limits prompts. The embedded model is used where no model was named: its limit is not the server's,
     * which itself refuses what it cannot take.
     */
    private static int context(ModelChoice model, @Nullable Checkpoint checkpoint, ReadOptions options) {
        if (options.context() > 0) {
            return options.context();
        }
        return checkpoint == null || model.embedded()
                ? ModelFacts.UNLIMITED
                : checkpoint.config().contextLength();
    }

    private static String hash(Path folder) {
        var files = new LinkedHashMap<String, String>();
        for (var name : TEXT_FILES) {
            var file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                try {
                    files.put(name, Hashes.of(Files.readString(file, StandardCharsets.UTF_8)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return Hashes.of(Hashes.of(files));
    }

    @Override
    public ModelFacts model() {
        return facts;
    }

    @Override
    public TokenCounter tokens() {
        return prompts;
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
    public Optional<ThinkTags> thinkTags() {
        return tags;
    }

    @Override
    public OptionalInt repeatedBos() {
        return prompts.repeatedBos();
    }

    @Override
    public List<Completion> answer(EncodedPrompt prompt, List<Method> methods, AnswerRules rules) {
        throw new UnsupportedOperationException("there are no weights");
    }

    @Override
    public CompressedPrompt compress(PromptStep step, String document) {
        throw new UnsupportedOperationException("there are no weights");
    }

    @Override
    public long fullCacheBytes(int tokens) {
        return checkpoint == null ? 0 : bytes(checkpoint.config(), tokens);
    }

    private long bytes(DecoderConfig config, int tokens) {
        return Shapes.cache(config).fullBytes(tokens, cacheType);
    }

    @Override
    public void close() {
        tokenizer.close();
        if (checkpoint != null) {
            checkpoint.close();
        }
    }
}
