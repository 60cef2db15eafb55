package io.hayloft.engine.model;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.formats.config.DecoderConfig;
import io.hayloft.formats.memory.NativeMemory;
import io.hayloft.kernels.PrefillBackend;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.kernels.WeightPacker;
import io.hayloft.kernels.WorkerPool;
import io.hayloft.kernels.packed.PackedModel;
import io.hayloft.kv.cache.CacheShape;
import io.hayloft.tokenizer.ChatFormat;
import io.hayloft.tokenizer.ThinkTags;
import io.hayloft.tokenizer.Tokenizer;
import io.hayloft.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model ready to run: weights packed in memory, tokenizer, chat format, worker threads.
 *
 * <p>Its decoder serves one caller at a time; everything else may be asked from any thread.
 */
public final class LanguageModel implements AutoCloseable {
    private final Checkpoint checkpoint;
    private final WorkerPool pool;
    private final NativeMemory memory;
    private final @Nullable PrefillBackend backend;
    private final PrefillBackend.@Nullable Session session;
    private final Decoder decoder;
    private final @Nullable PackedModel packed;
    private final CacheShape cacheShape;
    private final TokenizerReading tokenizer;
    private @Nullable ChatFormat chat; // once chatRead
    private boolean chatRead;
    private final boolean hasTokenizer;
    private @Nullable ThinkTags thinkTags; // once thinkTagsRead
    private boolean thinkTagsRead;

    private LanguageModel(
            Checkpoint checkpoint,
            WorkerPool pool,
            NativeMemory memory,
            @Nullable PrefillBackend backend,
            PrefillBackend.@Nullable Session session,
            Decoder decoder,
            @Nullable PackedModel packed,
            TokenizerReading tokenizer) {
        this.checkpoint = checkpoint;
        this.pool = pool;
        this.memory = memory;
        this.backend = backend;
        this.session = session;
        this.decoder = decoder;
        this.packed = packed;
        this.tokenizer = tokenizer;
        this.cacheShape = Shapes.cache(checkpoint.config());
        this.hasTokenizer = CheckpointText.hasTokenizer(checkpoint);
    }

    /**
     * Loads a GGUF file or a Hugging Face folder.
     *
     * @throws UserError if the file is broken or of an unsupported kind
     */
    public static LanguageModel load(Path path, LoadOptions options) {
        if (options.tokenizer()) {
            Tokenizers.prepare(path);
        }
        return load(Checkpoint.open(path), options);
    }

    /** Loads an open checkpoint, which is closed with the model, or at once if loading fails. */
    public static LanguageModel load(Checkpoint checkpoint, LoadOptions options) {
        WorkerPool pool = null;
        NativeMemory memory = null;
        PrefillBackend.Session session = null;
        PackedModel packed = null;
        var tokenizer = new TokenizerReading(checkpoint);
        try {
            if (options.tokenizer() && CheckpointText.hasTokenizer(checkpoint)) {
                tokenizer.begin();
            }
            pool = new WorkerPool(options.threads());
            memory = new NativeMemory("the weights of " + checkpoint.path().getFileName());
            var backend = options.backend();
            session = backend == null ? null : backend.open(memory, pool);
            packed = PackedSource.open(options.packed(), checkpoint);
            var packer = new WeightPacker(memory, pool, session, packed);
            var decoder = new DecoderLoader(checkpoint.config(), checkpoint.weights(), memory, pool, packer)
                    .load(options.progress());
            if (packed != null) {
                packed.loaded();
            }
            tokenizer.await();
            return new LanguageModel(checkpoint, pool, memory, backend, session, decoder, packed, tokenizer);
        } catch (RuntimeException | Error e) {
            try {
                close(checkpoint, memory, packed, session, pool, tokenizer);
            } catch (RuntimeException | Error closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /**
     * Refuses a prompt that is longer than the context.
     *
     * @param tokens tokens of the prompt
     * @param advice what else than a shorter prompt helps, to follow the words "shorten the prompt"; may be empty
     * @throws UserError if it does not fit
     */
    public void checkPrompt(int tokens, String advice) {
        int context = config().contextLength();
        if (tokens > context) {
            throw new UserError("the prompt has " + tokens + " tokens, but the context of " + name() + " is " + context
                    + ": shorten the prompt" + advice);
        }
    }

    /** The architecture and its sizes. */
    public DecoderConfig config() {
        return checkpoint.config();
    }

    /**
     * The tokenizer; if it was not read while loading, it is read on first use.
     *
     * @throws UserError if the model's files bring none, or a broken one
     */
    public Tokenizer tokenizer() {
        return tokenizer.tokenizer();
    }

    /** The files that the model was loaded from; they stay the model's to close. */
    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Whether the model's files bring a tokenizer: checkpoints for tests may come without. */
    public boolean hasTokenizer() {
        return hasTokenizer;
    }

    /** The chat format, read at the first call; empty for base models. */
    public synchronized Optional<ChatFormat> chat() {
        if (!chatRead) {
            chat = CheckpointText.chat(checkpoint).orElse(null);
            chatRead = true;
        }
        return Optional.ofNullable(chat);
    }

    /** The tags between which the model writes thoughts; empty if it is not known to think. */
    public synchronized Optional<ThinkTags> thinkTags() {
        if (!thinkTagsRead) {
            thinkTags = chat().filter(_ -> hasTokenizer)
                    .flatMap(format -> ThinkTags.of(format, tokenizer()))
                    .orElse(null);
            thinkTagsRead = true;
        }
        return Optional.ofNullable(thinkTags);
    }

    /** The forward pass. */
    public Decoder decoder() {
        return decoder;
    }

    /** The threads that all work on this model shares. */
    public WorkerPool pool() {
        return pool;
    }

    /** Shape of the caches of this model. */
    public CacheShape cacheShape() {
        return cacheShape;
    }

    /** SHA-256 of the model's files, computed on first use. */
    public String contentHash() {
        return checkpoint.contentHash();
    }

    /** Name of the file without {@code .gguf}, or of the folder. */
    public String name() {
        var name = checkpoint.path().toAbsolutePath().normalize().getFileName().toString();
        return name.endsWith(".gguf") ? name.substring(0, name.length() - ".gguf".length()) : name;
    }

    /** Name of what computes the matrix products of prefills: {@link PrefillBackends#JAVA} or a backend's. */
    public String backend() {
        return backend == null ? PrefillBackends.JAVA : backend.name();
    }

    /** The parts of a backend's identity beside its name, such as its version; empty without a backend. */
    public String backendDetails() {
        return backend == null ? "" : backend.describe();
    }

    /** Bytes of the packed weights in memory, with a backend's copy of them. */
    public long weightBytes() {
        return memory.allocatedBytes();
    }

    /** The part of {@link #weightBytes} that only prefills read: a backend's copy of the weights; 0 without a backend. */
    public long backendBytes() {
        return session == null ? 0 : session.bytes();
    }

    /** Frees weights, threads and tokenizer; the model is of no use afterwards. */
    @Override
    public void close() {
        close(checkpoint, memory, packed, session, pool, tokenizer);
    }

    /** Closes what there is from last to first, the others also if one fails. */
    private static void close(
            Checkpoint checkpoint,
            @Nullable NativeMemory memory,
            @Nullable PackedModel packed,
            PrefillBackend.@Nullable Session session,
            @Nullable WorkerPool pool,
            TokenizerReading tokenizer) {
        try (checkpoint;
                memory;
                packed;
                session;
                pool;
                tokenizer) {
            // each has its own way to close
        }
    }
}
