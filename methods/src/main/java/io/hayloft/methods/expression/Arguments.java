package io.hayloft.methods.expression;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the arguments of one {@link MethodCall} with their types, limits and defaults.
 *
 * <p>Every read is remembered, so that {@link #finish} can refuse what no one asked for, and {@link #text} can print the
 * call with exactly the options that differ from their defaults.
 */
public final class Arguments {
    private final MethodCall call;
    private final List<String> known = new ArrayList<>();
    private final Map<String, String> changed = new LinkedHashMap<>();
    private @Nullable String amount;

    /** Reads the arguments of a call. */
    public Arguments(MethodCall call) {
        this.call = call;
    }

    /**
     * The amount behind the colon.
     *
     * @param example what to write, for the error
     * @throws UserError if there is none
     */
    public String amount(String example) {
        if (call.amount() == null) {
            throw new UserError(
                    "method '" + call.name() + "' needs an amount: write for example " + call.name() + ":" + example);
        }
        amount = call.amount();
        return amount;
    }

    /** The amount behind the colon, or null. */
    public @Nullable String optionalAmount() {
        amount = call.amount();
        return amount;
    }

    /** Replaces the amount in the printed form by its canonical text. */
    public void printAmountAs(String text) {
        amount = text;
    }

    /** A whole number between the limits. */
    public int integer(String key, int fallback, int least, int most) {
        var value = value(key);
        int number = fallback;
        if (value != null) {
            try {
                number = Integer.parseInt(value);
            } catch (NumberFormatException e) {
                throw new UserError(
                        where(key) + " must be a whole number from " + least + " to " + most + ", not '" + value + "'",
                        e);
            }
            if (number < least || number > most) {
                throw new UserError(where(key) + " must be from " + least + " to " + most + ", not " + number);
            }
        }
        note(key, number == fallback, Integer.toString(number));
        return number;
    }

    /** One of the given words; the first one is the default. */
    public String choice(String key, String... words) {
        var value = value(key);
        var word = value == null ? words[0] : value.toLowerCase(Locale.ROOT);
        if (!List.of(words).contains(word)) {
            throw new UserError(call.name() + ": " + key + " '" + word + "' is not known: "
                    + Suggest.closest(word, List.of(words))
                            .map(near -> "did you mean '" + near + "'?")
                            .orElseGet(() -> "known are: " + String.join(", ", words)));
        }
        note(key, word.equals(words[0]), word);
        return word;
    }

    /** A file or folder as the user wrote it, or null. */
    public @Nullable String path(String key) {
        var value = value(key);
        if (value != null) {
            note(key, false, value);
        }
        return value;
    }

    /**
     * Ends the reading.
     *
     * @throws UserError if the call has an option or an amount that was never read
     */
    public void finish() {
        for (var key : call.options().keySet()) {
            if (!known.contains(key)) {
                throw known.isEmpty()
                        ? new UserError("method '" + call.name() + "' has no options, but got '" + key + "'")
                        : Suggest.unknown("option of " + call.name(), key, known);
            }
        }
        if (call.amount() != null && amount == null) {
            throw new UserError("method '" + call.name() + "' takes no amount, but got '" + call.amount() + "'");
        }
    }

    /** The call in canonical form: the amount, then the options that differ from their defaults. */
    public String text() {
        var parts = new ArrayList<String>();
        if (amount != null) {
            parts.add(amount);
        }
        changed.forEach((key, value) -> parts.add(key + "=" + value));
        return parts.isEmpty() ? call.name() : call.name() + ":" + String.join(",", parts);
    }

    private @Nullable String value(String key) {
        known.add(key);
        return call.options().get(key);
    }

    private void note(String key, boolean isDefault, String value) {
        if (!isDefault) {
            changed.put(key, value);
        }
    }

    private String where(String key) {
        return "option " + key + " of " + call.name();
    }
}
