package io.hayloft.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.ArrayList;
import java.util.List;

/** Text in columns. */
final class Table {
    private final List<Column> columns = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();

    /** Adds a column of text. */
    Table text(String header) {
        columns.add(
                new Column().header(header).headerAlign(HorizontalAlign.LEFT).dataAlign(HorizontalAlign.LEFT));
        return this;
    }

    /** Adds a column of text whose cells go over several lines where they are longer than this. */
    Table text(String header, int width) {
        columns.add(new Column()
                .header(header)
                .headerAlign(HorizontalAlign.LEFT)
                .dataAlign(HorizontalAlign.LEFT)
                .maxWidth(width, OverflowBehaviour.NEWLINE));
        return this;
    }

    /** Adds a column of numbers. */
    Table number(String header) {
        columns.add(
                new Column().header(header).headerAlign(HorizontalAlign.RIGHT).dataAlign(HorizontalAlign.RIGHT));
        return this;
    }

    /** Adds a row with a cell for each column. */
    Table row(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(cells.toArray(String[]::new));
        return this;
    }

    /** The table with a line under its header. */
    String render() {
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER,
                columns.toArray(Column[]::new),
                rows.toArray(String[][]::new));
    }
}
