package io.hayloft.tasks.needle;

import io.hayloft.tasks.TokenCounter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Prose to hide things in. Our own is reports and stories in turn, from the resource {@code haystack.txt}, without any
 * digits.
 */
public final class Haystack {
    /** Most characters of a sentence that is not cut. */
    private static final int LONGEST = 600;

    /** Our own prose. */
    public static final Haystack INSTANCE = new Haystack(resource());

    private final String text;

    /** Sentences with the white space that follows them: a space, or an empty line after a paragraph. */
    private final List<String> sentences;

    /** Indices of the sentences that begin a paragraph. */
    private final List<Integer> paragraphStarts;

    private Haystack(String text) {
        this.text = text;
        sentences = new ArrayList<>();
        paragraphStarts = new ArrayList<>();
        for (var paragraph : text.split("\n\n", -1)) {
            if (paragraph.isBlank()) {
                continue;
            }
            paragraphStarts.add(sentences.size());
            for (var sentence : paragraph.strip().split("(?<=[.!?]) ", -1)) {
                addParts(sentence);
            }
            sentences.add(sentences.removeLast().strip() + "\n\n");
        }
    }

    /** Prose of the user; it must not be blank. */
    static Haystack of(String text) {
        return new Haystack(text);
    }

    /** Text without full stops is cut between words, so that a prompt can be fitted to a length. */
    private void addParts(String sentence) {
        int from = 0;
        while (sentence.length() - from > LONGEST) {
            int space = sentence.indexOf(' ', from + LONGEST / 2);
            if (space < 0) {
                break;
            }
            sentences.add(sentence.substring(from, space + 1));
            from = space + 1;
        }
        sentences.add(sentence.substring(from) + " ");
    }

    /** The whole text. */
    public String text() {
        return text;
    }

    /** How many sentences there are. */
    int size() {
        return sentences.size();
    }

    /** A sentence with the white space after it; after the last one it goes on with the first. */
    String sentence(int index) {
        return sentences.get(index % sentences.size());
    }

    /** That many sentences in a row. */
    String sentences(int from, int count) {
        var joined = new StringBuilder();
        for (int i = 0; i < count; i++) {
            joined.append(sentence(from + i));
        }
        return joined.toString();
    }

    /** Whether a tokenizer gives prose and digits back, but for white space: one with few words does not. */
    public boolean isReadableBy(TokenCounter tokens) {
        var sample = sentences(0, 20) + "0123456789";
        var back = tokens.decode(tokens.encode(sample));
        return back.replaceAll("\\s", "").equals(sample.replaceAll("\\s", ""));
    }

    /** Where paragraphs begin. */
    List<Integer> paragraphStarts() {
        return paragraphStarts;
    }

    private static String resource() {
        try (var stream = Haystack.class.getResourceAsStream("haystack.txt")) {
            return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
