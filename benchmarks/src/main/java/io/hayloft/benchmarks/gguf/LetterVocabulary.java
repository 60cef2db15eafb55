package io.hayloft.benchmarks.gguf;

import java.util.ArrayList;
import java.util.List;

/**
 * A vocabulary for byte-level BPE without any training: every byte, then words of small letters by length and alphabet
 * (aa, ab, ... zz, aaa, ...), last a token that begins and ends texts. A word is merged from the word before its last
 * letter and that letter.
 *
 * @param tokens in the order of their ids
 * @param merges rules in the order of their rank
 */
record LetterVocabulary(List<String> tokens, List<String> merges) {
    private static final String END = "<|endoftext|>";
    private static final int BYTES = 256;

    /** A vocabulary of this many tokens, at least 257. */
    static LetterVocabulary of(int size) {
        var tokens = new ArrayList<>(byteTokens());
        var merges = new ArrayList<String>();
        var shorter = new ArrayList<String>();
        for (char letter = 'a'; letter <= 'z'; letter++) {
            shorter.add(String.valueOf(letter));
        }
        while (tokens.size() < size - 1) {
            var longer = new ArrayList<String>();
            for (var word : shorter) {
                for (char letter = 'a'; letter <= 'z' && tokens.size() < size - 1; letter++) {
                    longer.add(word + letter);
                    tokens.add(word + letter);
                    merges.add(word + " " + letter);
                }
            }
            shorter = longer;
        }
        tokens.add(END);
        return new LetterVocabulary(tokens, merges);
    }

    /** The id of the token that begins and ends texts. */
    int endId() {
        return tokens.size() - 1;
    }

    /**
     * One character for each byte, as byte-level BPE writes them: printable Latin-1 stands for itself, the others in order
     * for the characters from 256 on.
     */
    private static List<String> byteTokens() {
        var tokens = new ArrayList<String>();
        int next = BYTES;
        for (int b = 0; b < BYTES; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
            tokens.add(String.valueOf((char) (printable ? b : next++)));
        }
        return tokens;
    }
}
