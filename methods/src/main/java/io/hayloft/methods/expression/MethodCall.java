package io.hayloft.methods.expression;

import io.hayloft.base.UserError;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One term of a method expression: {@code name}, an optional amount ({@code 4x}, {@code 512}, {@code 2bit}) and options.
 *
 * @param name lower-case name, such as {@code snapkv}
 * @param amount what stands first behind the colon without a key, or null
 * @param options the {@code key=value} pairs in the order given; keys in lower case, values as written
 */
public record MethodCall(String name, @Nullable String amount, Map<String, String> options) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
    private static final int LONGEST = 300;

    /** Copies the options. */
    public MethodCall {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /**
     * Reads one term, such as {@code snapkv:4x,window=64}.
     *
     * @throws UserError if the text has another form
     */
    public static MethodCall parse(String text) {
        if (text.length() > LONGEST) {
            throw new UserError("a method expression of " + text.length() + " characters is too long to be meant");
        }
        var term = text.strip();
        int colon = term.indexOf(':');
        var name = (colon < 0 ? term : term.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            throw malformed(text);
        }
        String amount = null;
        var options = new LinkedHashMap<String, String>();
        if (colon >= 0) {
            var parts = term.substring(colon + 1).split(",", -1);
            for (int i = 0; i < parts.length; i++) {
                var part = parts[i].strip();
                int equals = part.indexOf('=');
                if (equals < 0 && i == 0 && !part.isEmpty()) {
                    amount = part.toLowerCase(Locale.ROOT);
                } else if (equals <= 0 || equals == part.length() - 1) {
                    throw malformed(text);
                } else if (options.put(
                                part.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                                part.substring(equals + 1).strip())
                        != null) {
                    throw new UserError("'" + text + "' gives " + part.substring(0, equals) + " twice");
                }
            }
        }
        return new MethodCall(name, amount, options);
    }

    private static UserError malformed(String text) {
        return new UserError("'" + text + "' is not a method: write for example full, snapkv:4x, kivi:2bit or"
                + " snapkv:4x,window=64");
    }
}
