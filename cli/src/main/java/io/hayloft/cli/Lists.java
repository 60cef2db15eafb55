package io.hayloft.cli;

import io.hayloft.base.Sizes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Lists as users write them: {@code a,b,c}. */
final class Lists {
    /** {@code window=64} goes on with the method before it; {@code kivi:k=4} begins one. */
    private static final Pattern OPTION = Pattern.compile("[^:+=]*=.*", Pattern.DOTALL);

    private Lists() {}

    /** The parts between commas, without blanks around them. */
    static List<String> words(List<String> texts) {
        var words = new ArrayList<String>();
        for (var text : texts) {
            for (var part : text.split(",")) {
                if (!part.isBlank()) {
                    words.add(part.strip());
                }
            }
        }
        return words;
    }

    /** Method expressions, which may hold commas themselves: {@code full,snapkv:4x,window=64,kivi:2bit} are three. */
    static List<String> methods(List<String> texts) {
        var methods = new ArrayList<String>();
        for (var text : texts) {
            int first = methods.size();
            for (var part : words(List.of(text))) {
                if (methods.size() > first && OPTION.matcher(part).matches()) {
                    methods.set(methods.size() - 1, methods.getLast() + "," + part);
                } else {
                    methods.add(part);
                }
            }
        }
        return methods;
    }

    /** Numbers of tokens: {@code 512,4k}. */
    static List<Integer> lengths(List<String> texts) {
        return words(texts).stream().map(Sizes::tokens).toList();
    }
}
