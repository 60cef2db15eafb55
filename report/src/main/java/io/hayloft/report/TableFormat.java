package io.hayloft.report;

import io.hayloft.base.Suggest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Forms in which a table can be had. */
public enum TableFormat {
    /** Columns for a terminal, as many as fit its width. */
    TABLE,
    /** A Markdown table for people. */
    MD,
    /** Comma-separated values with all digits. */
    CSV,
    /** An array of objects, one a row, with all digits. */
    JSON,
    /** A booktabs table for people. */
    LATEX,
    /** A Parquet file with all digits. */
    PARQUET;

    /**
     * The format of this name.
     *
     * @throws io.hayloft.base.UserError if there is none
     */
    public static TableFormat parse(String name) {
        return Arrays.stream(values())
                .filter(format -> format.text().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> Suggest.unknown("format", name, names()));
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(TableFormat::text).toList();
    }

    /** The name on the command line. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
