package io.hayloft.tasks;

import io.hayloft.tasks.metric.DatasetScore;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A source of samples with the metric that scores their answers. Tasks are stateless and may be shared by threads. */
public interface Task {
    /** The name by which the command line and the reports know the task. */
    String name();

    /** The kind of work. */
    Category category();

    /** One line for people: what the task asks. */
    String description();

    /** Says in a few sentences for people what the task measures; empty where {@link #description} says it all. */
    default String measures() {
        return "";
    }

    /** The text of a prompt with named places for what differs by sample; empty for generated tasks. */
    default String promptForm() {
        return "";
    }

    /** The name of the protocol of a run that does not say one; null for the usual one. */
    default @Nullable String protocol() {
        return null;
    }

    /** The metric with its version, such as {@code qa_f1/1}. */
    String metric();

    /** Changes whenever the same request may give other prompts or other scores than before. */
    String version();

    /** When an answer ends early. */
    default StopRule stop() {
        return StopRule.END_OF_SEQUENCE;
    }

    /** Whether samples are read from files in {@link SampleRequest#data()}, rather than generated. */
    default boolean needsData() {
        return false;
    }

    /**
     * Whether the files of samples are there.
     *
     * @param folder the folder with data files, if the user named one; a user's own task may have its file elsewhere
     */
    default boolean hasData(@Nullable Path folder) {
        return folder != null;
    }

    /**
     * Whether samples have lengths of their own, so that a wanted one is ignored: those of a fixed grid, and those from
     * files.
     *
     * @param data the folder with data files, if the user named one
     */
    default boolean ownLengths(@Nullable Path data) {
        return needsData();
    }

    /** Whether samples are turns of conversations, which go on from the model's own answers. */
    default boolean isConversation() {
        return false;
    }

    /** Whether a model with this tokenizer can read and write the task's text at all (no unknown words). */
    default boolean suitedTo(TokenCounter tokens) {
        return true;
    }

    /**
     * The samples of a request, in a fixed order. A smaller count gives the first ones of a larger count.
     *
     * @throws io.hayloft.base.UserError if a data file is missing or broken, or the length is out of the task's range;
     *     making a single sample throws one if the tokenizer cannot fit its prompt
     */
    Samples open(SampleRequest request);

    /** All samples of a request; see {@link #open}. */
    default List<Sample> samples(SampleRequest request) {
        return open(request).toList();
    }

    /** The most tokens that an answer to any of these samples may take. */
    default int longestAnswer(SampleRequest request) {
        return open(request).get(0).maxNewTokens();
    }

    /** The score of an answer, from 0 to 1, after the post-processing that belongs to the task. */
    double score(Sample sample, String output);

    /**
     * The score of an answer in a file of predictions, as {@link #score}.
     *
     * @throws IllegalArgumentException with a reason, where the published scorer fails on such a row
     */
    default double scoreOfRow(Sample sample, String output) {
        return score(sample, output);
    }

    /** The published score of a data set, from 0 to 100 with two decimals, from those of its samples (0 to 1, at least one). */
    default double dataSetScore(double[] scores) {
        return DatasetScore.of(scores);
    }
}
