package io.hayloft.bench.stats;

import io.hayloft.bench.record.BenchRecord;
import java.util.List;

/** Means, errors and warnings of a list of records. */
public final class Statistics {
    private Statistics() {}

    /** The table of a run; methods and categories in the order in which the records first name them. */
    public static SummaryTable summary(List<BenchRecord> records) {
        throw new UnsupportedOperationException();
    }

    /** One line for each result that should not be trusted without a second look. */
    public static List<String> warnings(List<BenchRecord> records) {
        throw new UnsupportedOperationException();
    }
}
