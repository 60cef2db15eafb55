package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.Protocol;
import io.hayloft.bench.identity.RecordKey;
import io.hayloft.bench.plan.PlannedSample;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunLine;
import io.hayloft.methods.Method;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The lines that earlier starts of a run have left, found by task, sample, protocol and method. */
final class EarlierLines {
    private final String folder;
    private final Map<List<String>, RunLine> lines = new HashMap<>();

    /** @param folder what errors call the place of these lines */
    EarlierLines(String folder, Collection<RunLine> all) {
        this.folder = folder;
        add(all);
    }

    /** Lines that have been written since. */
    void add(Collection<? extends RunLine> more) {
        for (var line : more) {
            var subject = line.subject();
            lines.merge(
                    List.of(subject.task(), subject.sample(), subject.protocol(), subject.method()),
                    line,
                    (before, newer) -> before instanceof BenchRecord ? before : newer);
        }
    }

    @Nullable
    RunLine find(String task, String sample, Protocol protocol, String method) {
        return lines.get(List.of(task, sample, protocol.text(), method));
    }

    /** The lines of a job's sample by its methods. */
    List<RunLine> of(SampleJob job, int index) {
        var choice = job.choice();
        var name = choice.name(index);
        return job.methods().stream()
                .map(method -> find(choice.task(index).name(), name, choice.protocol(index), method.name()))
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Whether a method need not run on a sample again.
     *
     * @throws UserError if there is an answer to another prompt, by other rules or with other references
     */
    boolean answered(PlannedSample planned, Method method, PromptGroups groups, Recorder recorder) {
        var line = find(planned.task().name(), planned.sample().id(), planned.protocol(), method.name());
        if (line instanceof BenchRecord record) {
            if (!record.key().equals(expectedKey(record, planned, method, groups, recorder))) {
                throw changed(planned, "its prompt or the rules of its answer are");
            }
            if (!record.references().equals(planned.sample().references())) {
                throw changed(planned, "its right answers are");
            }
        }
        return line != null;
    }

    /**
     * The key that a record has if it answers this sample. If the text is the same, a method that shortens prompts is taken
     * to shorten it as before: its weights are part of the key, and running it again would take as long as the sample.
     */
    private static String expectedKey(
            BenchRecord record, PlannedSample planned, Method method, PromptGroups groups, Recorder recorder) {
        if (PromptGroups.shortens(method)) {
            var running = groups.running(method, record.promptTokens());
            boolean sameText = record.promptSha256().equals(planned.promptSha256());
            var prompt =
                    new RecordKey.Prompt(sameText ? record.origin().promptIdsSha256() : "", record.compressAfter());
            return recorder.key(planned, method, running.name(), prompt);
        }
        var prompt = groups.prompt(method);
        var running = groups.running(method, prompt.ids().length);
        return recorder.key(planned, method, running.name(), Recorder.keyPart(prompt));
    }

    private UserError changed(PlannedSample planned, String what) {
        return new UserError(
                folder + " has an answer to sample " + planned.sample().id() + " of "
                        + planned.task().name() + ", but " + what
                        + " no longer the same (was a data file changed?): name another --out folder");
    }
}
