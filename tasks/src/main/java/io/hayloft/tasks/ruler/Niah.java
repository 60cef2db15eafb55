package io.hayloft.tasks.ruler;

import io.hayloft.tasks.python.PythonRandom;
import io.hayloft.tasks.ruler.Fitting.Draft;
import io.hayloft.tasks.ruler.Fitting.DrawingFailed;
import io.hayloft.tasks.ruler.Fitting.Fitted;
import io.hayloft.tasks.ruler.RulerSettings.HaystackType;
import io.hayloft.tasks.ruler.RulerSettings.Needles;
import io.hayloft.tasks.ruler.RulerSettings.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/** Needles in a haystack: values of keys, hidden in prose or among lines (the official program {@code niah}). */
final class Niah implements Generator {
    /** The line that haystacks of equal lines are made of. */
    static final String NOISE =
            "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

    private static final Wording NEEDLE =
            Wording.parse("One of the special magic {type_needle_v} for {key} is: {value}.");

    /** Lengths below this one change the number of lines in finer steps. */
    private static final int SHORT_LENGTH = 4096;

    private static final int WORDS_STEP = 500;
    private static final int LINES_STEP = 25;
    private static final int FINE_STEP = 5;
    private static final int DEPTHS = 40;

    private final Needles needles;
    private final Draws draws;
    private final RulerInputs inputs;
    private final Wording prompt;
    private final String valueName;
    private final Fitting fitting;
    private final int units;

    Niah(Job job, Draws draws) {
        this.needles = job.settings().hidden();
        this.draws = draws;
        this.inputs = job.inputs();
        boolean single = needles.queries() * needles.values() == 1;
        this.prompt = Wording.parse(single ? singular(job.template()) : job.template());
        var plural = plural();
        this.valueName = single ? plural.substring(0, plural.length() - 1) : plural;
        this.fitting = job.fitting(step(job.length()));
        this.units = fitting.units(this::draw, fitting.byOneStep(), 0);
    }

    private int step(int length) {
        if (needles.haystack() == HaystackType.PROSE) {
            return WORDS_STEP;
        }
        return length < SHORT_LENGTH ? FINE_STEP : LINES_STEP;
    }

    /** The wording for one answer: it changes all of the text, whatever the words mean there. */
    private static String singular(String template) {
        return template.replace("Some", "A")
                .replace("are all", "is")
                .replace("are", "is")
                .replace("answers", "answer");
    }

    private String plural() {
        return needles.valueType().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Fitted next(int index) {
        return fitting.sample(this::draw, units);
    }

    private Draft draw(int size) {
        var keys = new ArrayList<String>();
        var values = new ArrayList<List<String>>();
        var hidden = new ArrayList<String>();
        for (int i = 0; i < needles.keys(); i++) {
            var key = drawn(needles.keyType());
            var ofKey = new ArrayList<String>();
            for (int j = 0; j < needles.values(); j++) {
                ofKey.add(drawn(needles.valueType()));
                hidden.add(needle(key, ofKey.getLast()));
            }
            keys.add(key);
            values.add(ofKey);
        }
        draws.shuffleAnew(hidden);
        var context = needles.haystack() == HaystackType.PROSE ? inProse(size, hidden) : amongLines(size, hidden);
        int[] asked = sample(keys.size(), needles.queries());
        var query = list(Arrays.stream(asked).mapToObj(keys::get).toList());
        var outputs =
                Arrays.stream(asked).mapToObj(values::get).flatMap(List::stream).toList();
        return new Draft(prompt.fill(Map.of("type_needle_v", valueName, "context", context, "query", query)), outputs);
    }

    private String drawn(ValueType type) {
        PythonRandom random = draws.python();
        return switch (type) {
            case WORDS -> inputs.keyWords().at(random.below(inputs.keyWords().size()));
            case NUMBERS -> Long.toString(random.between(1_000_000, 9_999_999));
            case UUIDS -> uuid(random);
        };
    }

    /** A random UUID of version 4: the lower half is drawn first. */
    private static String uuid(PythonRandom random) {
        long low = random.bits(64);
        long high = random.bits(64);
        return new UUID((high & ~0xF000L) | 0x4000L, (low & ~(0xC000L << 48)) | (0x8000L << 48)).toString();
    }

    private String needle(String key, String value) {
        return NEEDLE.fill(Map.of("type_needle_v", plural(), "key", key, "value", value));
    }

    private int[] sample(int size, int count) {
        try {
            return draws.python().sample(size, count);
        } catch (IllegalArgumentException e) {
            throw DrawingFailed.always(
                    count + " needles do not fit into " + size + " places", "ask for longer prompts");
        }
    }

    /** Needles between sentences; an empty run of sentences leaves its blank. */
    private String inProse(int words, List<String> hidden) {
        var sentences = Sentences.of(inputs.prose(words));
        int[] places = Arrays.stream(sample(DEPTHS, hidden.size()))
                .map(place -> (int) (sentences.size() * (depth(place) / 100.0)))
                .sorted()
                .toArray();
        var parts = new ArrayList<String>();
        int from = 0;
        for (int i = 0; i < places.length; i++) {
            parts.add(String.join(" ", sentences.subList(from, places[i])));
            parts.add(hidden.get(i));
            from = places[i];
        }
        parts.add(String.join(" ", sentences.subList(from, sentences.size())));
        return String.join(" ", parts);
    }

    /** One of the forty depths in percent: equal steps from 0 to 100, rounded. */
    private static int depth(int place) {
        return (int) Math.rint(place * (100.0 / (DEPTHS - 1)));
    }

    /** Needles among lines; the first needle gets the last of their places. */
    private String amongLines(int size, List<String> hidden) {
        var lines = new ArrayList<String>(size + hidden.size());
        for (int i = 0; i < size; i++) {
            lines.add(
                    needles.haystack() == HaystackType.NOISE
                            ? NOISE
                            : needle(drawn(needles.keyType()), drawn(needles.valueType())));
        }
        var places = new ArrayList<Integer>();
        Arrays.stream(sample(size, hidden.size())).forEach(places::add);
        places.sort(Collections.reverseOrder());
        for (int i = 0; i < places.size(); i++) {
            lines.add(places.get(i), hidden.get(i));
        }
        return String.join("\n", lines);
    }

    /** The keys with commas; {@code and} before the last one. */
    private static String list(List<String> keys) {
        return keys.size() == 1
                ? keys.getFirst()
                : String.join(", ", keys.subList(0, keys.size() - 1)) + ", and " + keys.getLast();
    }
}
