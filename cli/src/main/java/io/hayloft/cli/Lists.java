package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.methods.expression.MethodList;
import java.util.ArrayList;
import java.util.List;

/** Lists as users write them: {@code a,b,c}. */
final class Lists {
    private Lists() {}

    /**
     * The parts between commas, without blanks around them.
     *
     * @param option the option that holds the list
     * @param texts what was given with it, each time it was given
     * @throws UserError if the option was given, but names nothing
     */
    static List<String> words(String option, List<String> texts) {
        var words = new ArrayList<String>();
        for (var text : texts) {
            for (var part : text.split(",", -1)) {
                if (!part.isBlank()) {
                    words.add(part.strip());
                }
            }
        }
        if (words.isEmpty() && !texts.isEmpty()) {
            throw new UserError(option + " names nothing");
        }
        return words;
    }

    /** Method expressions, which may hold commas themselves: {@code full,snapkv:4x,window=64,kivi:2bit} are three. */
    static List<String> methods(String option, List<String> texts) {
        var methods = new ArrayList<String>();
        for (var text : texts) {
            methods.addAll(MethodList.join(words(option, List.of(text))));
        }
        return methods;
    }

    /** Numbers of tokens: {@code 512,4k}. */
    static List<Integer> lengths(String option, List<String> texts) {
        return words(option, texts).stream().map(Sizes::tokens).toList();
    }

    /** The same, with 0 among them: {@code 0,8k}. */
    static List<Integer> lengthsFromZero(String option, List<String> texts) {
        return words(option, texts).stream()
                .map(word -> word.equals("0") ? 0 : Sizes.tokens(word))
                .toList();
    }

    /** Whole numbers from 1 on: {@code 1,2,4}. */
    static List<Integer> counts(String option, List<String> texts) {
        return words(option, texts).stream().map(word -> count(option, word)).toList();
    }

    private static int count(String option, String word) {
        if (!word.matches("[1-9][0-9]{0,8}")) {
            throw new UserError(option + " must be whole numbers from 1 on, not '" + word + "'");
        }
        return Integer.parseInt(word);
    }
}
