package io.hayloft.bench.endpoint;

import io.hayloft.base.Suggest;
import java.util.Arrays;
import java.util.Locale;

/** The interface of a server that takes the prompts. */
public enum Api {
    /** Prompts of a task that wants a chat format go to the chat, all others as they are to the completions. */
    AUTO,
    /** All prompts go to {@code /chat/completions}, in the server's chat format. */
    CHAT,
    /** All prompts go to {@code /completions}; those that want a chat format are in that of {@code --model}. */
    COMPLETIONS;

    /** The name on the command line. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The interface of this name.
     *
     * @throws io.hayloft.base.UserError if there is none
     */
    public static Api parse(String name) {
        var names = Arrays.stream(values()).map(Api::text).toList();
        int index = names.indexOf(name);
        if (index < 0) {
            throw Suggest.unknown("--api", name, names);
        }
        return values()[index];
    }
}
