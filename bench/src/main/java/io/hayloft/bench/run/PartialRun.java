package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.plan.SampleChoice;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunLine;
import io.hayloft.bench.record.RunWriter;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * A run whose caller names, one after the other, the parts that run: some methods on one sample. Records, prefills that
 * methods share, and going on where an earlier start was stopped are those of {@link BenchRun}, which would complete the
 * folder. Holds the lock on its folder until it is closed.
 */
public final class PartialRun implements AutoCloseable {
    private final SampleJob job;
    private final RunWriter writer;
    private final EarlierLines earlier;
    private final List<SampleChoice.Size> sizes;
    private final long start = System.nanoTime();

    private PartialRun(SampleJob job, BenchRun.Opened opened) {
        this.job = job;
        this.writer = opened.writer();
        this.sizes = opened.sizes().all();
        this.earlier = new EarlierLines(writer.folder(), writer.lines());
    }

    /**
     * Opens the folder of a run, which names all methods and samples that any part may need. The model stays the caller's
     * to close.
     *
     * @throws UserError as {@link BenchRun#prepare}
     */
    public static PartialRun open(BenchSpec spec, LanguageModel model) {
        var job = SampleJob.open(spec, model);
        return new PartialRun(job, BenchRun.Opened.of(job, _ -> false));
    }

    /** The specification without the methods that cannot run here. */
    public BenchSpec spec() {
        return job.spec();
    }

    /** Remarks on what was left out or changed, and why. */
    public List<String> notes() {
        var notes = new ArrayList<>(job.choice().notes());
        notes.addAll(writer.notes());
        return notes;
    }

    /** Number of samples; each task, length and place of the question has its first sample before any second one. */
    public int count() {
        return job.count();
    }

    /** Task of a sample. */
    public Task task(int index) {
        return job.choice().task(index);
    }

    /** Place of a sample among those of its task and length, from 0. */
    public int rank(int index) {
        return job.choice().rank(index);
    }

    /** About how many tokens the prompt of a sample has. */
    public int promptTokens(int index) {
        return sizes.get(index).promptTokens();
    }

    /**
     * SHA-256 of the text of a sample's prompt.
     *
     * @throws UserError if the sample cannot be made
     */
    public String promptSha256(int index) {
        return job.choice().planned(index).promptSha256();
    }

    /**
     * The lines of some methods on a sample, in their order: those of earlier starts, and of the others what they answer
     * now. All is on disk when this returns.
     *
     * @param methods canonical expressions of methods of the specification
     * @throws UserError as {@link BenchRun#run}
     */
    public List<RunLine> answer(int index, List<String> methods) {
        var parsed = methods.stream().map(Methods::parse).toList();
        var lines = job.missing(index, earlier, parsed);
        if (!lines.isEmpty()) {
            writer.append(lines);
            earlier.add(lines);
        }
        var choice = job.choice();
        var task = choice.task(index).name();
        var sample = choice.name(index);
        var answers = new ArrayList<RunLine>();
        for (var method : parsed) {
            var line = earlier.find(task, sample, choice.protocol(index), method.name());
            if (line == null) {
                throw new IllegalStateException("no line of " + method.name() + " on sample " + sample);
            }
            answers.add(line);
        }
        return answers;
    }

    /** Notes in {@code run.json} that the last part is done. */
    public RunFolder finish() {
        return writer.finish(BenchRun.now(), (System.nanoTime() - start) * 1e-9);
    }

    @Override
    public void close() {
        try (writer) {
            job.close();
        }
    }
}
