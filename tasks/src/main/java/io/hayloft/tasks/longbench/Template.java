package io.hayloft.tasks.longbench;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A prompt template around a document and a question. Texts are joined, never searched, so braces or {@code {input}}
 * inside a sample stay as they are.
 *
 * @param before the instruction before the document, split where the question is put in
 * @param after what follows the document, split alike
 */
record Template(List<String> before, List<String> after) {
    private static final String CONTEXT = "{context}";
    private static final String INPUT = "{input}";
    private static final Pattern PLACE = Pattern.compile("\\{([A-Za-z_]+)}");

    /**
     * Reads a template with {@code {context}}, once, and {@code {input}}, as often as it likes.
     *
     * @throws UserError if {@code {context}} is missing or there twice, or another word stands in braces
     */
    static Template parse(String text) {
        PLACE.matcher(text).results().forEach(place -> {
            if (!place.group().equals(CONTEXT) && !place.group().equals(INPUT)) {
                throw Suggest.unknown("place in a prompt", place.group(), List.of(CONTEXT, INPUT));
            }
        });
        int context = text.indexOf(CONTEXT);
        if (context < 0 || text.indexOf(CONTEXT, context + 1) >= 0) {
            throw new UserError("a prompt has {context}, the place of the document, once");
        }
        return new Template(pieces(text.substring(0, context)), pieces(text.substring(context + CONTEXT.length())));
    }

    private static List<String> pieces(String text) {
        return List.of(text.split(Pattern.quote(INPUT), -1));
    }

    /** The prompt of a sample; everything after the document belongs to the question. */
    Prompt fill(String context, String input, boolean chat) {
        return new Prompt(String.join(input, before), context, String.join(input, after), chat);
    }
}
