package io.hayloft.bench.plan;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.Hashes;
import io.hayloft.bench.identity.ModelFacts;
import io.hayloft.bench.record.RunLine;
import io.hayloft.kernels.PrefillBackends;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The samples of a run. They are counted here and made one by one when they are about to run, so that neither the start of
 * a run nor its memory depends on how many there are.
 */
public final class SampleChoice {
    private final BenchSpec spec;
    private final SampleRunner runner;
    private final Set<String> notes;
    private final SampleRequests requests;
    private final List<Group> groups = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();

    /**
     * Samples of one task and length.
     *
     * @param uncut the same samples with prompts that are not cut, where the run wants those; else the same object
     */
    record Group(Task task, SampleRequest request, Samples samples, Samples uncut) {}

    /** A sample of a group, by its index there, and where its question stands. */
    record Place(Group group, int rank, Protocol protocol) {}

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
        this.notes = new LinkedHashSet<>(spec.notes());
        this.requests = new SampleRequests(spec, runner, notes::add);
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
        choice.keepShard();
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
            var task = spec.task(name);
            if (!task.suitedTo(runner.tokens())) {
                throw new UserError(
                        "task " + name + " does not suit " + runner.model().name()
                                + ": its tokenizer lacks words that the task needs. Choose another --model, or"
                                + " from these --tasks: " + suited());
            }
            for (int length : requests.lengths(task)) {
                var request = requests.of(task, length);
                var samples = task.open(request);
                boolean same = compat == null || !task.needsData();
                groups.add(
                        new Group(task, request, samples, same ? samples : task.open(SampleRequests.uncut(request))));
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
                    for (var protocol : protocols(group)) {
                        places.add(new Place(group, rank, protocol));
                    }
                    more = true;
                }
            }
        }
    }

    /** Where the questions of a group stand: a conversation is always compressed before its first one. */
    List<Protocol> protocols(Group group) {
        return group.task().isConversation()
                ? List.of(Protocol.QUESTION_AGNOSTIC)
                : spec.protocol().each();
    }

    private void keepShard() {
        var shard = spec.shard();
        if (shard == null) {
            return;
        }
        var kept = IntStream.range(0, places.size())
                .filter(shard::has)
                .mapToObj(places::get)
                .toList();
        places.clear();
        places.addAll(kept);
        if (kept.isEmpty()) {
            throw new UserError("--shard " + shard.text() + " has no sample: the run has fewer samples than parts");
        }
    }

    /** Most tokens of the thoughts before the answer to a chat; {@link AnswerRules#NO_THOUGHTS} if the model has none. */
    int thinkingTokens() {
        return requests.thinkingTokens();
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

    /** All samples, in the order in which they run. */
    List<Place> places() {
        return places;
    }

    /** The group of each task and length. */
    List<Group> groups() {
        return groups;
    }

    /** The specification that the samples are chosen for. */
    BenchSpec spec() {
        return spec;
    }

    /** The model that answers. */
    ModelFacts model() {
        return runner.model();
    }

    /** Task of a sample. */
    public Task task(int index) {
        return places.get(index).group().task();
    }

    /** Where the question of a sample stands when methods compress; not {@code all}. */
    public Protocol protocol(int index) {
        return places.get(index).protocol();
    }

    /** Place of a sample among those of its task and length, from 0. */
    public int rank(int index) {
        return places.get(index).rank();
    }

    /** The name of a sample; its place in its task if it cannot be made. */
    public String name(int index) {
        try {
            return places.get(index)
                    .group()
                    .samples()
                    .get(places.get(index).rank())
                    .id();
        } catch (RuntimeException e) {
            return nameless(index); // the run records why
        }
    }

    /** A name for a sample that cannot be made. */
    public String nameless(int index) {
        return task(index).name() + ", number " + (places.get(index).rank() + 1);
    }

    /** Counts the samples that have lines of all these methods, by their names alone. */
    public int finished(Collection<? extends RunLine> lines, Collection<String> methods) {
        var answered = new HashMap<List<Object>, Set<String>>();
        var own = new HashMap<String, Boolean>(); // which may list a folder
        for (var line : lines) {
            var subject = line.subject();
            boolean ownLength =
                    own.computeIfAbsent(subject.task(), name -> spec.task(name).ownLengths(spec.data()));
            var length = ownLength ? 0 : subject.facets().getOrDefault("length", 0);
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
            sum += (int) Math.min(
                    found,
                    places.stream().filter(place -> place.group().equals(group)).count());
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
        return planned(places.get(index));
    }

    /** Makes any sample of the groups, also one that another part of the run answers. */
    PlannedSample planned(Place place) {
        var group = place.group();
        var sample = QuestionPlace.place(group.samples(), place.rank(), place.protocol());
        var uncut = group.uncut() == group.samples()
                ? sample.prompt()
                : group.uncut().get(place.rank()).prompt();
        return plan(group, sample, uncut, place.protocol());
    }

    private PlannedSample plan(Group group, Sample sample, Prompt uncut, Protocol protocol) {
        var task = group.task();
        var prompt = encode(task, sample, protocol);
        int maxNewTokens = spec.maxNewTokens() > 0 ? spec.maxNewTokens() : sample.maxNewTokens();
        int context = runner.model().contextLength();
        int thoughts = sample.prompt().chat() ? thinkingTokens() : AnswerRules.NO_THOUGHTS;
        var stop = task.stop();
        int length = group.request().length();
        long seed = drawSeed(task, sample, length);
        var rules = new AnswerRules(maxNewTokens, stop.minNewTokens(), stop.atNewline(), seed, thoughts);
        if (prompt.longest(rules.allNewTokens()) + requests.roomForChat(task) > context) {
            throw new UserError("sample " + sample.id() + " of " + task.name() + " has " + prompt.ids().length
                    + " tokens and an answer of up to " + maxNewTokens
                    + (thoughts > 0 ? " after thoughts of up to " + thoughts : "") + ", the context of "
                    + runner.model().name() + " is " + context + ": choose smaller --lengths or --limit-tokens"
                    + (thoughts > 0 ? ", or smaller --max-thinking-tokens" : ""));
        }
        int limit = task.needsData() ? group.request().limitTokens() : 0;
        return new PlannedSample(task, sample, uncut, limit, prompt, length, rules, protocol);
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

    void addOnce(String note) {
        notes.add(note);
    }
}
