package io.hayloft.tasks.generated;

import io.hayloft.tasks.Prompt;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text of a sample before it is fitted to a length.
 *
 * @param instruction what stands before the document
 * @param document the long part
 * @param question everything after it, up to where the answer begins
 * @param answers the items of the true answer, in order
 * @param facets what scores are grouped by, besides the length
 * @param spans named parts of the prompt
 * @param system whether the instruction is a system message
 */
record Drawn(
        String instruction,
        String document,
        String question,
        List<String> answers,
        Map<String, Object> facets,
        List<Prompt.Span> spans,
        boolean system) {
    /** Copies the lists. */
    Drawn {
        answers = List.copyOf(answers);
        spans = List.copyOf(spans);
    }

    /** A text without named parts. */
    Drawn(String instruction, String document, String question, List<String> answers) {
        this(instruction, document, question, answers, Map.of(), List.of(), false);
    }

    /** The same text with one more facet. */
    Drawn with(String facet, Object value) {
        var more = new LinkedHashMap<>(facets);
        more.put(facet, value);
        return new Drawn(instruction, document, question, answers, more, spans, system);
    }

    /** The same text with named parts. */
    Drawn with(List<Prompt.Span> named) {
        return new Drawn(instruction, document, question, answers, facets, named, system);
    }

    /** The same text with its instruction as a system message. */
    Drawn withSystemMessage() {
        return new Drawn(instruction, document, question, answers, facets, spans, true);
    }

    /** The prompt with this padding at the end of its document. */
    Prompt prompt(String padding, boolean chat) {
        return new Prompt(instruction, document + padding, question, chat, List.of(), spans, system && chat);
    }
}
