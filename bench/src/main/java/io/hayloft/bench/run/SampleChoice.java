package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Chooses the samples of a run.
 *
 * @param samples in the order in which they run: one of each task and length, then the next of each, so that partial
 *     scores mean something early
 * @param notes what was left out or changed, and why
 */
record SampleChoice(List<PlannedSample> samples, List<String> notes) {
    /** Longest answer of any LongBench task: kept free when the context limits the prompt. */
    private static final int ROOM_FOR_ANSWER = 512;

    /** Room for the answer of a generated task. */
    private static final int ROOM_FOR_SHORT_ANSWER = 64;

    /** Tokens that a chat format may add around a prompt. */
    static final int ROOM_FOR_CHAT = 64;

    /**
     * Chooses for a specification and the model behind the runner.
     *
     * @throws UserError if nothing is left, a prompt is longer than the context, or data is missing
     */
    static SampleChoice of(BenchSpec spec, SampleRunner runner) {
        var notes = new ArrayList<>(spec.notes());
        var compat = spec.compat();
        if (compat != null) {
            compat.switches().forEach(one -> notes.add(one.line()));
        }
        var ranked = new ArrayList<Ranked>();
        for (var name : spec.tasks()) {
            var task = Tasks.named(name);
            if (!task.suitedTo(runner.tokens())) {
                throw new UserError(
                        "task " + name + " does not suit " + runner.model().name()
                                + ": its tokenizer lacks words that the task needs. Choose other --tasks");
            }
            for (int length : lengths(spec, task, runner.model(), notes)) {
                int rank = 0;
                var request = request(spec, task, length, runner, notes);
                var samples = task.samples(request);
                var whole = compat == null || !task.needsData() ? samples : task.samples(uncut(request));
                for (var sample : samples) {
                    var uncut = whole.get(rank).prompt();
                    ranked.add(new Ranked(rank++, plan(spec, task, sample, uncut, request, runner)));
                }
            }
        }
        if (ranked.isEmpty()) {
            throw new UserError("nothing to run: no length fits the context of "
                    + runner.model().contextLength() + " tokens of "
                    + runner.model().name() + ". Choose smaller --lengths");
        }
        if (!runner.model().chatFormat()
                && ranked.stream().anyMatch(one -> one.sample.sample().prompt().chat())) {
            notes.add("the model has no chat template: prompts go in as plain text");
        }
        if (!runner.model().backend().equals(PrefillBackends.JAVA)) {
            notes.add("prompts are read with the backend " + runner.model().backend()
                    + ": scores differ a little from those of --backend java, and its times are no times of Hayloft's"
                    + " own kernels");
        }
        ranked.sort(Comparator.comparingInt(Ranked::rank));
        return new SampleChoice(ranked.stream().map(Ranked::sample).toList(), List.copyOf(notes));
    }

    private record Ranked(int rank, PlannedSample sample) {}

    private static List<Integer> lengths(BenchSpec spec, Task task, ModelFacts model, List<String> notes) {
        if (task.needsData()) {
            return List.of(0);
        }
        var fitting = new ArrayList<Integer>();
        int longest = model.contextLength() - ROOM_FOR_SHORT_ANSWER - roomForChat(spec, task, model);
        for (int length : spec.lengths()) {
            if (length > model.contextLength()) {
                addOnce(
                        notes,
                        "skipped length " + length + ": " + model.name() + " sees " + model.contextLength()
                                + " tokens");
            } else if (length > longest && longest > 0) {
                addOnce(notes, "length " + length + " became " + longest + ", to leave room for the answer");
                fitting.add(longest);
            } else {
                fitting.add(length);
            }
        }
        return fitting.stream().distinct().toList();
    }

    private static SampleRequest request(
            BenchSpec spec, Task task, int length, SampleRunner runner, List<String> notes) {
        int limit = spec.limitTokens();
        if (task.needsData() && limit == 0) {
            int room = Math.max(ROOM_FOR_ANSWER, spec.maxNewTokens()) + ROOM_FOR_CHAT;
            limit = Math.max(room, runner.model().contextLength() - room);
            addOnce(notes, "prompts over " + limit + " tokens are cut in the middle to fit the context");
        }
        return new SampleRequest(length, spec.samples(), spec.seed(), spec.data(), limit, runner.tokens());
    }

    private static SampleRequest uncut(SampleRequest cut) {
        return new SampleRequest(cut.length(), cut.count(), cut.seed(), cut.data(), 0, cut.tokens());
    }

    private static PlannedSample plan(
            BenchSpec spec, Task task, Sample sample, Prompt whole, SampleRequest request, SampleRunner runner) {
        int length = request.length();
        var prompt = encode(spec, task, sample, runner);
        int maxNewTokens = spec.maxNewTokens() > 0 ? spec.maxNewTokens() : sample.maxNewTokens();
        int context = runner.model().contextLength();
        if (prompt.ids().length + roomForChat(spec, task, runner.model()) + maxNewTokens > context) {
            throw new UserError("sample " + sample.id() + " of " + task.name() + " has " + prompt.ids().length
                    + " tokens and an answer of up to " + maxNewTokens + ", the context of "
                    + runner.model().name() + " is " + context + ": choose smaller --lengths or --limit-tokens");
        }
        var stop = task.stop();
        var rules = new AnswerRules(
                maxNewTokens, stop.minNewTokens(), stop.atNewline(), drawSeed(spec.seed(), task, sample, length));
        int limit = task.needsData() ? request.limitTokens() : 0;
        return new PlannedSample(
                task, sample, whole, limit, prompt, Hashes.of(sample.prompt().text()), length, rules);
    }

    /** Tokens to keep free for the chat format of a needle, which {@code --paper-compat} adds for some methods. */
    private static int roomForChat(BenchSpec spec, Task task, ModelFacts model) {
        boolean added = spec.compat() != null && task.category() == Category.NEEDLE && model.chatFormat();
        return added ? ROOM_FOR_CHAT : 0;
    }

    private static EncodedPrompt encode(BenchSpec spec, Task task, Sample sample, SampleRunner runner) {
        try {
            return runner.encode(sample.prompt(), spec.protocol());
        } catch (UserError e) {
            throw new UserError("sample " + sample.id() + " of " + task.name() + ": " + e.getMessage(), e);
        }
    }

    /** Seed of a sample's random draws: its own, as one draw for all samples would be one case of chance, not a mean. */
    private static long drawSeed(long seed, Task task, Sample sample, int length) {
        var parts = new LinkedHashMap<String, Object>();
        parts.put("seed", seed);
        parts.put("task", task.name());
        parts.put("sample", sample.id());
        parts.put("length", length);
        return Long.parseUnsignedLong(Hashes.of(parts).substring(0, 16), 16);
    }

    private static void addOnce(List<String> notes, String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }
}
