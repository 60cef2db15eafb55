package io.hayloft.tasks.ruler;

import io.hayloft.tasks.python.CodePointOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Questions about documents.
 *
 * @param documents every different document, sorted by code point
 * @param questions the questions in the order of their file
 */
record QuestionSet(List<String> documents, List<Question> questions) {
    /**
     * One question.
     *
     * @param outputs its answers; repeats stay
     * @param own places of the documents that it is about
     * @param more places of documents that are used before all others
     */
    record Question(String query, List<String> outputs, List<Integer> own, List<Integer> more) {}

    QuestionSet {
        documents = List.copyOf(documents);
        questions = List.copyOf(questions);
    }

    /** Collects questions and documents; the places are known when all documents are. */
    static final class Builder {
        private record Waiting(String query, List<String> outputs, List<String> own, Collection<String> more) {}

        private final List<String> documents = new ArrayList<>();
        private final List<Waiting> questions = new ArrayList<>();

        /** Adds documents, some of which may have been added before. */
        void documents(Collection<String> texts) {
            documents.addAll(texts);
        }

        /** Adds a question about documents that are, or will be, added. */
        void question(String query, List<String> outputs, List<String> own, Collection<String> more) {
            questions.add(new Waiting(query, outputs, own, more));
        }

        QuestionSet build() {
            var sorted = CodePointOrder.sortedSet(documents);
            var places = new HashMap<String, Integer>();
            for (int i = 0; i < sorted.size(); i++) {
                places.put(sorted.get(i), i);
            }
            return new QuestionSet(
                    sorted,
                    questions.stream()
                            .map(one -> new Question(
                                    one.query(), one.outputs(), places(one.own(), places), places(one.more(), places)))
                            .toList());
        }

        private static List<Integer> places(Collection<String> texts, Map<String, Integer> places) {
            return texts.stream()
                    .map(text -> Objects.requireNonNull(places.get(text)))
                    .toList();
        }
    }
}
