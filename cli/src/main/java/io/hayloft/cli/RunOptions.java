package io.hayloft.cli;

import io.hayloft.base.UserError;
import io.hayloft.bench.record.RunFolder;
import io.hayloft.report.ResultTable;
import io.hayloft.report.TableFormat;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Steps that the commands share which read the folders of runs. */
final class RunOptions {
    private RunOptions() {}

    /** The folder of this name. */
    static Path folder(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw new UserError("'" + name + "' is not a valid folder name", e);
        }
    }

    /** The run in a folder, which has at least one answer. */
    static RunFolder answered(String name) {
        var run = RunFolder.read(folder(name));
        if (run.records().isEmpty()) {
            throw new UserError(name + " holds no answers yet: start its bench again first");
        }
        return run;
    }

    /** A format other than Parquet, for commands without a file of their own. */
    static TableFormat textFormat(String name) {
        var format = TableFormat.parse(name);
        if (format == TableFormat.PARQUET) {
            throw new UserError("this command does not write parquet: use csv or json");
        }
        return format;
    }

    /** Prints a table in any format but Parquet, for a terminal with as many columns as fit its width. */
    static void print(PrintWriter out, ResultTable table, TableFormat format) {
        if (format != TableFormat.TABLE) {
            out.print(table.text(format));
            out.flush();
            return;
        }
        if (table.columns().isEmpty()) {
            return;
        }
        var shown = new Table();
        for (int i = 0; i < table.columns().size(); i++) {
            int column = i;
            boolean numbers =
                    table.rows().stream().allMatch(row -> row.get(column) == null || row.get(column) instanceof Number);
            var name = table.columns().get(i);
            shown = numbers ? shown.number(name) : shown.text(name);
            shown.priority(i == 0 ? Table.ALWAYS : -i);
        }
        for (var row : table.rows()) {
            shown.row(ResultTable.texts(row));
        }
        out.println(shown.render(Terminal.width()));
    }
}
