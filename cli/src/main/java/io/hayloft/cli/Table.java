package io.hayloft.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Text in columns. Where it is wider than the terminal, the least important columns are left out, and named below. */
final class Table {
    /** Priority of columns that are never left out. */
    static final int ALWAYS = Integer.MAX_VALUE;

    /** Columns of text are not folded to fewer characters than this. */
    private static final int NARROWEST = 16;

    private final List<Column> columns = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<Integer> priorities = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** Adds a column of text. */
    Table text(String header) {
        return add(header, HorizontalAlign.LEFT, 0);
    }

    /** Adds a column of text whose cells go over several lines where they are longer than this. */
    Table text(String header, int width) {
        return add(header, HorizontalAlign.LEFT, width);
    }

    /** Adds a column of numbers. */
    Table number(String header) {
        return add(header, HorizontalAlign.RIGHT, 0);
    }

    private Table add(String header, HorizontalAlign align, int width) {
        var column = new Column().header(header).headerAlign(align).dataAlign(align);
        columns.add(width > 0 ? column.maxWidth(width, OverflowBehaviour.NEWLINE) : column);
        names.add(header.replace('\n', ' ').replace("- ", "-").replace("/ ", "/"));
        priorities.add(ALWAYS);
        return this;
    }

    /** Says when the column that was added last is left out: lower ones go first, of equal ones the last. */
    Table priority(int priority) {
        priorities.set(priorities.size() - 1, priority);
        return this;
    }

    /** Adds a row with a cell for each column. */
    Table row(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /** The table with a line under its header. */
    String render() {
        return render(Integer.MAX_VALUE);
    }

    /** The same in lines of at most so many characters, as far as its most important columns allow. */
    String render(int width) {
        var shown = new ArrayList<>(IntStream.range(0, columns.size()).boxed().toList());
        var dropped = new ArrayList<Integer>();
        var text = drawn(shown, 0);
        while (widest(text) > width && shown.stream().anyMatch(i -> priorities.get(i) != ALWAYS)) {
            var least = shown.stream()
                    .filter(i -> priorities.get(i) != ALWAYS)
                    .min(Comparator.<Integer>comparingInt(priorities::get).thenComparing(Comparator.reverseOrder()))
                    .orElseThrow();
            shown.remove(/* element */ least);
            dropped.add(least);
            text = drawn(shown, 0);
        }
        if (widest(text) > width) {
            text = drawn(shown, widest(text) - width);
        }
        if (dropped.isEmpty()) {
            return text;
        }
        var left = dropped.stream().sorted().map(names::get).toList();
        return text
                + System.lineSeparator()
                + Terminal.wrapped(
                        "left out at this width: ",
                        "    ",
                        String.join(", ", left),
                        Math.min(width, Terminal.LONGEST_LINE));
    }

    private static int widest(String text) {
        return text.lines().mapToInt(String::length).max().orElse(0);
    }

    /**
     * The table with some of its columns.
     *
     * @param less by how many characters the widest column of text has to be narrower
     */
    private String drawn(List<Integer> shown, int less) {
        int widest = shown.stream().max(Comparator.comparingInt(this::width)).orElse(-1);
        var some = shown.stream()
                .map(i -> less > 0 && i == widest ? folded(i, Math.max(NARROWEST, width(i) - less)) : columns.get(i))
                .toArray(Column[]::new);
        var cells = rows.stream()
                .map(row -> shown.stream().map(row::get).toArray(String[]::new))
                .toArray(String[][]::new);
        return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS_NO_OUTSIDE_BORDER, some, cells);
    }

    /** Characters of the column with the space around it. */
    private int width(int column) {
        return 2
                + rows.stream()
                        .map(row -> row.get(column))
                        .flatMap(String::lines)
                        .mapToInt(String::length)
                        .max()
                        .orElse(0);
    }

    private Column folded(int column, int width) {
        var before = columns.get(column);
        return new Column()
                .header(before.getHeader())
                .headerAlign(before.getHeaderAlign())
                .dataAlign(before.getDataAlign())
                .maxWidth(width, OverflowBehaviour.NEWLINE);
    }
}
