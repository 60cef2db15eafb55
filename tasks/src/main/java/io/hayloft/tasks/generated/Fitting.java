package io.hayloft.tasks.generated;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.TokenCounter;

/**
 * Fits drawn texts to a length in tokens: as many units as fit, then words without meaning up to the last tokens.
 *
 * @param task name for errors
 * @param chat whether prompts are wrapped in the model's chat format, which the length does not count
 */
record Fitting(String task, Generator generator, boolean chat, TokenCounter tokens) {
    private static final int MOST_TRIES = 40;

    /** Tokens that may stay free, of a length: a hundredth. */
    private static final int FREE = 100;

    private static final String PADDING = "\n\nUnrelated words:";

    /** A new random generator in the state that every try begins with. */
    interface Start {
        SeededRandom random();
    }

    /** A text with its prompt of the wanted length. */
    record Fitted(Drawn drawn, Prompt prompt) {}

    /** A text of some units with its tokens. */
    private record Tried(int units, Drawn drawn, int tokens) {}

    /**
     * Draws a text of the wanted length.
     *
     * @param length tokens of the prompt, with one for BOS
     * @throws UserError if not even the smallest text fits
     */
    Fitted fit(int length, int index, Start start) {
        int fewest = generator.fewestUnits();
        var least = tried(fewest, index, start);
        if (least.tokens() > length) {
            throw new UserError(task + ": " + length + " tokens are too few with the tokenizer of this model: ask for "
                    + least.tokens() + " or more");
        }
        var more = tried(2 * fewest + 8, index, start);
        double perUnit = Math.max(0.5, (double) (more.tokens() - least.tokens()) / (more.units() - fewest));
        var best = least;
        int units = fewest + (int) ((length - least.tokens()) / perUnit);
        for (int i = 0; i < MOST_TRIES && units > best.units(); i++) {
            var next = tried(units, index, start);
            if (next.tokens() <= length) {
                best = next;
                perUnit = Math.max(0.5, (double) (next.tokens() - least.tokens()) / Math.max(1, units - fewest));
                units += (int) ((length - next.tokens()) / perUnit);
            } else {
                units -= Math.max(1, (int) Math.ceil((next.tokens() - length) / perUnit));
            }
        }
        return padded(best, length, index, start);
    }

    private Tried tried(int units, int index, Start start) {
        var drawn = generator.draw(units, index, start.random());
        return new Tried(units, drawn, count(drawn.prompt("", chat)));
    }

    /** With a BOS token, whether the model has one or not, so that prompts do not depend on it. */
    private int count(Prompt prompt) {
        return 1 + tokens.count(prompt.text());
    }

    private Fitted padded(Tried best, int length, int index, Start start) {
        int shortestPadding = tokens.count(PADDING + " " + Prose.paddingWords().getFirst());
        int gap = length - best.tokens();
        boolean unfit = gap < 0 || (gap > length / FREE && gap < shortestPadding);
        if (unfit && best.units() > generator.fewestUnits()) {
            return padded(tried(best.units() - 1, index, start), length, index, start);
        }
        if (gap < shortestPadding) {
            return new Fitted(best.drawn(), best.drawn().prompt("", chat));
        }
        var words = Prose.paddingWords();
        var padding = new StringBuilder(PADDING);
        var random = start.random();
        for (int used = tokens.count(PADDING); used < gap; ) {
            var word = " " + random.pick(words);
            padding.append(word);
            used += Math.max(1, tokens.count(word));
        }
        var text = padding.toString();
        var prompt = best.drawn().prompt(text, chat);
        while (count(prompt) > length) {
            text = text.substring(0, text.lastIndexOf(' '));
            prompt = best.drawn().prompt(text, chat);
        }
        return new Fitted(best.drawn(), prompt);
    }
}
