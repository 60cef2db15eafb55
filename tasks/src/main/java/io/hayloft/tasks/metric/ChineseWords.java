package io.hayloft.tasks.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a Chinese text as jieba 0.42.1 finds them, in which LongBench scores its Chinese tasks: the most likely way
 * through the words of a dictionary, and for runs of single characters that are not a word of it a hidden Markov model.
 */
final class ChineseWords {
    private static final Pattern WORDS = Pattern.compile("[\u4E00-\u9FD5a-zA-Z0-9+#&._%\\-]+");
    private static final Pattern HAN = Pattern.compile("[\u4E00-\u9FD5]+");
    private static final Pattern NUMBER_OR_NAME = Pattern.compile("[a-zA-Z0-9]+(?:\\.[0-9]+)?%?");

    private static final int B = 0;
    private static final int E = 1;
    private static final int M = 2;
    private static final int S = 3;

    /** Logarithms of the probabilities of the first state. */
    private static final double[] START = {
        -0.26268660809250016, ChineseDictionary.NEVER, ChineseDictionary.NEVER, -1.4652633398537678
    };

    /** States that may come before a state, in the order in which equal ones win: the last. */
    private static final int[][] BEFORE = {{E, S}, {B, M}, {B, M}, {E, S}};

    /** Logarithms of the probabilities of a state after another [before][state]; those not in {@link #BEFORE} are unused. */
    private static final double[][] STEP = {
        {0, -0.510825623765990, -0.916290731874155, 0},
        {-0.5897149736854513, 0, 0, -0.8085250474669937},
        {0, -0.33344856811948514, -1.2603623820268226, 0},
        {-0.7211965654669841, 0, 0, -0.6658631448798212}
    };

    private final ChineseDictionary dictionary = ChineseDictionary.instance();
    private final List<String> found = new ArrayList<>();

    private ChineseWords() {}

    /** The words in order; joined, they are the text again. White space and other marks are words of their own. */
    static List<String> of(String text) {
        var words = new ChineseWords();
        split(WORDS, text, words::addDictionaryWords, words::addMarks);
        return words.found;
    }

    private interface Part {
        void add(String text);
    }

    /** Hands out what matches and what is between, in order, without empty parts. */
    private static void split(Pattern pattern, String text, Part matching, Part between) {
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (matcher.start() > end) {
                between.add(text.substring(end, matcher.start()));
            }
            matching.add(matcher.group());
            end = matcher.end();
        }
        if (end < text.length()) {
            between.add(text.substring(end));
        }
    }

    /** One by one, but for a line end of two characters. */
    private void addMarks(String text) {
        for (int i = 0; i < text.length(); ) {
            int end = text.startsWith("\r\n", i) ? i + 2 : text.offsetByCodePoints(i, 1);
            found.add(text.substring(i, end));
            i = end;
        }
    }

    private void addDictionaryWords(String text) {
        int[] ends = likeliestEnds(text);
        int single = 0; // beginning of the run of single characters
        for (int start = 0; start < text.length(); start = ends[start]) {
            if (ends[start] - start > 1) {
                addSingles(text.substring(single, start));
                found.add(text.substring(start, ends[start]));
                single = ends[start];
            }
        }
        addSingles(text.substring(single));
    }

    /** For each place the end of the word that begins there on the likeliest way to the end of the text. */
    private int[] likeliestEnds(String text) {
        int length = text.length();
        var ends = new int[length];
        var best = new double[length + 1];
        for (int start = length - 1; start >= 0; start--) {
            best[start] = Double.NEGATIVE_INFINITY;
            int end = start + 1;
            int frequency = dictionary.frequency(text.substring(start, end));
            while (frequency >= 0) {
                if (frequency > 0) {
                    prefer(start, end, frequency, best, ends);
                }
                end++;
                frequency = end <= length ? dictionary.frequency(text.substring(start, end)) : -1;
            }
            if (ends[start] == 0) {
                prefer(start, start + 1, 1, best, ends);
            }
        }
        return ends;
    }

    /** Of equal ways, the one with the longer word wins. */
    private void prefer(int start, int end, int frequency, double[] best, int[] ends) {
        double value = Math.log(frequency) - dictionary.logTotal() + best[end];
        if (value >= best[start]) {
            best[start] = value;
            ends[start] = end;
        }
    }

    private void addSingles(String run) {
        if (run.length() > 1 && dictionary.frequency(run) <= 0) {
            split(HAN, run, this::addLikelyWords, rest -> split(NUMBER_OR_NAME, rest, found::add, found::add));
        } else {
            for (int i = 0; i < run.length(); i++) {
                found.add(run.substring(i, i + 1));
            }
        }
    }

    /** Words of Chinese characters alone, by the likeliest states of the Markov model (Viterbi). */
    private void addLikelyWords(String run) {
        int[] states = likeliestStates(run);
        int start = 0;
        for (int i = 0; i < run.length(); i++) {
            if (states[i] == E || states[i] == S) {
                found.add(run.substring(start, i + 1));
                start = i + 1;
            }
        }
    }

    private int[] likeliestStates(String run) {
        int length = run.length();
        var value = new double[length][ChineseDictionary.STATES];
        var from = new int[length][ChineseDictionary.STATES];
        for (int state = 0; state < ChineseDictionary.STATES; state++) {
            value[0][state] = START[state] + dictionary.emission(state, run.charAt(0));
        }
        for (int i = 1; i < length; i++) {
            for (int state = 0; state < ChineseDictionary.STATES; state++) {
                double emission = dictionary.emission(state, run.charAt(i));
                value[i][state] = Double.NEGATIVE_INFINITY;
                for (int before : BEFORE[state]) {
                    double sum = value[i - 1][before] + STEP[before][state] + emission;
                    if (sum >= value[i][state]) {
                        value[i][state] = sum;
                        from[i][state] = before;
                    }
                }
            }
        }
        var states = new int[length];
        states[length - 1] = value[length - 1][S] >= value[length - 1][E] ? S : E;
        for (int i = length - 1; i > 0; i--) {
            states[i - 1] = from[i][states[i]];
        }
        return states;
    }
}
