package io.hayloft.tasks.ruler;

import io.hayloft.tasks.metric.UnicodeText;
import io.hayloft.tasks.python.CodePointOrder;
import io.hayloft.tasks.ruler.RulerSettings.Dataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The texts, words and questions that samples are drawn from: our own, or the files of a folder. Each is read when it is
 * first needed. Safe for use by several threads.
 */
public final class RulerInputs {
    private static final RulerInputs BUILT_IN = new RulerInputs(new OwnInputs());

    private final Origin origin;
    private final Map<Dataset, QuestionSet> questions = new EnumMap<>(Dataset.class);
    private @Nullable List<String> prose;
    private @Nullable KeyWords keyWords;
    private @Nullable List<String> commonWords;
    private @Nullable List<String> moreWords;

    /** Where inputs come from. */
    interface Origin {
        /** Prose. */
        String haystack();

        /** Nouns, adjectives or verbs, by the name of their list. */
        List<String> words(String list);

        /** Other words, for lists longer than all of those together. */
        List<String> moreWords();

        QuestionSet questions(Dataset dataset);
    }

    private RulerInputs(Origin origin) {
        this.origin = origin;
    }

    /** Our own prose, words and questions. */
    public static RulerInputs builtIn() {
        return BUILT_IN;
    }

    /**
     * The files in a folder: {@code haystack.txt} or {@code PaulGrahamEssays.json}, {@code nounlist.txt}, {@code
     * adjectivelist.txt}, {@code verblist.txt}, {@code squad.json}, {@code hotpotqa.json}, {@code english_words.json}. A
     * file that a task needs and that is not there is an error when it is needed.
     *
     * @throws io.hayloft.base.UserError if there is no such folder
     */
    public static RulerInputs in(Path folder) {
        return new RulerInputs(new FolderInputs(folder));
    }

    /** Whether a folder holds any of the files that {@link #in} reads. */
    public static boolean isIn(Path folder) {
        return FolderInputs.hasAny(folder);
    }

    /** The first words of the prose with single spaces; it begins again where it ends. */
    String prose(int words) {
        var all = proseWords();
        var text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "" : " ").append(all.get(i % all.size()));
        }
        return text.toString();
    }

    /** The words between runs of white space; white space at either end makes an empty word there. */
    private synchronized List<String> proseWords() {
        if (prose == null) {
            var text = origin.haystack();
            prose = new ArrayList<>(UnicodeText.words(text));
            if (prose.isEmpty() || UnicodeText.isSpace(text.charAt(0))) {
                prose.addFirst("");
            }
            if (!text.isEmpty() && UnicodeText.isSpace(text.charAt(text.length() - 1))) {
                prose.addLast("");
            }
        }
        return prose;
    }

    /** The words that may be keys. */
    synchronized KeyWords keyWords() {
        if (keyWords == null) {
            keyWords = new KeyWords(origin.words("adjectives"), origin.words("nouns"));
        }
        return keyWords;
    }

    /** Nouns, adjectives and verbs, each once, sorted by code point. */
    synchronized List<String> commonWords() {
        if (commonWords == null) {
            commonWords = CodePointOrder.sortedSet(Stream.of("nouns", "adjectives", "verbs")
                    .flatMap(list -> origin.words(list).stream())
                    .toList());
        }
        return commonWords;
    }

    /** The list from which words come where {@link #commonWords} has too few. */
    synchronized List<String> moreWords() {
        if (moreWords == null) {
            moreWords = origin.moreWords();
        }
        return moreWords;
    }

    /** The questions of a data set. */
    synchronized QuestionSet questions(Dataset dataset) {
        return questions.computeIfAbsent(dataset, origin::questions);
    }
}
