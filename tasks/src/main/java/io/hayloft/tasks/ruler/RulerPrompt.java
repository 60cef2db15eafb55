package io.hayloft.tasks.ruler;

import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.ruler.RulerSettings.Family;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A prompt in its parts, as kvpress cuts it: what a method may compress, the question, the beginning of the answer.
 *
 * @param context all before the question, with its line feeds
 * @param question the question with the blank after it
 * @param answerPrefix how the answer begins, without a blank in front
 */
public record RulerPrompt(String context, String question, String answerPrefix) {
    /**
     * Cuts a prompt; empty if it has no question and answer prefix of this family.
     *
     * @param text all of the prompt, answer prefix included
     */
    static Optional<RulerPrompt> of(String text, Family family) {
        var matcher = Pattern.compile(family.question()).matcher(text);
        int question = -1;
        while (matcher.find()) {
            question = matcher.start();
        }
        int answer = question < 0 ? -1 : text.indexOf(family.answerStart(), question);
        if (answer < 0) {
            return Optional.empty();
        }
        return Optional.of(
                new RulerPrompt(text.substring(0, question), text.substring(question, answer), text.substring(answer)));
    }

    /** A prompt as the model gets it: as plain text, the answer begun; without a question if none is found in it. */
    static Prompt parts(String text, Family family) {
        return of(text, family).map(cut -> cut.toPrompt(family)).orElseGet(() -> new Prompt(text, "", false));
    }

    private Prompt toPrompt(Family family) {
        int end = context.indexOf(family.instructionEnd());
        int document = end < 0 ? 0 : end + family.instructionEnd().length();
        return new Prompt(context.substring(0, document), context.substring(document), question + answerPrefix, false);
    }
}
