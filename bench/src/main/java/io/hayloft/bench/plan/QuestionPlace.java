package io.hayloft.bench.plan;

import io.hayloft.bench.Protocol;
import io.hayloft.tasks.Sample;
import io.hayloft.tasks.Samples;

/** Puts the question of a sample where a protocol wants it. */
final class QuestionPlace {
    /** Facet of samples that share a context. */
    static final String CONTEXT = "context";

    /** Stands in for the other question where all samples of a task ask the same. */
    private static final String GENERAL = "\n\nWhat is the text above about? Write a short summary of it.";

    private QuestionPlace() {}

    /** Whether a sample is one of several about a context that is compressed once for all of them. */
    static boolean shares(Sample sample, Protocol protocol) {
        return sample.facets().containsKey(CONTEXT) && protocol == Protocol.QUESTION_AGNOSTIC;
    }

    /** The sample as a protocol wants it: with another question at the end of its document, or as it is. */
    static Sample place(Samples samples, int rank, Protocol protocol) {
        var sample = samples.get(rank);
        if (protocol != Protocol.OTHER_QUESTION) {
            return sample;
        }
        var prompt = sample.prompt();
        var other = other(samples, rank, sample);
        var gap = prompt.question().isEmpty()
                        || Character.isWhitespace(prompt.question().charAt(0))
                ? ""
                : "\n";
        return sample.withPrompt(prompt.withDocument(prompt.document() + other.stripTrailing() + gap));
    }

    /** The question of the next sample, of one about the same context if there is one; else a general one. */
    private static String other(Samples samples, int rank, Sample sample) {
        int next = (rank + 1) % samples.count();
        var context = sample.facets().get(CONTEXT);
        if (context != null
                && rank > 0
                && !context.equals(samples.get(next).facets().get(CONTEXT))) {
            next = rank - 1;
        }
        var question = samples.get(next).prompt().question();
        boolean differs = !question.strip().equals(sample.prompt().question().strip());
        return differs && !question.isBlank() ? question : GENERAL;
    }
}
