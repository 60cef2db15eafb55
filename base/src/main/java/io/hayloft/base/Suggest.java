package io.hayloft.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** "Did you mean" for names that a user mistyped. */
public final class Suggest {
    /** Characters from which on a part of a name counts as a hint to it. */
    private static final int LEAST_PART = 3;

    private Suggest() {}

    /**
     * The error for an unknown name: names the closest known one, or lists all of them.
     *
     * @param kind what kind of thing the name is of, such as {@code "method"}
     * @param given what the user wrote
     * @param known every valid name
     */
    public static UserError unknown(String kind, String given, Collection<String> known) {
        var hint = closest(given, known)
                .map(name -> "did you mean '" + name + "'?")
                .orElseGet(() -> "known are: " + String.join(", ", known));
        return new UserError("unknown " + kind + " '" + given + "': " + hint);
    }

    /**
     * Returns the known name that was probably meant: the nearest one if it is near enough to be a typing slip, else the
     * shortest that begins with the given one, else the only one that contains it; empty if there is none of these.
     */
    public static Optional<String> closest(String given, Collection<String> known) {
        var word = given.toLowerCase(Locale.ROOT);
        var nearest = known.stream()
                .min(Comparator.comparingInt(name -> distance(word, name.toLowerCase(Locale.ROOT))))
                .filter(name -> distance(word, name.toLowerCase(Locale.ROOT)) <= Math.max(1, name.length() / 3));
        if (nearest.isPresent() || word.length() < LEAST_PART) {
            return nearest;
        }
        var holding = known.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).contains(word))
                .toList();
        return holding.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).startsWith(word))
                .min(Comparator.comparingInt(String::length))
                .or(() -> holding.size() == 1 ? Optional.of(holding.getFirst()) : Optional.empty());
    }

    /** Edit distance in which swapping two neighbours counts once (optimal string alignment). */
    static int distance(String a, String b) {
        var before = new int[b.length() + 1];
        var last = new int[b.length() + 1];
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            var spare = before;
            before = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }
}
