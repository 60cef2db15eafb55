package io.hayloft.tasks.ruler;

import io.hayloft.base.UserError;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.SampleRequest;
import io.hayloft.tasks.Samples;
import io.hayloft.tasks.Task;
import io.hayloft.tasks.TokenCounter;
import io.hayloft.tasks.definition.DefinedTask;
import io.hayloft.tasks.definition.Definition;
import io.hayloft.tasks.metric.DatasetScore;
import io.hayloft.tasks.metric.Metric;
import io.hayloft.tasks.metric.StringMatch;
import io.hayloft.tasks.needle.Haystack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One task of RULER. Its samples are read from the user's files in the official form, where the data folder has some of
 * this task, and generated otherwise.
 */
public final class RulerTask extends DefinedTask {
    private static final int USUAL_LENGTH = 4096;
    private static final int USUAL_SAMPLES = 10;

    private final RulerSettings settings;
    private final StringMatch match;

    /**
     * The task of a definition.
     *
     * @throws UserError if a key is missing or wrong
     */
    public RulerTask(Definition definition) {
        this(definition, StringMatch.RULER);
    }

    private RulerTask(Definition definition, StringMatch match) {
        super(definition);
        this.settings = RulerSettings.of(definition);
        this.match = match;
    }

    @Override
    public String promptForm() {
        return settings.family().template() + settings.family().answerPrefix();
    }

    @Override
    public boolean suitedTo(TokenCounter tokens) {
        return Haystack.INSTANCE.isReadableBy(tokens);
    }

    @Override
    public boolean ownLengths(@Nullable Path data) {
        return data != null && RulerFile.find(name(), data) != null;
    }

    @Override
    public int longestAnswer(SampleRequest request) {
        return settings.family().tokensToGenerate();
    }

    @Override
    public Samples open(SampleRequest request) {
        var data = request.data();
        var file = data == null ? null : RulerFile.find(name(), data);
        if (file != null) {
            return file.samples(request, this);
        }
        int length = request.length() == 0 ? USUAL_LENGTH : request.length();
        int count = request.count() == 0 ? USUAL_SAMPLES : request.count();
        var samples = new RulerSamples(
                new Job(settings, length, request.seed(), inputs(data), Job.NO_MODEL_TEMPLATE, request.tokens()));
        return Samples.of(count, index -> sample(samples.get(index), length, request.seed(), index));
    }

    /** The inputs in a data folder or its sub-folder {@code inputs}, else our own. */
    private static RulerInputs inputs(@Nullable Path data) {
        if (data == null) {
            return RulerInputs.builtIn();
        }
        var folder = Files.isDirectory(data.resolve("inputs")) ? data.resolve("inputs") : data;
        return RulerInputs.isIn(folder) ? RulerInputs.in(folder) : RulerInputs.builtIn();
    }

    private Sample sample(RulerSample drawn, int length, long seed, int index) {
        return sample(drawn, name() + "-" + length + "-" + seed + "-" + index, Map.of("length", length));
    }

    /** A sample in the official form as one of the benchmark. */
    Sample sample(RulerSample drawn, String id, Map<String, Object> facets) {
        var family = settings.family();
        var prompt = RulerPrompt.parts(drawn.input() + drawn.answerPrefix(), family);
        return new Sample(
                name(), category(), id, prompt, drawn.outputs(), List.of(), family.tokensToGenerate(), facets);
    }

    /**
     * Draws samples in the official form, one after the other.
     *
     * @throws UserError if the official program would fail or never end
     */
    public OfficialForm official(RulerRequest request) {
        var template = request.modelTemplate();
        if (!template.contains(Job.NO_MODEL_TEMPLATE)) {
            throw new UserError("a model template needs a place " + Job.NO_MODEL_TEMPLATE + " for the task's own");
        }
        var samples = new RulerSamples(
                new Job(settings, request.length(), request.seed(), request.inputs(), template, request.tokens()));
        return samples::get;
    }

    /** Gives samples in the official form by their number, from 0. */
    public interface OfficialForm {
        /** Draws a sample; those before it are drawn first if they have not been. */
        RulerSample get(int index);
    }

    @Override
    public double score(Sample sample, String output) {
        return definition().metric() == Metric.STRING_MATCH_ALL
                ? match.all(output, sample.references())
                : match.any(output, sample.references());
    }

    @Override
    public double scoreOfRow(Sample sample, String output) {
        if (sample.references().isEmpty()) {
            throw new IllegalArgumentException("expected at least one answer");
        }
        return score(sample, output);
    }

    @Override
    public double dataSetScore(double[] scores) {
        return DatasetScore.ofMean(scores);
    }

    /** The same task with the scorer of kvpress, which leaves control characters out instead of making them line feeds. */
    public Task asKvpress() {
        return new RulerTask(definition(), StringMatch.KVPRESS);
    }
}
