package io.hayloft.tasks.metric;

import java.util.Arrays;
import java.util.List;

/** How the pass-key needle is scored. */
public final class PassKey {
    private PassKey() {}

    /** Whether the key occurs in the response, both in {@link UnicodeText#passKeyForm}. */
    public static boolean exact(String response, String key) {
        return UnicodeText.passKeyForm(response).contains(UnicodeText.passKeyForm(key));
    }

    /** Whether any of the keys occurs in the response. */
    public static boolean anyExact(String response, List<String> keys) {
        return keys.stream().anyMatch(key -> exact(response, key));
    }

    /** The share of lists of which {@link #anyExact} holds. */
    public static double shareExact(String response, List<List<String>> lists) {
        long met = lists.stream().filter(keys -> anyExact(response, keys)).count();
        return lists.isEmpty() ? 0 : (double) met / lists.size();
    }

    /** Length of the longest run of characters that both texts have, as they are, over the length of the key. */
    public static double partial(String response, String key) {
        var given = response.codePoints().toArray();
        var wanted = key.codePoints().toArray();
        int longest = 0;
        var before = new int[wanted.length + 1];
        for (int character : given) {
            var here = new int[wanted.length + 1];
            for (int j = 0; j < wanted.length; j++) {
                if (wanted[j] == character) {
                    here[j + 1] = before[j] + 1;
                    longest = Math.max(longest, here[j + 1]);
                }
            }
            before = here;
        }
        return wanted.length == 0 ? 0 : (double) longest / wanted.length;
    }

    /**
     * Says for each digit of the key whether the response has it in its place: all where the key occurs as it is, else the
     * digits of the response are compared in order, from the first one.
     */
    public static boolean[] digitsRight(String response, String key) {
        var right = new boolean[key.length()];
        if (response.contains(key)) {
            Arrays.fill(right, true);
            return right;
        }
        int place = 0;
        for (int i = 0; i < response.length() && place < right.length; i++) {
            char c = response.charAt(i);
            if (c >= '0' && c <= '9') {
                right[place] = c == key.charAt(place);
                place++;
            }
        }
        return right;
    }

    /** The F1 of the bags of words of both texts as they are; 0 if the key does not occur in the response as it is. */
    public static double f1(String response, String key) {
        return response.contains(key) ? QaF1.ofWords(UnicodeText.words(response), UnicodeText.words(key)) : 0;
    }
}
