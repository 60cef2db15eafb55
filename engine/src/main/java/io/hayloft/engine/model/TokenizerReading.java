package io.hayloft.engine.model;

import io.hayloft.base.UserError;
import io.hayloft.formats.checkpoint.Checkpoint;
import io.hayloft.tokenizer.Tokenizer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tokenizer of a checkpoint once: in a thread of its own while others pack weights, or at its first use.
 *
 * <p>A failure waits for who asks for the tokenizer, since many a use of a model needs none.
 */
final class TokenizerReading implements AutoCloseable {
    private final FutureTask<Tokenizer> task;
    private final AtomicBoolean begun = new AtomicBoolean();

    /** Reads nothing yet. */
    TokenizerReading(Checkpoint checkpoint) {
        task = new FutureTask<>(() -> CheckpointText.tokenizer(checkpoint));
    }

    /** Begins to read in the background; before anything else here is called. */
    void begin() {
        Thread.ofPlatform().daemon().name("tokenizer").start(task);
        begun.set(true);
    }

    /** Waits for the end of what {@link #begin} began, be it well or not. */
    void await() {
        if (begun.get()) {
            try {
                result();
            } catch (RuntimeException | Error e) {
                // kept for who asks for the tokenizer
            }
        }
    }

    /**
     * The tokenizer, read now unless that has begun.
     *
     * @throws UserError if the model's files bring none, or a broken one; the same at each call
     */
    Tokenizer tokenizer() {
        if (begun.compareAndSet(false, true)) {
            task.run();
        }
        return result();
    }

    private Tokenizer result() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException unchecked(@Nullable Throwable cause) {
        return switch (cause) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            case null, default -> new IllegalStateException(cause);
        };
    }

    /** Frees the tokenizer if one was read; waits for a thread that still reads. */
    @Override
    public void close() {
        if (begun.compareAndSet(false, true)) {
            task.cancel(false);
            return;
        }
        await();
        if (task.state() == FutureTask.State.SUCCESS) {
            task.resultNow().close();
        }
    }
}
