package io.hayloft.bench.run;

import io.hayloft.base.UserError;
import io.hayloft.bench.BenchSpec;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.bench.record.RunLine;
import io.hayloft.bench.record.RunWriter;
import io.hayloft.engine.model.LanguageModel;
import io.hayloft.methods.registry.Methods;
import io.hayloft.tasks.Task;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run whose caller names, one after the other, the parts that run: some methods on one sample. Records, prefills that
 * methods share, and going on where an earlier start was stopped are those of {@link BenchRun}, which would complete the
 * folder. Holds the lock on its folder, once a part has run, until it is closed.
 */
public final class PartialRun implements AutoCloseable {
    private final SampleJob job;
    private final BenchRun.Prepared prepared;
    private final long start = System.nanoTime();
    private @Nullable Folder folder;

    /** The folder when it is open, and the lines in it. */
    private record Folder(RunWriter writer, EarlierLines earlier) {}

    private PartialRun(SampleJob job) {
        this.job = job;
        this.prepared = BenchRun.Prepared.of(job);
    }

    /**
     * Chooses the samples of a run, which names all methods and samples that any part may need. Its folder is opened when the
     * first part runs. The model stays the caller's to close.
     *
     * @throws UserError if a data file is missing, or no length fits the model
     */
    public static PartialRun of(BenchSpec spec, LanguageModel model) {
        var job = SampleJob.open(spec, model);
        try {
            return new PartialRun(job);
        } catch (RuntimeException e) {
            job.close();
            throw e;
        }
    }

    /** The specification without the methods that cannot run here. */
    public BenchSpec spec() {
        return job.spec();
    }

    /** Remarks on what was left out or changed, and why. */
    public List<String> notes() {
        return job.choice().notes();
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
        return prepared.sizes().all().get(index).promptTokens();
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
     * @throws UserError if the folder cannot be used or holds another run, or as {@link BenchRun#run}
     */
    public List<RunLine> answer(int index, List<String> methods) {
        var parsed = methods.stream().map(Methods::parse).toList();
        var open = folder();
        var lines = job.missing(index, open.earlier, parsed).lines();
        if (!lines.isEmpty()) {
            open.writer.append(lines);
            open.earlier.add(lines);
        }
        var choice = job.choice();
        var task = choice.task(index).name();
        var sample = choice.name(index);
        var answers = new ArrayList<RunLine>();
        for (var method : parsed) {
            var line = open.earlier.find(task, sample, choice.protocol(index), method.name());
            if (line == null) {
                throw new IllegalStateException("no line of " + method.name() + " on sample " + sample);
            }
            answers.add(line);
        }
        return answers;
    }

    private Folder folder() {
        if (folder == null) {
            var writer = prepared.open(_ -> false);
            folder = new Folder(writer, new EarlierLines(writer.folder().toString(), writer.lines()));
        }
        return folder;
    }

    /** Notes in {@code run.json} that the last part is done. */
    public RunFolder finish() {
        return folder().writer.finish(BenchRun.now(), (System.nanoTime() - start) * 1e-9);
    }

    @Override
    public void close() {
        try (var _ = folder == null ? null : folder.writer) {
            job.close();
        }
    }
}
