package io.hayloft.tasks;

import io.hayloft.base.UserError;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which samples a run wants from a task.
 *
 * @param length the wanted length of a prompt in tokens of the model; 0 leaves it to the task. Tasks that read files
 *     have prompts of one natural length and ignore it
 * @param count how many samples; 0 for as many as the task has of itself
 * @param seed where a generating task starts; the same seed gives the same samples
 * @param data the folder with data files, for tasks that read some
 * @param limitTokens the most tokens a prompt may have; longer ones are cut in the middle. 0 for no limit
 * @param tokens the model's tokenizer
 * @param haystack the folder with texts to hide needles in; null for the task's own
 */
public record SampleRequest(
        int length,
        int count,
        long seed,
        @Nullable Path data,
        int limitTokens,
        TokenCounter tokens,
        @Nullable Path haystack) {
    /** A request for the task's own texts. */
    public SampleRequest(int length, int count, long seed, @Nullable Path data, int limitTokens, TokenCounter tokens) {
        this(length, count, seed, data, limitTokens, tokens, null);
    }

    /** The same request for needles in the texts of a folder. */
    public SampleRequest withHaystack(@Nullable Path folder) {
        return new SampleRequest(length, count, seed, data, limitTokens, tokens, folder);
    }

    /**
     * Checks the numbers.
     *
     * @throws UserError if one is negative
     */
    public SampleRequest {
        if (length < 0 || count < 0 || limitTokens < 0) {
            throw new UserError("length, number of samples and token limit cannot be negative: " + length + ", " + count
                    + ", " + limitTokens);
        }
    }
}
