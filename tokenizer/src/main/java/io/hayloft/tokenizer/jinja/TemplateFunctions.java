package io.hayloft.tokenizer.jinja;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.objects.date.StrftimeFormatter;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;

/** Functions that chat templates call. The library wants them static. */
public final class TemplateFunctions {
    /** The variable that holds the clock of a rendering. */
    static final String CLOCK = "__clock__";

    /** What {@code raise_exception} throws. */
    static final class Raised extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Raised(String message) {
            super(message);
        }
    }

    private TemplateFunctions() {}

    static List<ELFunctionDefinition> all() {
        return List.of(
                new ELFunctionDefinition("", "raise_exception", TemplateFunctions.class, "raise", String.class),
                new ELFunctionDefinition("", "strftime_now", TemplateFunctions.class, "now", String.class));
    }

    /** Refuses the messages. */
    @SuppressWarnings("DoNotCallSuggester") // templates call it, by name
    public static String raise(String message) {
        throw new Raised(message);
    }

    /** The present time in the form of {@code strftime}. */
    public static String now(String format) {
        var clock = (Clock) JinjavaInterpreter.getCurrent().getContext().get(CLOCK);
        return StrftimeFormatter.format(ZonedDateTime.now(clock), format, Locale.ENGLISH);
    }
}
