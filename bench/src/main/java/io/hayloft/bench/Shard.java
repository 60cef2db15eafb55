package io.hayloft.bench;

import io.hayloft.base.UserError;
import java.util.regex.Pattern;

/**
 * A part of the samples of a run: every {@code count}-th of them, in the order in which they run.
 *
 * @param index which part, from 1
 * @param count number of parts
 */
public record Shard(int index, int count) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

    /** Refuses a part that is none. */
    public Shard {
        if (count < 1 || index < 1 || index > count) {
            throw new UserError(
                    "part " + index + " of " + count + " is none: parts are counted from 1 to their number");
        }
    }

    /**
     * Reads {@code 2/3}. As jobs of an array are counted from 0 on some systems, {@code 0/3} is the same as {@code 3/3}.
     *
     * @throws UserError if the text is not a part
     */
    public static Shard parse(String text) {
        var form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new UserError("--shard must be a part and the number of parts such as 2/3, not '" + text + "'");
        }
        int index = Integer.parseInt(form.group(1));
        int count = Integer.parseInt(form.group(2));
        return new Shard(index == 0 ? count : index, count);
    }

    /** Returns whether a sample belongs to this part. */
    public boolean has(int sample) {
        return sample % count == index - 1;
    }

    /** The form that {@link #parse} reads. */
    public String text() {
        return index + "/" + count;
    }
}
