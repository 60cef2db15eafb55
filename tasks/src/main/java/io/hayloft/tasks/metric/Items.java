package io.hayloft.tasks.metric;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How answers of several items are scored: an item is right where it occurs in the output as it is, but for white space,
 * and comes after the right ones before it. What stands between items neither costs nor helps.
 */
public final class Items {
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern DEPTH = Pattern.compile("depth (\\d+)$");
    private static final int PARTS = 4;

    private Items() {}

    /** The share of the items that are right; 0 if there are none. */
    public static double score(String output, List<String> items) {
        int right = 0;
        for (boolean one : right(output, items)) {
            right += one ? 1 : 0;
        }
        return items.isEmpty() ? 0 : (double) right / items.size();
    }

    /** Says for each item whether it is right: the most that can be in order. */
    public static boolean[] right(String output, List<String> items) {
        var text = spaced(output);
        var places = new int[items.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = place(text, spaced(items.get(i)));
        }
        return ascending(places);
    }

    /** Whether the first line that is not blank has the item. */
    public static boolean firstLine(String output, String item) {
        var line = output.lines().filter(one -> !one.isBlank()).findFirst().orElse("");
        return has(line, item);
    }

    /** Whether the output has the item, but for white space. */
    static boolean has(String output, String item) {
        return place(spaced(output), spaced(item)) >= 0;
    }

    /** The share of right items by place in the answer: four parts of it, fewer if it has fewer items. */
    public static Map<String, Double> byPlace(String output, List<String> items) {
        var right = right(output, items);
        int parts = Math.min(PARTS, right.length);
        var shares = new LinkedHashMap<String, Double>();
        for (int part = 0; part < parts; part++) {
            int from = right.length * part / parts;
            int to = right.length * (part + 1) / parts;
            int hits = 0;
            for (int i = from; i < to; i++) {
                hits += right[i] ? 1 : 0;
            }
            shares.put("part " + (part + 1) + " of " + parts, (double) hits / (to - from));
        }
        return shares;
    }

    /** The share of right items by the depth that they end with. */
    public static Map<String, Double> byDepth(String output, List<String> items) {
        var right = right(output, items);
        var hits = new TreeMap<Integer, double[]>();
        for (int i = 0; i < right.length; i++) {
            var depth = DEPTH.matcher(items.get(i));
            if (depth.find()) {
                var sums = hits.computeIfAbsent(Integer.parseInt(depth.group(1)), _ -> new double[2]);
                sums[0] += right[i] ? 1 : 0;
                sums[1]++;
            }
        }
        var shares = new LinkedHashMap<String, Double>();
        hits.forEach((depth, sums) -> shares.put("depth " + depth, sums[0] / sums[1]));
        return shares;
    }

    private static String spaced(String text) {
        return SPACE.matcher(text.strip()).replaceAll(" ");
    }

    /** Where an item first occurs as words of its own, not within a longer word or number; -1 if it does not. */
    private static int place(String text, String item) {
        int at = item.isEmpty() ? -1 : text.indexOf(item);
        while (at >= 0 && !(isEdge(text, at) && isEdge(text, at + item.length()))) {
            at = text.indexOf(item, at + 1);
        }
        return at;
    }

    /** Whether no word or number goes on across this place. */
    private static boolean isEdge(String text, int at) {
        return at == 0
                || at == text.length()
                || !Character.isLetterOrDigit(text.charAt(at - 1))
                || !Character.isLetterOrDigit(text.charAt(at));
    }

    /** Marks a longest ascending run of the places that are not negative. */
    private static boolean[] ascending(int[] places) {
        var length = new int[places.length]; // of the longest run that ends here
        var before = new int[places.length];
        int last = -1;
        for (int i = 0; i < places.length; i++) {
            if (places[i] < 0) {
                continue;
            }
            length[i] = 1;
            before[i] = -1;
            for (int j = 0; j < i; j++) {
                if (places[j] >= 0 && places[j] < places[i] && length[j] + 1 > length[i]) {
                    length[i] = length[j] + 1;
                    before[i] = j;
                }
            }
            last = last < 0 || length[i] > length[last] ? i : last;
        }
        var marked = new boolean[places.length];
        for (int i = last; i >= 0; i = before[i]) {
            marked[i] = true;
        }
        return marked;
    }
}
