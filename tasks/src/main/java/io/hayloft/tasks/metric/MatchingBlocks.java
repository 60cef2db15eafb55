package io.hayloft.tasks.metric;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The similarity of two texts by matching blocks (Ratcliff and Obershelp), with the shortcuts of Python's
 * {@code difflib}: it is not symmetric, and frequent characters of a long second text cannot start a block.
 */
final class MatchingBlocks {
    /** From this length of the second text on, its frequent characters are passed over. */
    private static final int LONG_TEXT = 200;

    private final int[] first;
    private final int[] second;

    /** Where each character that may start a block occurs in the second text, ascending. */
    private final Map<Integer, int[]> places;

    private record Range(int firstFrom, int firstTo, int secondFrom, int secondTo) {}

    private record Block(int first, int second, int length) {}

    private MatchingBlocks(String first, String second) {
        this.first = first.codePoints().toArray();
        this.second = second.codePoints().toArray();
        this.places = places(this.second);
    }

    /** Twice the characters in matching blocks over all characters; 1 for two empty texts. */
    static double ratio(String first, String second) {
        var blocks = new MatchingBlocks(first, second);
        int all = blocks.first.length + blocks.second.length;
        return all == 0 ? 1 : 2.0 * blocks.matchedCharacters() / all;
    }

    private static Map<Integer, int[]> places(int[] text) {
        var places = new HashMap<Integer, int[]>();
        for (int i = 0; i < text.length; i++) {
            var before = places.getOrDefault(text[i], new int[0]);
            var with = Arrays.copyOf(before, before.length + 1);
            with[before.length] = i;
            places.put(text[i], with);
        }
        if (text.length >= LONG_TEXT) {
            int frequent = text.length / 100 + 1;
            places.values().removeIf(list -> list.length > frequent);
        }
        return places;
    }

    /** Finds the longest block, then the longest ones left and right of it, and so on. */
    private int matchedCharacters() {
        int matched = 0;
        var open = new ArrayDeque<Range>();
        open.push(new Range(0, first.length, 0, second.length));
        while (!open.isEmpty()) {
            var range = open.pop();
            var block = longestIn(range);
            if (block.length() == 0) {
                continue;
            }
            matched += block.length();
            int firstEnd = block.first() + block.length();
            int secondEnd = block.second() + block.length();
            open.push(new Range(range.firstFrom(), block.first(), range.secondFrom(), block.second()));
            open.push(new Range(firstEnd, range.firstTo(), secondEnd, range.secondTo()));
        }
        return matched;
    }

    /** The longest block in a range; of equally long ones the earliest in the first text, then in the second. */
    private Block longestIn(Range range) {
        var best = new Block(range.firstFrom(), range.secondFrom(), 0);
        // lengths of the blocks that end at the last character of the first text and at each place of the second
        var before = new int[second.length + 1];
        for (int i = range.firstFrom(); i < range.firstTo(); i++) {
            var here = new int[second.length + 1];
            for (int j : places.getOrDefault(first[i], new int[0])) {
                if (j < range.secondFrom() || j >= range.secondTo()) {
                    continue;
                }
                int length = before[j] + 1;
                here[j + 1] = length;
                if (length > best.length()) {
                    best = new Block(i - length + 1, j - length + 1, length);
                }
            }
            before = here;
        }
        return extended(best, range);
    }

    /** Takes in equal characters at both ends: those that may not start a block may still prolong one. */
    private Block extended(Block block, Range range) {
        int i = block.first();
        int j = block.second();
        int length = block.length();
        while (i > range.firstFrom() && j > range.secondFrom() && first[i - 1] == second[j - 1]) {
            i--;
            j--;
            length++;
        }
        while (i + length < range.firstTo()
                && j + length < range.secondTo()
                && first[i + length] == second[j + length]) {
            length++;
        }
        return new Block(i, j, length);
    }
}
