package io.hayloft.cli;

import io.hayloft.base.Sizes;
import io.hayloft.base.UserError;
import io.hayloft.bench.run.Rescore;
import io.hayloft.report.Report;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hayloft rescore}: scores the stored outputs of a run again. */
@Command(
        name = "rescore",
        description = {
            "Score the stored outputs of a run again, by the metrics of this version of Hayloft.",
            "",
            "Nothing is generated: outputs stay as they are, scores and report.html are replaced."
        },
        footer = {"", "Example:", "  hayloft rescore my-run"})
final class RescoreCommand extends Subcommand {
    @Parameters(paramLabel = "RUN", description = "Folder of a run, as named by bench --out.")
    private String run = "";

    @Override
    public Integer call() {
        var done = Rescore.of(folder());
        if (done.run().records().isEmpty()) {
            throw new UserError(run + " holds no answers to score: start its bench again first");
        }
        for (var change : done.tasks()) {
            out().println(line(change));
        }
        out().println("report:  " + Report.write(done.run()));
        return 0;
    }

    private static String line(Rescore.Change change) {
        var metric = change.metricBefore().equals(change.metric())
                ? change.metric()
                : change.metricBefore() + " is now " + change.metric();
        return change.changed() == 0
                ? String.format(
                        Locale.ROOT,
                        "%s (%s): %s, no score changed",
                        change.task(),
                        metric,
                        Sizes.count(change.records(), "record"))
                : String.format(
                        Locale.ROOT,
                        "%s (%s): %d of %s changed, mean %.3f is now %.3f",
                        change.task(),
                        metric,
                        change.changed(),
                        Sizes.count(change.records(), "score"),
                        change.meanBefore(),
                        change.mean());
    }

    private Path folder() {
        try {
            return Path.of(run);
        } catch (InvalidPathException e) {
            throw new UserError("'" + run + "' is not a valid folder name", e);
        }
    }
}
