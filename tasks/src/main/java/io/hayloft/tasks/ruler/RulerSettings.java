package io.hayloft.tasks.ruler;

import io.hayloft.base.UserError;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.yaml.Fields;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one task.
 *
 * @param name the task's name
 * @param family what the task shares with others
 * @param needles what is hidden, for the family {@code niah}
 * @param dataset where the questions come from, for the family {@code qa}
 */
record RulerSettings(
        String name,
        Family family,
        @Nullable Needles needles,
        @Nullable Dataset dataset) {
    private static final int MOST = 1000;

    /** How samples are drawn. */
    enum Kind {
        NIAH,
        VARIABLE_TRACKING,
        COMMON_WORDS,
        FREQUENT_WORDS,
        QUESTIONS
    }

    /** The text in which needles are hidden: equal lines, prose, or lines that are needles themselves. */
    enum HaystackType {
        NOISE,
        PROSE,
        NEEDLES
    }

    /** The form of keys and values. */
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
     * The needles that are hidden and the questions about them.
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
     * The settings that the tasks of a family share.
     *
     * @param tokensToGenerate official length of an answer; part of the length of a sample
     * @param template prompt with named places
     * @param answerPrefix how the answer begins; the model goes on from there
     * @param instructionEnd what the instruction before the document ends with
     * @param question pattern at whose last match the question begins
     * @param answerStart text at whose first place after it the answer prefix begins
     */
    record Family(
            Kind kind,
            int tokensToGenerate,
            String template,
            String answerPrefix,
            String instructionEnd,
            String question,
            String answerStart) {}

    /**
     * The settings that a definition has.
     *
     * @throws UserError if a key is missing or wrong
     */
    static RulerSettings of(Definition definition) {
        var fields = definition.fields();
        var parameters = definition.parameters();
        var kind = parameters.choice("draw", words(Kind.values()));
        var family = new Family(
                kind,
                fields.integer("answer-tokens", 1, 1 << 20),
                fields.text("prompt"),
                fields.text("answer-prefix"),
                fields.text("instruction-end"),
                fields.text("question"),
                fields.text("answer-start"));
        return new RulerSettings(
                definition.name(),
                family,
                kind == Kind.NIAH ? needles(parameters) : null,
                kind == Kind.QUESTIONS ? parameters.choice("dataset", words(Dataset.values())) : null);
    }

    private static Needles needles(Fields parameters) {
        return new Needles(
                parameters.choice("haystack", words(HaystackType.values())),
                parameters.choice("key-type", words(ValueType.values())),
                parameters.choice("value-type", words(ValueType.values())),
                parameters.integer("keys", 1, MOST),
                parameters.integer("values", 1, MOST),
                parameters.integer("queries", 1, MOST));
    }

    /** Constants by the words for them in task files. */
    private static <T extends Enum<T>> Map<String, T> words(T[] values) {
        return Arrays.stream(values)
                .collect(Collectors.toMap(
                        value -> value.name().toLowerCase(Locale.ROOT).replace('_', '-'), value -> value));
    }

    /** The needles that the generator of the family {@code niah} hides. */
    Needles hidden() {
        return Objects.requireNonNull(needles);
    }

    /** Where the generator of the family {@code qa} takes questions from. */
    Dataset questions() {
        return Objects.requireNonNull(dataset);
    }
}
