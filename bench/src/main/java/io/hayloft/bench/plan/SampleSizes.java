package io.hayloft.bench.plan;

import io.hayloft.base.UserError;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.plan.SampleChoice.Group;
import io.hayloft.bench.plan.SampleChoice.Place;
import io.hayloft.bench.plan.SampleChoice.Size;
import io.hayloft.tasks.Samples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * About how long the samples of a run are: one of each task, length and place of the question is made, the others are taken to be longer or shorter
 * as their texts are.
 *
 * @param all one for each sample, in the order in which they run
 * @param example a sample that can be made
 */
public record SampleSizes(List<Size> all, PlannedSample example) {
    /** Samples of each task, length and place of the question that are tried, beside the shortest: one of them all must do for a run to start. */
    private static final int TRIED = 5;

    /** Copies the list. */
    public SampleSizes {
        all = List.copyOf(all);
    }

    /** Samples of which one is an example of all: those of a group whose questions stand in the same place. */
    private record Kind(Group group, Protocol protocol) {
        static Kind of(Place place) {
            return new Kind(place.group(), place.protocol());
        }
    }

    /** A sample that was made, by its index in its group. */
    private record Example(int rank, PlannedSample sample) {}

    /**
     * Estimates the sizes. Samples that cannot be made fail when they run, not here.
     *
     * @throws UserError if none of those that were tried can be made, as they do not fit the context or the protocol cannot
     *     split them
     */
    public static SampleSizes of(SampleChoice choice) {
        var examples = new LinkedHashMap<Kind, Example>();
        RuntimeException first = null;
        for (var kind : kinds(choice)) {
            for (int rank : tried(kind.group().samples())) {
                try {
                    examples.put(
                            kind, new Example(rank, choice.planned(new Place(kind.group(), rank, kind.protocol()))));
                    break;
                } catch (RuntimeException e) {
                    first = first == null ? e : first;
                }
            }
        }
        if (examples.isEmpty()) {
            throw first != null ? first : new UserError("nothing to run: the tasks have no samples");
        }
        addChatNotes(
                choice,
                examples.values().stream()
                        .anyMatch(one -> one.sample().sample().prompt().chat()));
        var any = examples.values().iterator().next();
        int context = choice.model().contextLength();
        var all = choice.places().stream()
                .map(place -> size(place, examples.getOrDefault(Kind.of(place), any), context))
                .toList();
        return new SampleSizes(all, any.sample());
    }

    private static List<Kind> kinds(SampleChoice choice) {
        return choice.groups().stream()
                .flatMap(group -> choice.protocols(group).stream().map(protocol -> new Kind(group, protocol)))
                .toList();
    }

    /** The first samples, and the shortest, which fits if any does. */
    private static int[] tried(Samples samples) {
        int shortest = 0;
        for (int i = 1; i < samples.count(); i++) {
            shortest = samples.size(i) < samples.size(shortest) ? i : shortest;
        }
        int first = Math.min(TRIED, samples.count());
        var ranks = IntStream.range(0, first);
        return (shortest < first ? ranks : IntStream.concat(ranks, IntStream.of(shortest))).toArray();
    }

    private static void addChatNotes(SampleChoice choice, boolean chats) {
        var model = choice.model();
        int thoughts = choice.thinkingTokens();
        var budget = choice.spec().chat().maxThinkingTokens();
        if (chats && !model.chatFormat()) {
            choice.addOnce("the model has no chat template: prompts go in as plain text");
        }
        if (chats && thoughts >= 0) {
            choice.addOnce("before it answers a chat, the model may think for up to " + thoughts
                    + " tokens (--max-thinking-tokens), which are recorded apart and not scored");
        } else if (budget != null) {
            choice.addOnce("--max-thinking-tokens changes nothing: "
                    + (chats ? model.name() + " is not known to think" : "no prompt is a chat"));
        }
    }

    private static Size size(Place place, Example example, int context) {
        var first = example.sample();
        var samples = place.group().samples();
        double longer = (double) samples.size(place.rank()) / Math.max(1, samples.size(example.rank()));
        int around = first.promptTokens() - first.tokensBeforeCut();
        double tokens = first.tokensBeforeCut() * longer;
        int limit = first.limitTokens();
        if (limit > 0 && tokens > limit) {
            tokens = limit;
        }
        int room = context - first.rules().allNewTokens();
        int prompt = (int) Math.min(room, Math.max(1, Math.rint(tokens + Math.max(0, around))));
        int question = first.promptTokens() - first.prompt().compressAfter();
        return new Size(prompt, Math.min(question, prompt - 1), first.rules().allNewTokens());
    }
}
