package io.hayloft.tasks;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The samples that a task has for a request. Each is made when it is asked for and not kept, so that thousands of long
 * prompts need no memory and the first one is there at once.
 */
public final class Samples {
    private final int count;
    private final IntFunction<Sample> maker;
    private final IntToLongFunction size;

    private Samples(int count, IntFunction<Sample> maker, IntToLongFunction size) {
        this.count = count;
        this.maker = maker;
        this.size = size;
    }

    /**
     * Samples with prompts of about the same length.
     *
     * @param maker makes the sample of an index from 0; always the same one for the same index
     */
    public static Samples of(int count, IntFunction<Sample> maker) {
        return new Samples(count, maker, index -> 1);
    }

    /**
     * Samples with prompts of different lengths.
     *
     * @param size about how long the text of the prompt is, in any unit; known without making the sample
     */
    public static Samples of(int count, IntFunction<Sample> maker, IntToLongFunction size) {
        return new Samples(count, maker, size);
    }

    /** The number of samples. */
    public int count() {
        return count;
    }

    /** Makes a sample, from 0; this may take a while, as prompts are cut and fitted in tokens. */
    public Sample get(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("sample " + index + " of " + count);
        }
        return maker.apply(index);
    }

    /** About how long the prompt of a sample is before any cut, in a unit of the task's own: for estimates. */
    public long size(int index) {
        return size.applyAsLong(index);
    }

    /** All samples at once. */
    public List<Sample> toList() {
        return IntStream.range(0, count).mapToObj(this::get).toList();
    }
}
