package io.hayloft.tasks.generated;

import io.hayloft.tasks.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Sentences that say nothing of use, drawn from the templates and words of the resource {@code prose.yaml}.
 *
 * @param templates sentences; each {@code {list}} is a place for a word of that list
 * @param words lists of words, separated by white space
 * @param padding short words that fill a prompt up to its length
 */
record Prose(List<String> templates, Map<String, String> words, String padding) {
    private static final Prose INSTANCE =
            YAMLMapper.shared().readValue(TaskData.resource(Prose.class, "prose.yaml"), Prose.class);
    private static final Pattern PLACE = Pattern.compile("\\{([a-z]+)}");
    private static final Pattern BEFORE_VOWEL = Pattern.compile("\\b([Aa]) (?=[aeio]|u(?!se))");
    private static final Map<String, List<String>> LISTS = new ConcurrentHashMap<>();
    private static final int SENTENCES_OF_PARAGRAPH = 5;

    /** One sentence, with its full stop. */
    static String sentence(SeededRandom random) {
        var words = PLACE.matcher(random.pick(INSTANCE.templates))
                .replaceAll(place -> random.pick(INSTANCE.list(place.group(1))));
        return BEFORE_VOWEL.matcher(words).replaceAll("$1n ");
    }

    /** That many different sentences. */
    static List<String> different(int count, SeededRandom random) {
        var sentences = new ArrayList<String>();
        while (sentences.size() < count) {
            var next = sentence(random);
            if (!sentences.contains(next)) {
                sentences.add(next);
            }
        }
        return sentences;
    }

    /** That many sentences. */
    static List<String> sentences(int count, SeededRandom random) {
        var sentences = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            sentences.add(sentence(random));
        }
        return sentences;
    }

    /** Sentences in paragraphs of five, with an empty line between two. */
    static String paragraphs(List<String> sentences) {
        var text = new StringBuilder();
        for (int i = 0; i < sentences.size(); i++) {
            text.append(i == 0 ? "" : i % SENTENCES_OF_PARAGRAPH == 0 ? "\n\n" : " ");
            text.append(sentences.get(i));
        }
        return text.toString();
    }

    /** Words for the padding. */
    static List<String> paddingWords() {
        return List.of(INSTANCE.padding.strip().split("\\s+", -1));
    }

    private List<String> list(String name) {
        return LISTS.computeIfAbsent(
                name, _ -> List.of(words.getOrDefault(name, "").strip().split("\\s+", -1)));
    }
}
