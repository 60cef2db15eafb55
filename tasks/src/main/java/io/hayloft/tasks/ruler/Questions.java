package io.hayloft.tasks.ruler;

import io.hayloft.tasks.ruler.Fitting.Draft;
import io.hayloft.tasks.ruler.Fitting.DrawingFailed;
import io.hayloft.tasks.ruler.Fitting.Fitted;
import io.hayloft.tasks.ruler.QuestionSet.Question;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** A question about one or two of many documents (the official program {@code qa}): sample i asks question i. */
final class Questions implements Generator {
    private static final int STEP = 10;

    private final Draws draws;
    private final QuestionSet set;
    private final Wording prompt;
    private final Fitting fitting;
    private final int units;

    Questions(Job job, Draws draws) {
        this.draws = draws;
        this.set = job.inputs().questions(job.settings().questions());
        this.prompt = Wording.parse(job.template());
        this.fitting = job.fitting(STEP);
        this.units = fitting.units(size -> draw(0, size), fitting.byOneStep(), 0);
    }

    @Override
    public Fitted next(int index) {
        return fitting.sample(size -> draw(index, size), units);
    }

    private Draft draw(int index, int size) {
        if (index >= set.questions().size()) {
            throw DrawingFailed.always(
                    "there are only " + set.questions().size() + " questions", "ask for fewer samples");
        }
        var question = set.questions().get(index);
        var documents = documents(question, size);
        draws.shuffleAnew(documents);
        var context = new StringBuilder();
        for (int i = 0; i < documents.size(); i++) {
            context.append(i == 0 ? "" : "\n\n")
                    .append("Document ")
                    .append(i + 1)
                    .append(":\n")
                    .append(documents.get(i));
        }
        return new Draft(
                prompt.fill(Map.of("context", context.toString(), "query", question.query())), question.outputs());
    }

    private List<String> documents(Question question, int size) {
        var all = set.documents();
        var chosen = new ArrayList<String>(size);
        if (size >= all.size()) {
            for (int i = 0; i < size; i++) {
                chosen.add(all.get(i % all.size())); // the right document may be missing or twice there
            }
            return chosen;
        }
        places(question, size).forEach(place -> chosen.add(all.get(place)));
        return chosen;
    }

    private List<Integer> places(Question question, int size) {
        var places = new ArrayList<>(question.own());
        int others = size - question.own().size();
        if (others <= question.more().size()) {
            if (others < 0) {
                throw DrawingFailed.always(
                        size + " documents, and the question has "
                                + question.own().size() + " of its own",
                        "ask for longer prompts");
            }
            places.addAll(draws.python().sample(question.more(), others));
            return places;
        }
        places.addAll(question.more());
        var rest = new ArrayList<Integer>();
        var taken = new HashSet<>(places);
        for (int i = 0; i < set.documents().size(); i++) {
            if (!taken.contains(i)) {
                rest.add(i);
            }
        }
        places.addAll(
                draws.python().sample(rest, Math.max(0, others - question.more().size())));
        return places;
    }
}
