package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.predict.Predictor;
import io.hayloft.methods.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long a run of all methods takes on several machines, for {@code hayloft plan --samples}. */
final class PlanRun {
    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "Turn the question round: the time, and with --price the money, that a run of so many samples"
                    + " takes with all methods, which share the prefill of each prompt and decode together.")
    private @Nullable Integer samples;

    @Option(
            names = "--workers",
            paramLabel = "LIST",
            description = "Machines like this one that share the samples, such as 1,8,64. Default: 1.")
    private List<String> workers = List.of();

    /**
     * A run on so many machines.
     *
     * @param context tokens of each prompt
     * @param answer tokens of each answer
     * @param sampleSeconds time of one sample with all methods on one machine
     * @param tokens that the machines read and write together
     * @param hours until the last machine is done
     * @param price of all machines together; null if money is not asked for
     */
    private record Row(
            int context,
            int answer,
            int samples,
            int methods,
            int workers,
            long tokens,
            double sampleSeconds,
            double hours,
            @Nullable Double price) {}

    /**
     * Whether a run is asked for.
     *
     * @throws UserError if its options are wrong
     */
    boolean isAsked() {
        if (samples == null && !workers.isEmpty()) {
            throw new UserError("--workers share the samples of a run: say how many with --samples");
        }
        if (samples != null && samples < 1) {
            throw new UserError("--samples must be 1 or more, not " + samples);
        }
        machines();
        return samples != null;
    }

    /** The numbers of machines, each a row. */
    private List<Integer> machines() {
        return workers.isEmpty() ? List.of(1) : Lists.counts("--workers", workers);
    }

    /** Returns how long a run with prompts of each of these lengths takes, as a table or as JSON. */
    String text(Predictor predictor, List<Method> methods, List<Integer> lengths, PlanOutput output, boolean json) {
        var rows = new ArrayList<Row>();
        var machines = machines();
        for (int context : lengths) {
            double seconds = predictor.sampleSeconds(methods, context, output.answer());
            for (int count : machines) {
                rows.add(row(methods, context, count, seconds, output));
            }
        }
        return json ? Json.text(rows) : table(rows);
    }

    private Row row(List<Method> methods, int context, int count, double seconds, PlanOutput output) {
        int all = samples == null ? 0 : samples;
        double hours = Math.ceilDiv(all, count) * seconds / 3600;
        long read = 0;
        for (var method : methods) {
            read += Predictor.tokensRead(method, context) + output.answer();
        }
        var perHour = output.price();
        return new Row(
                context,
                output.answer(),
                all,
                methods.size(),
                count,
                all * read,
                seconds,
                hours,
                perHour == null ? null : perHour * hours * count);
    }

    private static String table(List<Row> rows) {
        var first = rows.getFirst();
        boolean priced = first.price() != null;
        var table = new Table()
                .number("context")
                .number("answer")
                .number("seconds a sample")
                .number("tokens")
                .number("workers")
                .number("hours");
        if (priced) {
            table.number("price");
        }
        for (var row : rows) {
            var cells = new ArrayList<>(List.of(
                    String.valueOf(row.context()),
                    String.valueOf(row.answer()),
                    number(row.sampleSeconds()),
                    String.format(Locale.ROOT, "%,d", row.tokens()),
                    String.valueOf(row.workers()),
                    number(row.hours())));
            if (row.price() != null) {
                cells.add(number(row.price()));
            }
            table.row(cells);
        }
        return "A run of " + Sizes.count(first.samples(), "sample") + " with "
                + Sizes.count(first.methods(), "method") + ":" + System.lineSeparator() + System.lineSeparator()
                + table.render();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%,.0f", value);
    }
}
