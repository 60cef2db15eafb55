package io.hayloft.tasks.python;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** The order in which Python sorts texts: by code points. Java's own order differs beyond the basic plane. */
public enum CodePointOrder implements Comparator<String> {
    INSTANCE;

    @Override
    public int compare(String one, String other) {
        int common = Math.min(one.length(), other.length());
        for (int i = 0; i < common; i++) {
            char a = one.charAt(i);
            char b = other.charAt(i);
            if (a != b) {
                boolean aBeyond = Character.isSurrogate(a);
                boolean bBeyond = Character.isSurrogate(b);
                return aBeyond == bBeyond ? Character.compare(a, b) : Boolean.compare(aBeyond, bBeyond);
            }
        }
        return Integer.compare(one.length(), other.length());
    }

    /** {@code sorted(set(texts))}. */
    public static List<String> sortedSet(Iterable<String> texts) {
        var sorted = new TreeSet<>(INSTANCE);
        texts.forEach(sorted::add);
        return List.copyOf(sorted);
    }
}
