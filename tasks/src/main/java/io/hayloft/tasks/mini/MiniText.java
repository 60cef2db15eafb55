package io.hayloft.tasks.mini;

import io.hayloft.tasks.SeededRandom;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One generated question, as words.
 *
 * @param context everything before the question
 * @param question ends where the answer begins
 * @param answer the words that must follow
 * @param evidence words of the context that the answer rests on; empty where it rests on no single place
 */
record MiniText(List<String> context, List<String> question, List<String> answer, List<String> evidence) {
    /** Words kept free for start token and question. */
    static final int QUESTION_ROOM = 24;

    /** Makes a text whose context and question have about {@code length} words, start token included. */
    interface Generator {
        MiniText generate(int length, SeededRandom random);
    }

    /** Where in the context the evidence begins, from 0 to 1. */
    OptionalDouble depth() {
        int at = evidence.isEmpty() ? -1 : Collections.indexOfSubList(context, evidence);
        return at < 0 ? OptionalDouble.empty() : OptionalDouble.of((double) at / context.size());
    }
}
