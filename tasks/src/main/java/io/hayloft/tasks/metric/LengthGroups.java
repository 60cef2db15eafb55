package io.hayloft.tasks.metric;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The LongBench score by groups of length: one score for short, middle and long samples. */
public final class LengthGroups {
    private static final List<String> GROUPS = List.of("0-4k", "4-8k", "8k+");
    private static final int BLOCK = 128;

    private LengthGroups() {}

    /**
     * The score (0 to 100) of each group: {@code 0-4k} is length below 4000, {@code 4-8k} below 8000, {@code 8k+} the
     * rest; empty for a group without samples.
     *
     * @param scores from 0 to 1, one for each sample
     * @param lengths official length in words of the same samples
     */
    public static Map<String, OptionalDouble> scores(List<Double> scores, List<Integer> lengths) {
        var result = new LinkedHashMap<String, OptionalDouble>();
        for (var group : GROUPS) {
            var ofGroup = new ArrayList<Double>();
            for (int i = 0; i < scores.size(); i++) {
                if (groupOf(lengths.get(i)).equals(group)) {
                    ofGroup.add(scores.get(i));
                }
            }
            result.put(group, scoreOf(ofGroup));
        }
        return result;
    }

    /** The group that a sample of this length belongs to. */
    public static String groupOf(int length) {
        return length < 4000 ? "0-4k" : length < 8000 ? "4-8k" : "8k+";
    }

    private static OptionalDouble scoreOf(List<Double> group) {
        if (group.isEmpty()) {
            return OptionalDouble.empty();
        }
        var values = group.stream().mapToDouble(Double::doubleValue).toArray();
        double mean = pairwiseSum(values, 0, values.length) / values.length;
        // the published script rounds with numpy here: by scaling, not from the exact value
        return OptionalDouble.of(Math.rint(100 * mean * 100) / 100);
    }

    /** The sum in the order of numpy, which decides its last bits: eight running sums within blocks, blocks in pairs. */
    static double pairwiseSum(double[] values, int from, int to) {
        int count = to - from;
        if (count > BLOCK) {
            int half = count / 2;
            half -= half % 8;
            return pairwiseSum(values, from, from + half) + pairwiseSum(values, from + half, to);
        }
        double sum = 0;
        int rest = from;
        if (count >= 8) {
            var lane = new double[8];
            for (; rest + 8 <= to; rest += 8) {
                for (int i = 0; i < 8; i++) {
                    lane[i] += values[rest + i];
                }
            }
            sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
        }
        for (; rest < to; rest++) {
            sum += values[rest];
        }
        return sum;
    }
}
