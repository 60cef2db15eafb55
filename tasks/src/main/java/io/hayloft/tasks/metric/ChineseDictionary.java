package io.hayloft.tasks.metric;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * Words of jieba 0.42.1 with their frequencies, and the logarithms of the probabilities of characters in the four states of
 * its hidden Markov model; read from {@code chinese-words.gz}, whose form NOTICE.txt describes.
 */
final class ChineseDictionary {
    /** The logarithm of a probability of nothing, as the reference writes it. */
    static final double NEVER = -3.14e100;

    static final char FIRST_HAN = '\u4E00';
    static final char LAST_HAN = '\u9FD5';

    /** States in the order of their letters: beginning, end and middle of a word, a word of its own. */
    static final int STATES = 4;

    private final String[] words;
    private final int[] frequencies;
    private final double logTotal;
    private final double[][] emissions = new double[STATES][LAST_HAN - FIRST_HAN + 1];

    private static final class Holder {
        static final ChineseDictionary INSTANCE = load();
    }

    /** The dictionary, which is read when it is first asked for. */
    static ChineseDictionary instance() {
        return Holder.INSTANCE;
    }

    private ChineseDictionary(BufferedReader lines) throws IOException {
        var head = lines.readLine().split(" ", -1);
        int count = Integer.parseInt(head[0]);
        logTotal = Math.log(Double.parseDouble(head[1]));
        words = new String[count];
        frequencies = new int[count];
        var before = "";
        for (int i = 0; i < count; i++) {
            var line = lines.readLine();
            before = before.substring(0, line.charAt(0) - 'a') + line.substring(1);
            words[i] = before;
        }
        for (int i = 0; i < count; i++) {
            frequencies[i] = Integer.parseInt(lines.readLine());
        }
        for (var state : emissions) {
            Arrays.fill(state, NEVER);
            for (int left = Integer.parseInt(lines.readLine()); left > 0; left--) {
                var line = lines.readLine();
                state[line.charAt(0) - FIRST_HAN] = Double.parseDouble(line.substring(1));
            }
        }
    }

    private static ChineseDictionary load() {
        try (var file = Objects.requireNonNull(ChineseDictionary.class.getResourceAsStream("chinese-words.gz"));
                var lines =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
            return new ChineseDictionary(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Frequency of a word; 0 if it only begins one, -1 if it does not even do that. */
    int frequency(String word) {
        int at = Arrays.binarySearch(words, word);
        if (at >= 0) {
            return frequencies[at];
        }
        int next = -at - 1;
        return next < words.length && words[next].startsWith(word) ? 0 : -1;
    }

    /** Logarithm of the sum of all frequencies. */
    double logTotal() {
        return logTotal;
    }

    /** Logarithm of the probability of a Chinese character in a state. */
    double emission(int state, char character) {
        return emissions[state][character - FIRST_HAN];
    }
}
