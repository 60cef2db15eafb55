package io.hayloft.tasks.ruler;

import io.hayloft.tasks.ruler.Draws.Position;
import io.hayloft.tasks.ruler.Fitting.Fitted;
import io.hayloft.tasks.ruler.RulerSettings.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one task, length and seed in their order. Each is drawn when it is asked for; of those before it only the
 * positions of the random generators are kept.
 */
final class RulerSamples {
    private static final int SEARCHED_START = 10;

    private final Job job;
    private final Draws draws;

    /** Where the generators stood before each sample, and after the last one so far. */
    private final List<Position> positions = new ArrayList<>();

    private @Nullable Generator generator;

    RulerSamples(Job job) {
        this.job = job;
        this.draws = new Draws(job.seed());
    }

    /**
     * Draws a sample again or for the first time; then those before it are drawn, too.
     *
     * @param index from 0
     * @throws io.hayloft.base.UserError if the official program would fail or never end
     */
    synchronized RulerSample get(int index) {
        if (generator == null) {
            generator = Generator.of(job, draws);
            positions.add(draws.position());
        }
        for (int i = positions.size() - 1; i < index; i++) {
            drawn(generator, i);
        }
        return sample(drawn(generator, index), index);
    }

    private Fitted drawn(Generator generator, int index) {
        draws.seek(positions.get(index));
        var fitted = generator.next(index);
        if (positions.size() == index + 1) {
            positions.add(draws.position());
        }
        return fitted;
    }

    private RulerSample sample(Fitted fitted, int index) {
        var family = job.settings().family();
        var text = fitted.draft().text();
        var outputs = fitted.draft().outputs();
        var start = family.answerPrefix()
                .substring(0, Math.min(SEARCHED_START, family.answerPrefix().length()));
        int end = text.lastIndexOf(start);
        var input = text.substring(0, end);
        var prefix = text.substring(end);
        if (family.kind() != Kind.NIAH) {
            return new RulerSample(index, input, outputs, fitted.length(), prefix, -1);
        }
        int answer = input.indexOf(outputs.getFirst());
        int tokens = job.tokens().count(input.substring(0, answer));
        return new RulerSample(input.codePointCount(0, answer), input, outputs, fitted.length(), prefix, tokens);
    }
}
