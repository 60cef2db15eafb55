package io.hayloft.report;

import io.hayloft.base.Sizes;
import io.hayloft.bench.record.BenchRecord;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.Digits;
import io.hayloft.report.stats.Findings;
import io.hayloft.report.stats.Sweep;
import io.hayloft.report.stats.Sweep.Lossless;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Findings that the rows of a summary do not show: lossless ratios, cliffs, fragile samples, answers cut short or missing. */
public final class Details {
    private static final int NAMED = 5;

    private Details() {}

    /** One line for each detail; none where there is nothing to say. */
    public static List<String> of(RunFolder run, Findings findings) {
        var lines = new ArrayList<String>();
        findings.sweeps().stream().filter(sweep -> !sweep.isControl()).forEach(sweep -> lines.add(sweep(sweep)));
        var fragile = findings.fragile();
        if (!fragile.isEmpty()) {
            lines.add(Sizes.count(fragile.size(), "fragile sample") + " (right with the full cache, wrong with at least"
                    + " half of the settings): "
                    + fragile.stream()
                            .map(BenchRecord::sample)
                            .distinct()
                            .limit(NAMED)
                            .collect(Collectors.joining(", "))
                    + (fragile.size() > NAMED ? ", ..." : ""));
        }
        long cut = run.records().stream()
                .filter(record -> record.stopReason().equals("length"))
                .count();
        if (cut > 0) {
            lines.add(String.format(
                            Locale.ROOT,
                            "%,d of %,d answers",
                            cut,
                            run.records().size()) + " ended at the limit of tokens; they count as they score");
        }
        if (!run.failures().isEmpty()) {
            lines.add(Sizes.count(run.failures().size(), "answer") + " failed and are in no mean");
        }
        return lines;
    }

    private static String sweep(Sweep sweep) {
        var cliff = sweep.cliff();
        return sweep.name() + ": lossless ratio "
                + sweep.lossless().stream().map(Details::lossless).collect(Collectors.joining(", "))
                + (cliff == null
                        ? ""
                        : "; falls most from " + ratio(cliff.from()) + " to " + ratio(cliff.to()) + ", by "
                                + Digits.fixed(100 * cliff.lossPerDoubling(), 1) + " points for each doubling");
    }

    private static String lossless(Lossless found) {
        return (found.isAtLeast(found.ratio()) ? "at least " : "") + ratio(found.ratio())
                + (Double.isNaN(found.low())
                        ? ""
                        : " [" + ratio(found.low()) + ", " + ratio(found.high())
                                + (found.isAtLeast(found.high()) ? " or more" : "") + "]")
                + " within " + Sizes.count((int) Math.round(100 * found.margin()), "point");
    }

    private static String ratio(double ratio) {
        return Digits.fixed(ratio, 1) + "x";
    }
}
