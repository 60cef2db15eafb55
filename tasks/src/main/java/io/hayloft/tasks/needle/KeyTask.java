package io.hayloft.tasks.needle;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.definition.DefinedTask;
import io.hayloft.tasks.definition.Definition;
import java.util.List;

/** A task that hides a key of digits in prose and asks for it. Its parameter {@code digits} is the length of the key. */
public abstract class KeyTask extends DefinedTask {
    /** Digits of the usual key. */
    public static final int USUAL_DIGITS = 7;

    private final int digits;

    /**
     * A task with keys of this length.
     *
     * @param most the most digits that the task can have
     * @throws UserError if there are none or more
     */
    KeyTask(Definition definition, int digits, int most) {
        super(definition);
        if (digits < 1 || digits > most) {
            throw new UserError(definition.name() + ": " + digits + " digits: ask for 1 to " + most);
        }
        this.digits = digits;
    }

    static int digitsOf(Definition definition) {
        return definition.parameters().integer("digits", 1, Integer.MAX_VALUE, USUAL_DIGITS);
    }

    /** Digits of the key. */
    final int digits() {
        return digits;
    }

    /**
     * The same task with keys of another length.
     *
     * @throws UserError if it has no keys of so many digits
     */
    public abstract KeyTask withDigits(int other);

    /** The name in the task file, and the number of digits where another one was asked for. */
    @Override
    public final String name() {
        var own = super.name();
        if (digits == digitsOf(definition())) {
            return own;
        }
        var stem = own.replaceFirst("-[0-9]+$", "");
        return digits == USUAL_DIGITS ? stem : stem + "-" + digits;
    }

    @Override
    public String description() {
        return super.description().replace("{digits}", String.valueOf(digits));
    }

    @Override
    public final boolean suitedTo(TokenCounter tokens) {
        return Haystack.INSTANCE.isReadableBy(tokens);
    }

    @Override
    public final double score(Sample sample, String output) {
        return definition().metric().best(output, sample.references(), List.of());
    }
}
