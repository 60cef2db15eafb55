package io.hayloft.bench.plan;

import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.identity.RunSettings;
import io.hayloft.bench.paper.PaperRows;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Asks tasks for samples whose prompts fit the model's context, with room for the answers. */
final class SampleRequests {
    /** Longest answer of any LongBench task: kept free when the context limits the prompt. */
    private static final int ROOM_FOR_ANSWER = 512;

    /** Least room for the answer of a generated task. */
    private static final int ROOM_FOR_SHORT_ANSWER = 64;

    private final BenchSpec spec;
    private final SampleRunner runner;
    private final Consumer<String> notes;

    /** @param notes hears what was left out or changed, and why; the same remark may come several times */
    SampleRequests(BenchSpec spec, SampleRunner runner, Consumer<String> notes) {
        this.spec = spec;
        this.runner = runner;
        this.notes = notes;
    }

    /** The prompt lengths of a task that fit; 0 for a task whose samples have lengths of their own. */
    List<Integer> lengths(Task task) {
        if (task.ownLengths(spec.data())) {
            return List.of(0);
        }
        var model = runner.model();
        var fitting = new ArrayList<Integer>();
        for (int length : spec.lengths()) {
            if (length > model.contextLength()) {
                note("skipped length " + length + ": " + model.name() + " sees " + model.contextLength() + " tokens");
                continue;
            }
            int longest = model.contextLength() - roomForAnswer(task, length) - roomForChat(task);
            if (length > longest && longest > 0) {
                note("length " + length + " became " + longest + ", to leave room for the answer");
            }
            fitting.add(length > longest && longest > 0 ? longest : length);
        }
        return fitting.stream().distinct().toList();
    }

    /**
     * The request for the samples of a task.
     *
     * @param length tokens of their prompts; 0 for a task whose samples have lengths of their own
     */
    SampleRequest of(Task task, int length) {
        int limit = spec.limitTokens();
        if (task.needsData() && limit == 1) {
            note("--limit-tokens 1 cuts nothing, as in the published program");
        }
        if (task.needsData() && limit == 0) {
            int room = Math.max(ROOM_FOR_ANSWER, spec.maxNewTokens())
                    + PaperRows.ROOM_FOR_CHAT
                    + Math.max(0, thinkingTokens());
            limit = Math.max(room, runner.model().contextLength() - room);
            if (runner.model().contextLength() < ModelFacts.UNLIMITED) {
                note("prompts over " + limit + " tokens are cut in the middle to fit the context");
            }
        }
        if (length == 0 && !task.needsData()) {
            // of a grid with lengths of its own only those are used that fit
            int room = spec.maxNewTokens() > 0 ? spec.maxNewTokens() : PaperRows.ROOM_FOR_CHAT + ROOM_FOR_ANSWER;
            limit = Math.max(1, runner.model().contextLength() - room);
        }
        return new SampleRequest(length, spec.samples(), spec.seed(), spec.data(), limit, runner.tokens())
                .withHaystack(spec.haystack());
    }

    /** The same samples with prompts that are not cut. */
    static SampleRequest uncut(SampleRequest cut) {
        return new SampleRequest(cut.length(), cut.count(), cut.seed(), cut.data(), 0, cut.tokens(), cut.haystack());
    }

    private int roomForAnswer(Task task, int length) {
        int answer = spec.maxNewTokens() > 0 ? spec.maxNewTokens() : task.longestAnswer(of(task, length));
        return Math.max(ROOM_FOR_SHORT_ANSWER, answer);
    }

    /** Tokens to keep free for the chat format of a needle, which {@code --paper-compat} adds for some methods. */
    int roomForChat(Task task) {
        boolean added = spec.compat() != null
                && task.category() == Category.NEEDLE
                && runner.model().chatFormat();
        return added ? PaperRows.ROOM_FOR_CHAT : 0;
    }

    /** Most tokens of the thoughts before the answer to a chat; {@link AnswerRules#NO_THOUGHTS} if the model has none. */
    int thinkingTokens() {
        var model = runner.model();
        return model.thinks() && model.chatFormat()
                ? RunSettings.maxThinkingTokens(spec.chat(), model)
                : AnswerRules.NO_THOUGHTS;
    }

    private void note(String line) {
        notes.accept(line);
    }
}
