package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The closed vocabulary of the mini suite by sections, as the resource {@code vocabulary.txt} lists them. */
final class Vocabulary {
    static final Vocabulary INSTANCE = new Vocabulary();

    private static final String NOUN_CLASS = "noun/";

    private final Map<String, List<String>> sections;
    private final List<List<String>> nounClasses;

    private Vocabulary() {
        sections = sections(resource("vocabulary.txt"));
        nounClasses = sections.entrySet().stream()
                .filter(section -> section.getKey().startsWith(NOUN_CLASS))
                .map(Map.Entry::getValue)
                .toList();
        sections.put("noun", nounClasses.stream().flatMap(List::stream).toList());
        sections.put("digit", List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    }

    /** The words of a section, such as {@code adjective}; {@code noun} is all classes together. */
    List<String> words(String section) {
        var words = sections.get(section);
        if (words == null) {
            throw new IllegalArgumentException("no section " + section + " in the vocabulary");
        }
        return words;
    }

    /** A random word of a section. */
    String pick(String section, SeededRandom random) {
        return random.pick(words(section));
    }

    /** The nouns by what they mean: animals, fruit, tools and so on. */
    List<List<String>> nounClasses() {
        return nounClasses;
    }

    /** The lines of a resource of this package, without comments and blank lines. */
    static List<String> resource(String name) {
        try (var stream = Vocabulary.class.getResourceAsStream(name)) {
            var text = new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, List<String>> sections(List<String> lines) {
        var sections = new LinkedHashMap<String, List<String>>();
        List<String> open = List.of();
        for (var line : lines) {
            if (line.startsWith(" ")) {
                open.addAll(Arrays.asList(line.strip().split(" ", -1)));
            } else {
                open = new ArrayList<>();
                sections.put(line.substring(0, line.indexOf(':')), open);
            }
        }
        return sections;
    }
}
