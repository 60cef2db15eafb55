package io.hayloft.tasks.ruler;

import io.hayloft.tasks.metric.UnicodeText;
import io.hayloft.tasks.ruler.Fitting.Draft;
import io.hayloft.tasks.ruler.Fitting.DrawingFailed;
import io.hayloft.tasks.ruler.Fitting.Fitted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * A value that is handed on from variable to variable, after one solved example (the official program
 * {@code variable_tracking}).
 */
final class VariableTracking implements Generator {
    private static final int NAMES = 5;
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final int SHORT_LENGTH = 4096;
    private static final int STEP = 10;
    private static final int FINE_STEP = 5;

    /** Most tokens of the example, its value and the length of its names. */
    private static final int EXAMPLE_LENGTH = 500;

    private static final String EXAMPLE_VALUE = "12345";
    private static final int EXAMPLE_LETTERS = 3;
    private static final int USUAL_LETTERS = 5;

    private final Draws draws;
    private final Wording prompt;

    /** Where the example goes: before the text that begins like this. */
    private final String begin;

    private final String example;
    private final Fitting fitting;
    private final int units;

    VariableTracking(Job job, Draws draws) {
        this.draws = draws;
        this.prompt = Wording.parse(job.template());
        var family = job.settings().family();
        this.begin = family.template().substring(0, 20);
        this.example = example(job, Wording.parse(family.template() + family.answerPrefix()));
        this.fitting = job.fitting(job.length() < SHORT_LENGTH ? FINE_STEP : STEP);
        int exampleTokens = job.tokens().count(example);
        this.units = fitting.units(size -> draw(size, false, prompt), fitting.byOneStep(), exampleTokens);
    }

    private String example(Job job, Wording wording) {
        var fitting = new Fitting(job.settings().name(), EXAMPLE_LENGTH, 0, FINE_STEP, job.tokens());
        Fitting.Drawing drawing = size -> draw(size, true, wording);
        var draft = fitting.sample(drawing, fitting.units(drawing, fitting.byOneStep(), 0))
                .draft();
        return draft.text() + " " + String.join(" ", draft.outputs()) + "\n";
    }

    @Override
    public Fitted next(int index) {
        return fitting.sample(this::drawWithExample, units);
    }

    private Draft drawWithExample(int size) {
        var draft = draw(size, false, prompt);
        int place = draft.text().indexOf(begin);
        var text = draft.text().substring(0, place)
                + renamed()
                + "\n"
                + draft.text().substring(place);
        return new Draft(text, draft.outputs());
    }

    /** The example with new names and a new value; a new name that is also a later old one is replaced again. */
    private String renamed() {
        var words = UnicodeText.words(example);
        var text = example;
        for (var name : words.subList(words.size() - NAMES, words.size())) {
            text = text.replace(name, draws.python().word(LETTERS, name.length()));
        }
        return text.replace(EXAMPLE_VALUE, value());
    }

    private String value() {
        return Integer.toString(draws.numpy().between(10_000, 99_999));
    }

    private Draft draw(int size, boolean forExample, Wording wording) {
        var names = names(forExample ? EXAMPLE_LETTERS : USUAL_LETTERS);
        var value = forExample ? EXAMPLE_VALUE : value();
        if (names.size() > NAMES) {
            if (!forExample) {
                value(); // of a second chain, which lacks names
            }
            throw DrawingFailed.once("a variable name was drawn twice");
        }
        var lines = new ArrayList<String>(size + NAMES);
        for (int i = 0; i < size; i++) {
            lines.add(Niah.NOISE);
        }
        int[] places = sorted(size);
        for (int i = 0; i < NAMES; i++) {
            lines.add(places[i] + i, statement(names, i, value));
        }
        var context = String.join("\n", lines).replace(". \n", ".\n");
        var text = wording.fill(Map.of("context", context, "query", value, "num_v", Integer.toString(NAMES)));
        return new Draft(text, names);
    }

    private int[] sorted(int size) {
        if (size < NAMES) {
            throw DrawingFailed.always(
                    NAMES + " statements do not fit into " + size + " lines", "ask for longer prompts");
        }
        return Arrays.stream(draws.python().sample(size, NAMES)).sorted().toArray();
    }

    private static String statement(List<String> names, int index, String value) {
        return "VAR " + names.get(index) + " = " + (index == 0 ? value : "VAR " + names.get(index - 1) + " ");
    }

    /** The names in the order of drawing; more than needed if one came twice. */
    private List<String> names(int letters) {
        var names = new ArrayList<String>();
        var different = new HashSet<String>();
        while (names.size() < NAMES || different.size() < NAMES) {
            var name = draws.python().word(LETTERS, letters);
            names.add(name);
            different.add(name);
        }
        return names;
    }
}
