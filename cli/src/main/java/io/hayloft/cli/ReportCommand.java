package io.hayloft.cli;

import io.hayloft.report.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hayloft report}: writes the page of a run again. */
@Command(
        name = "report",
        description = "Write report.html of a run again, also of one that was stopped or still goes on.",
        footer = {"", "Example:", "  hayloft report my-run"})
final class ReportCommand extends Subcommand {
    @Parameters(paramLabel = "RUN", description = "Folder of a run, as named by bench --out.")
    private String run = "";

    @Override
    public Integer call() {
        var found = RunOptions.answered(run);
        if (found.info().finished() == null) {
            err().println("note: this run is not finished: the report holds "
                    + found.records().size() + " answers so far");
        }
        found.notes().forEach(note -> err().println("note: " + note));
        out().println("report:  " + Report.write(found));
        return 0;
    }
}
