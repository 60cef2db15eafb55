package io.hayloft.tasks.generated;

import io.hayloft.base.UserError;
import io.hayloft.tasks.SeededRandom;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.ruler.RulerInputs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The data that a task file gives a generator, within {@code parameters}.
 *
 * @param name name of the task
 * @param chat whether prompts are wrapped in the model's chat format
 * @param oneLine whether a line feed ends the answer
 * @param shortest fewest tokens of a prompt
 * @param texts wording by name; each {@code {}} in it is a place for a value
 * @param numbers sizes by name
 * @param words words by name, separated by white space
 * @param lines sentences and templates by name
 */
record TaskData(
        String name,
        boolean chat,
        boolean oneLine,
        int shortest,
        Map<String, String> texts,
        Map<String, String> numbers,
        Map<String, String> words,
        List<String> lines) {
    private static final int LONGEST = 1 << 24;

    /** After these many, names would repeat. */
    private static final int MOST_NAMES = 145_000;

    private static final List<String> NOUNS = ruler("nouns.txt");
    private static final List<String> ADJECTIVES = ruler("adjectives.txt");

    /** Reads the parameters of a definition. */
    static TaskData of(Definition definition) {
        var parameters = definition.parameters();
        return new TaskData(
                definition.name(),
                parameters.flag("chat", false),
                parameters.flag("one-line", false),
                parameters.integer("shortest", 1, LONGEST),
                parameters.texts("texts"),
                parameters.texts("numbers"),
                parameters.texts("words"),
                parameters.list("lines", List.of()));
    }

    private static List<String> ruler(String resource) {
        return resource(RulerInputs.class, resource).lines().toList();
    }

    static String resource(Class<?> beside, String name) {
        try (var stream = beside.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> T needed(Map<String, T> values, String key) {
        var value = values.get(key);
        if (value == null) {
            throw new UserError("task " + name + ": its generator needs '" + key + "' within the parameters");
        }
        return value;
    }

    /** A text with its places filled in. */
    String text(String key, Object... values) {
        return fill(needed(texts, key), values);
    }

    /** The text before the document, with an empty line after it. */
    String instruction(Object... values) {
        return text("instruction", values).strip() + "\n\n";
    }

    /** A template with each {@code {}} replaced by the next value. */
    static String fill(String template, Object... values) {
        var parts = template.split("\\{}", -1);
        if (parts.length != values.length + 1) {
            throw new UserError("the text '" + template.strip() + "' needs " + values.length + " places {}");
        }
        var filled = new StringBuilder(parts[0]);
        for (int i = 0; i < values.length; i++) {
            filled.append(values[i]).append(parts[i + 1]);
        }
        return filled.toString();
    }

    /** A size. */
    int number(String key) {
        var text = needed(numbers, key);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new UserError("task " + name + ": '" + key + "' is a whole number, not '" + text + "'", e);
        }
    }

    /** A size, or the given one. */
    int number(String key, int otherwise) {
        return numbers.containsKey(key) ? number(key) : otherwise;
    }

    /** Words of this file. */
    List<String> words(String key) {
        return Arrays.asList(needed(words, key).strip().split("\\s+", -1));
    }

    /** That many different names such as {@code amber falcon}, in random order. */
    static List<String> names(int count, SeededRandom random) {
        if (count > MOST_NAMES) {
            throw new UserError("a text with " + count + " names: ask for shorter prompts");
        }
        var nouns = random.shuffled(NOUNS);
        var adjectives = random.shuffled(ADJECTIVES);
        var names = new ArrayList<String>(count);
        // every noun comes once before any comes again, and each time with another adjective
        for (int i = 0; i < count; i++) {
            int round = i / nouns.size();
            names.add(adjectives.get((i + round) % adjectives.size()) + " " + nouns.get(i % nouns.size()));
        }
        return names;
    }
}
