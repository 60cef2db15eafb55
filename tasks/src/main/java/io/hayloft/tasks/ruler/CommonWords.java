package io.hayloft.tasks.ruler;

import io.hayloft.tasks.ruler.Fitting.Draft;
import io.hayloft.tasks.ruler.Fitting.DrawingFailed;
import io.hayloft.tasks.ruler.Fitting.Estimate;
import io.hayloft.tasks.ruler.Fitting.Fitted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The most common words of a numbered list, after one solved example (the official program {@code common_words_extraction}). */
final class CommonWords implements Generator {
    private static final int SHORT_LENGTH = 4096;
    private static final int STEP = 10;

    /** Words of the list that is measured before the search. */
    private static final int MEASURED = 4096;

    private static final int COMMON = 10;
    private static final Shape SHORT_EXAMPLE = new Shape(3, 1);
    private static final Shape SHORT_LIST = new Shape(6, 1);
    private static final Shape LONG_EXAMPLE = new Shape(10, 3);
    private static final Shape LONG_LIST = new Shape(30, 3);

    /** How often the common words stand in a list, and the others. */
    private record Shape(int common, int others) {}

    private final Draws draws;
    private final RulerInputs inputs;
    private final List<String> words;
    private final Wording prompt;
    private final boolean small;
    private final Fitting fitting;
    private final int units;

    CommonWords(Job job, Draws draws) {
        this.draws = draws;
        this.inputs = job.inputs();
        this.words = new ArrayList<>(inputs.commonWords());
        draws.shuffleAnew(words);
        this.prompt = Wording.parse(job.template());
        this.small = job.length() < SHORT_LENGTH;
        this.fitting = job.fitting(STEP);
        var estimate = new Estimate(MEASURED, perWord -> floorOfRatio(job.length(), perWord) * 2);
        this.units = fitting.units(this::draw, estimate, 0);
    }

    /** Python's {@code //} of positive doubles. */
    private static double floorOfRatio(double dividend, double divisor) {
        double ratio = (dividend - dividend % divisor) / divisor;
        double floor = Math.floor(ratio);
        return ratio - floor > 0.5 ? floor + 1 : floor;
    }

    @Override
    public Fitted next(int index) {
        return fitting.sample(this::draw, units);
    }

    private Draft draw(int size) {
        var example = small ? list(20, SHORT_EXAMPLE) : list(40, LONG_EXAMPLE);
        var asked = list(size, small ? SHORT_LIST : LONG_LIST);
        return new Draft(fill(example) + " " + numbered(example.outputs()) + "\n" + fill(asked), asked.outputs());
    }

    private String fill(Draft list) {
        return prompt.fill(Map.of("context", list.text(), "query", "", "num_cw", Integer.toString(COMMON)));
    }

    private Draft list(int size, Shape shape) {
        var drawn = chosen(size);
        var common = drawn.subList(0, Math.min(COMMON, size));
        var others = drawn.subList(common.size(), size);
        var all = new ArrayList<String>();
        for (int i = 0; i < shape.common(); i++) {
            all.addAll(common);
        }
        for (int i = 0; i < shape.others(); i++) {
            all.addAll(others);
        }
        draws.shuffleAnew(all);
        return new Draft(numbered(all), List.copyOf(common));
    }

    private List<String> chosen(int size) {
        var from = size <= words.size() ? words : inputs.moreWords();
        if (size > from.size()) {
            throw DrawingFailed.always(
                    "a list of " + size + " different words, and there are only " + from.size(),
                    "ask for shorter prompts");
        }
        return draws.python().sample(from, size);
    }

    private static String numbered(List<String> words) {
        var list = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            list.append(i == 0 ? "" : " ").append(i + 1).append(". ").append(words.get(i));
        }
        return list.toString();
    }
}
