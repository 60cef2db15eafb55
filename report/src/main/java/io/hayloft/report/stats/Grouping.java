package io.hayloft.report.stats;

import io.hayloft.base.Suggest;
import io.hayloft.bench.record.BenchRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The property of samples by which a summary has its columns. */
public enum Grouping {
    /** Categories of tasks. */
    CATEGORY,
    /** Tasks. */
    TASK,
    /** Prompt lengths in tokens, of samples that name one. */
    LENGTH,
    /** Depths of needles, of samples that name one. */
    DEPTH,
    /** No columns: the mean of each method alone. */
    METHOD,
    /** Where the question stood when methods compressed. */
    PROTOCOL;

    /**
     * The grouping of this name.
     *
     * @throws io.hayloft.base.UserError if there is none
     */
    public static Grouping parse(String name) {
        return Arrays.stream(values())
                .filter(one -> one.text().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> Suggest.unknown("grouping", name, names()));
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(Grouping::text).toList();
    }

    /** The name on the command line. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The column that a record belongs to; of METHOD the category, whose means make up the mean. */
    String column(BenchRecord record) {
        return switch (this) {
            case CATEGORY, METHOD -> record.category();
            case TASK -> record.task();
            case LENGTH, DEPTH -> String.valueOf(record.facets().get(text()));
            case PROTOCOL -> record.subject().protocol();
        };
    }

    /** Returns whether columns are numbers, which records without one are left out of. */
    boolean isNumber() {
        return this == LENGTH || this == DEPTH;
    }
}
