package io.hayloft.tasks.ruler;

import io.hayloft.tasks.Category;
import io.hayloft.tasks.metric.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings of one task, from the resource {@code tasks.json}.
 *
 * @param name the task's official name
 * @param version changes whenever samples or scores do
 * @param about one line for people
 * @param family what the task shares with others
 * @param needles what is hidden, for the family {@code niah}
 * @param dataset where the questions come from, for the family {@code qa}
 */
record RulerSettings(
        String name,
        String version,
        String about,
        Family family,
        @Nullable Needles needles,
        @Nullable Dataset dataset) {

    /** How samples are drawn. */
    enum Kind {
        NIAH,
        VARIABLE_TRACKING,
        COMMON_WORDS,
        FREQUENT_WORDS,
        QUESTIONS
    }

    /** What needles are hidden in: equal lines, prose, or lines that are needles themselves. */
    enum HaystackType {
        NOISE,
        PROSE,
        NEEDLES
    }

    /** What keys and values are made of. */
    enum ValueType {
        WORDS,
        NUMBERS,
        UUIDS
    }

    /** The file that questions come from. */
    enum Dataset {
        SQUAD,
        HOTPOTQA
    }

    /**
     * What is hidden and asked.
     *
     * @param keys different keys; at least as many as queries
     * @param values values of each key
     * @param queries keys that are asked for
     */
    record Needles(HaystackType haystack, ValueType keyType, ValueType valueType, int keys, int values, int queries) {
        Needles {
            keys = Math.max(keys, queries);
        }
    }

    /**
     * What the tasks of a family share.
     *
     * @param tokensToGenerate official length of an answer; part of the length of a sample
     * @param template prompt with named places
     * @param answerPrefix how the answer begins; the model goes on from there
     * @param instructionEnd what the instruction before the document ends with
     * @param question pattern at whose last match the question begins
     * @param answerStart text at whose first place after it the answer prefix begins
     */
    record Family(
            String name,
            Kind kind,
            Category category,
            Metric metric,
            int tokensToGenerate,
            String template,
            String answerPrefix,
            String instructionEnd,
            String question,
            String answerStart) {}

    private record Entry(
            String name,
            String version,
            String family,
            String about,
            @Nullable Needles needles,
            @Nullable Dataset dataset) {}

    private record Resource(List<Family> families, List<Entry> tasks) {}

    /** The thirteen tasks in the order of the benchmark. */
    static List<RulerSettings> all() {
        try (var stream = RulerSettings.class.getResourceAsStream("tasks.json")) {
            var resource = JsonMapper.shared().readValue(Objects.requireNonNull(stream), Resource.class);
            return resource.tasks().stream()
                    .map(task -> new RulerSettings(
                            task.name(),
                            task.version(),
                            task.about(),
                            family(resource.families(), task.family()),
                            task.needles(),
                            task.dataset()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Family family(List<Family> families, String name) {
        return families.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no family " + name));
    }

    /** What the generator of the family {@code niah} hides. */
    Needles hidden() {
        return Objects.requireNonNull(needles);
    }

    /** Where the generator of the family {@code qa} takes questions from. */
    Dataset questions() {
        return Objects.requireNonNull(dataset);
    }
}
