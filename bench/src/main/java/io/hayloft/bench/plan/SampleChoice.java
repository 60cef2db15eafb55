package io.hayloft.bench.plan;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.paper.PaperRows;
import io.hayloft.bench.record.RunLine;
import io.hayloft.kernels.PrefillBackends;
import io.hayloft.tasks.Category;
import io.hayloft.tasks.Prompt;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.registry.Tasks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The samples of a run. They are counted here and made one by one when they are about to run, so that neither the start of
 * a run nor its memory depends on how many there are.
 */
public final class SampleChoice {
    /** Longest answer of any LongBench task: kept free when the context limits the prompt. */
    private static final int ROOM_FOR_ANSWER = 512;

    /** Least room for the answer of a generated task. */
    private static final int ROOM_FOR_SHORT_ANSWER = 64;

    private final BenchSpec spec;
    private final SampleRunner runner;
    private final List<String> notes;
    private final List<Group> groups = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();
    private final List<Protocol> protocols;

    /**
     * Samples of one task and length.
     *
     * @param uncut the same samples with prompts that are not cut, where the run wants those; else the same object
     */
    private record Group(Task task, SampleRequest request, Samples samples, Samples uncut) {}

    /** A sample of a group, by its index there, and where its question stands. */
    private record Place(Group group, int rank, Protocol protocol) {}

    /**
     * About how much work a sample is.
     *
     * @param promptTokens tokens of its prompt
     * @param questionTokens tokens that follow after compression
     * @param answerTokens longest answer
     */
    public record Size(int promptTokens, int questionTokens, int answerTokens) {}

    private SampleChoice(BenchSpec spec, SampleRunner runner) {
        this.spec = spec;
        this.runner = runner;
        this.notes = new ArrayList<>(spec.notes());
        this.protocols = spec.protocol().each();
    }

    /**
     * Chooses for a specification and the model behind the runner.
     *
     * @throws UserError if nothing is left, or data is missing
     */
    public static SampleChoice of(BenchSpec spec, SampleRunner runner) {
        var choice = new SampleChoice(spec, runner);
        choice.addGroups();
        choice.addOrder();
        return choice;
    }

    /** The tasks that need no files and suit the model. */
    private String suited() {
        return Tasks.all().stream()
                .filter(task -> !task.needsData() && task.suitedTo(runner.tokens()))
                .map(Task::name)
                .collect(Collectors.joining(", "));
    }

    private void addGroups() {
        var compat = spec.compat();
        if (compat != null) {
            compat.switches().forEach(one -> notes.add(one.line()));
        }
        for (var name : spec.tasks()) {
            var task = Tasks.named(name);
            if (!task.suitedTo(runner.tokens())) {
                throw new UserError(
                        "task " + name + " does not suit " + runner.model().name()
                                + ": its tokenizer lacks words that the task needs. Choose another --model, or"
                                + " from these --tasks: " + suited());
            }
            for (int length : lengths(task)) {
                var request = request(task, length);
                var samples = task.open(request);
                boolean same = compat == null || !task.needsData();
                groups.add(new Group(task, request, samples, same ? samples : task.open(uncut(request))));
            }
        }
        if (groups.isEmpty()) {
            throw new UserError("nothing to run: no length fits the context of "
                    + runner.model().contextLength() + " tokens of "
                    + runner.model().name() + ". Choose smaller --lengths");
        }
        if (!runner.model().backend().equals(PrefillBackends.JAVA)) {
            notes.add("prompts are read with the backend " + runner.model().backend()
                    + ": scores differ a little from those of --backend java, and its times are not those of Hayloft's"
                    + " own kernels");
        }
    }

    /** One sample of each task and length, then the next of each, so that partial scores mean something early. */
    private void addOrder() {
        boolean more = true;
        for (int rank = 0; more; rank++) {
            more = false;
            for (var group : groups) {
                if (rank < group.samples().count()) {
                    for (var protocol : protocols) {
                        places.add(new Place(group, rank, protocol));
                    }
                    more = true;
                }
            }
        }
    }

    private List<Integer> lengths(Task task) {
        if (task.needsData()) {
            return List.of(0);
        }
        var model = runner.model();
        var fitting = new ArrayList<Integer>();
        for (int length : spec.lengths()) {
            if (length > model.contextLength()) {
                addOnce("skipped length " + length + ": " + model.name() + " sees " + model.contextLength()
                        + " tokens");
                continue;
            }
            int longest = model.contextLength() - roomForAnswer(task, length) - roomForChat(task, model);
            if (length > longest && longest > 0) {
                addOnce("length " + length + " became " + longest + ", to leave room for the answer");
            }
            fitting.add(length > longest && longest > 0 ? longest : length);
        }
        return fitting.stream().distinct().toList();
    }

    private int roomForAnswer(Task task, int length) {
        int answer = spec.maxNewTokens() > 0 ? spec.maxNewTokens() : task.longestAnswer(request(task, length));
        return Math.max(ROOM_FOR_SHORT_ANSWER, answer);
    }

    private SampleRequest request(Task task, int length) {
        int limit = spec.limitTokens();
        if (task.needsData() && limit == 0) {
            int room = Math.max(ROOM_FOR_ANSWER, spec.maxNewTokens()) + PaperRows.ROOM_FOR_CHAT;
            limit = Math.max(room, runner.model().contextLength() - room);
            addOnce("prompts over " + limit + " tokens are cut in the middle to fit the context");
        }
        return new SampleRequest(length, spec.samples(), spec.seed(), spec.data(), limit, runner.tokens());
    }

    private static SampleRequest uncut(SampleRequest cut) {
        return new SampleRequest(cut.length(), cut.count(), cut.seed(), cut.data(), 0, cut.tokens());
    }

    /** Number of samples. */
    public int count() {
        return places.size();
    }

    /** Remarks on what was left out or changed, and why. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** Prompt lengths of generated tasks that are left, ascending. */
    public List<Integer> lengths() {
        return groups.stream()
                .map(group -> group.request().length())
                .filter(length -> length > 0)
                .distinct()
                .sorted()
                .toList();
    }

    /** Task of a sample. */
    public Task task(int index) {
        return places.get(index).group().task();
    }

    /** Where the question of a sample that cannot be made would stand. */
    public Protocol protocol(int index) {
        return places.get(index).protocol();
    }

    /** A name for a sample that cannot be made. */
    public String nameless(int index) {
        return task(index).name() + ", number " + (places.get(index).rank() + 1);
    }

    /** Counts the samples that have lines of all these methods, by their names alone. */
    public int finished(Collection<? extends RunLine> lines, Collection<String> methods) {
        var answered = new HashMap<List<Object>, Set<String>>();
        for (var line : lines) {
            var subject = line.subject();
            var length = Tasks.named(subject.task()).needsData()
                    ? 0
                    : subject.facets().getOrDefault("length", 0);
            var sample = List.of(subject.task(), length, subject.sample(), subject.protocol());
            answered.computeIfAbsent(sample, any -> new HashSet<>()).add(subject.method());
        }
        var complete = new HashMap<List<Object>, Integer>();
        answered.forEach((sample, names) -> {
            if (names.containsAll(methods)) {
                complete.merge(sample.subList(0, 2), 1, Integer::sum);
            }
        });
        int sum = 0;
        for (var group : groups) {
            int found = complete.getOrDefault(
                    List.<Object>of(group.task().name(), group.request().length()), 0);
            sum += Math.min(found, group.samples().count() * protocols.size());
        }
        return sum;
    }

    /**
     * Makes a sample and encodes its prompt.
     *
     * @param index from 0, in the order in which samples run
     * @throws UserError if the prompt and its answer do not fit the context, or the protocol cannot split the prompt
     */
    public PlannedSample planned(int index) {
        var place = places.get(index);
        var group = place.group();
        var sample = QuestionPlace.place(group.samples(), place.rank(), place.protocol());
        var uncut = group.uncut() == group.samples()
                ? sample.prompt()
                : group.uncut().get(place.rank()).prompt();
        return plan(group, sample, uncut, QuestionPlace.of(sample, place.protocol()));
    }

    private PlannedSample plan(Group group, Sample sample, Prompt uncut, Protocol protocol) {
        var task = group.task();
        var prompt = encode(task, sample, protocol);
        int maxNewTokens = spec.maxNewTokens() > 0 ? spec.maxNewTokens() : sample.maxNewTokens();
        int context = runner.model().contextLength();
        if (prompt.ids().length + roomForChat(task, runner.model()) + maxNewTokens > context) {
            throw new UserError("sample " + sample.id() + " of " + task.name() + " has " + prompt.ids().length
                    + " tokens and an answer of up to " + maxNewTokens + ", the context of "
                    + runner.model().name() + " is " + context + ": choose smaller --lengths or --limit-tokens");
        }
        var stop = task.stop();
        int length = group.request().length();
        var rules =
                new AnswerRules(maxNewTokens, stop.minNewTokens(), stop.atNewline(), drawSeed(task, sample, length));
        int limit = task.needsData() ? group.request().limitTokens() : 0;
        return new PlannedSample(task, sample, uncut, limit, prompt, length, rules, protocol);
    }

    /** Tokens to keep free for the chat format of a needle, which {@code --paper-compat} adds for some methods. */
    private int roomForChat(Task task, ModelFacts model) {
        boolean added = spec.compat() != null && task.category() == Category.NEEDLE && model.chatFormat();
        return added ? PaperRows.ROOM_FOR_CHAT : 0;
    }

    private EncodedPrompt encode(Task task, Sample sample, Protocol protocol) {
        try {
            var prompt = runner.encode(sample.prompt(), protocol);
            return QuestionPlace.shares(sample, protocol) ? prompt.sharing() : prompt;
        } catch (UserError e) {
            throw new UserError("sample " + sample.id() + " of " + task.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Seed of a sample's random draws: its own, as one draw for all samples would be one case of chance, not a mean. Samples
     * of one context have the same, as its cache is compressed once for all of them.
     */
    private long drawSeed(Task task, Sample sample, int length) {
        var parts = new LinkedHashMap<String, Object>();
        parts.put("seed", spec.seed());
        parts.put("task", task.name());
        parts.put("sample", sample.facets().getOrDefault(QuestionPlace.CONTEXT, sample.id()));
        parts.put("length", length);
        return Long.parseUnsignedLong(Hashes.of(parts).substring(0, 16), 16);
    }

    private void addOnce(String note) {
        if (!notes.contains(note)) {
            notes.add(note);
        }
    }

    /**
     * About how long every sample is: the first one of each task and length is made, the others are taken to be longer or
     * shorter as their texts are.
     *
     * @throws UserError if one of these does not fit the context, or the protocol cannot split it
     */
    public List<Size> sizes() {
        var firsts = new LinkedHashMap<Group, PlannedSample>();
        for (int i = 0; i < groups.size(); i++) {
            // the order begins with the first sample of each group, by each protocol
            firsts.put(groups.get(i), planned(i * protocols.size()));
        }
        if (!runner.model().chatFormat()
                && firsts.values().stream()
                        .anyMatch(one -> one.sample().prompt().chat())) {
            addOnce("the model has no chat template: prompts go in as plain text");
        }
        return places.stream()
                .map(place -> size(place, Objects.requireNonNull(firsts.get(place.group()))))
                .toList();
    }

    private Size size(Place place, PlannedSample first) {
        var samples = place.group().samples();
        double longer = (double) samples.size(place.rank()) / Math.max(1, samples.size(0));
        int around = first.promptTokens() - first.tokensBeforeCut();
        double tokens = first.tokensBeforeCut() * longer;
        int limit = first.limitTokens();
        if (limit > 0 && tokens > limit) {
            tokens = limit;
        }
        int room = runner.model().contextLength() - first.rules().maxNewTokens();
        int prompt = (int) Math.min(room, Math.max(1, Math.rint(tokens + Math.max(0, around))));
        int question = first.promptTokens() - first.prompt().compressAfter();
        return new Size(prompt, Math.min(question, prompt - 1), first.rules().maxNewTokens());
    }
}
