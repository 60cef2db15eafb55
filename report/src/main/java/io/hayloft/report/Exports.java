package io.hayloft.report;

import io.hayloft.base.Suggest;
import io.hayloft.base.UserError;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.stats.Statistics;
import io.hayloft.report.stats.SummaryTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/** Writes the records or the summary of a run in the formats of other tools. */
public final class Exports {
    private static final int MOST_COLUMNS = 20;

    private Exports() {}

    /**
     * Names of the formats: {@code csv} and {@code parquet} hold every record, {@code md} and {@code tex} the summary
     * table.
     */
    public static List<String> formats() {
        return List.of("csv", "parquet", "md", "tex");
    }

    /**
     * Writes one format beside the records.
     *
     * @return the file
     * @throws UserError if the format is unknown or the file cannot be written
     */
    public static Path write(RunFolder run, String format) {
        return switch (format) {
            case "csv" -> RecordsQuery.copyTo(run.path(), "records.csv", "FORMAT csv, HEADER");
            case "parquet" -> RecordsQuery.copyTo(run.path(), "records.parquet", "FORMAT parquet");
            case "md" -> text(run.path().resolve("summary.md"), markdown(run));
            case "tex" -> text(run.path().resolve("summary.tex"), TextTables.latex(Statistics.summary(run.records())));
            default -> throw Suggest.unknown("export format", format, formats());
        };
    }

    /** The summary, then the same by task, length and depth where a run has several of them. */
    private static String markdown(RunFolder run) {
        var records = run.records();
        var text = new StringBuilder("# " + run.info().model().name() + "\n\n");
        text.append(TextTables.markdown(Statistics.summary(records)));
        var more = new LinkedHashMap<String, SummaryTable>();
        more.put("By task", Statistics.byTask(records));
        more.put("By prompt length", Statistics.byLength(records));
        more.put("By depth", Statistics.byDepth(records));
        more.forEach((title, table) -> {
            int columns = table.categories().size();
            if (columns > 1 && columns <= MOST_COLUMNS) {
                text.append("\n## ").append(title).append("\n\n").append(TextTables.markdown(table));
            }
        });
        return text.toString();
    }

    private static Path text(Path file, String content) {
        try {
            return Files.writeString(file, content);
        } catch (IOException e) {
            throw new UserError("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
